import pytest
from hypothesis import given

from r1agent.report.papers.person_names import PersonName, split_name
from r1agent.report.printable import one_line
from tests.agent.report.hostile import telling


@pytest.mark.parametrize(
    ("name", "family", "given", "suffix"),
    [
        ("Geoffrey Hinton", "Hinton", "Geoffrey", ""),
        ("G. E. Hinton", "Hinton", "G. E.", ""),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig", ""),
        ("Juan Carlos de la Cruz", "de la Cruz", "Juan Carlos", ""),
        ("Martin Luther King Jr.", "King", "Martin Luther", "Jr."),
        ("Quoc V. Le", "Le", "Quoc V.", ""),
        ("Prince Smith", "Smith", "Prince", ""),
        ("Van Nguyen", "Nguyen", "Van", ""),
        ("Jean-Luc Godard", "Godard", "Jean-Luc", ""),
    ],
)
def test_people_have_a_family_and_a_given_name(name, family, given, suffix):
    assert split_name(name) == PersonName(family, given, suffix)


@pytest.mark.parametrize(
    "name",
    [
        "OpenAI",
        "DeepSeek-AI",
        "王小明",
        "王 小明",
        "The ATLAS Collaboration",
        "Llama 3 Team",
        "Bo (B.) Li",
    ],
)
def test_groups_and_names_that_cannot_be_told_apart_stay_whole(name):
    assert split_name(name) == PersonName(literal=name)


@given(telling)
def test_no_word_is_lost(name):
    split = split_name(name)
    parts = [split.given, split.family, split.suffix, split.literal]
    assert sorted(" ".join(parts).split()) == sorted(one_line(name).split())
