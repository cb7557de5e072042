"""What holds numbers and words of the question is set apart for the writer of a program."""

from hypothesis import given, settings
from hypothesis import strategies as st

from r1agent.near_numbers import near_numbers
from tests.agent.made_runs import passage

TABLE = "System Nodes Edges\nalpha 4 30\nbeta 5 60\ngamma 6 90"


def test_sentences_with_numbers_and_words_of_the_question_come_best_first():
    text = "Trees grow slowly. It had 30 rooms. In 2019 the course taught 63 graduate students."
    found = near_numbers([passage(text)], "How many graduate students took the course?")
    assert found[0] == "In 2019 the course taught 63 graduate students."
    assert not any("slowly" in one for one in found)


def test_rows_of_a_table_keep_their_header_and_their_lines():
    assert near_numbers([passage(TABLE)], "How many edges has beta?") == [TABLE]


def test_of_a_long_table_only_the_rows_with_words_asked_for_stay():
    rows = [f"row{n} {n} {n * 2} {'x' * 40}" for n in range(40)]
    text = "\n".join(["Name Count Twice", *rows, "beta 5 60"])
    (found,) = near_numbers([passage(text)], "What is the count of beta?")
    assert found.splitlines()[0] == "Name Count Twice"
    assert found.splitlines()[-1] == "beta 5 60"
    assert "row30" not in found


def test_nothing_is_shown_where_no_sentence_has_a_number():
    years = (
        "Trees were counted in 2019 (Lim1, 2018), see page 12 and https://doi.org/10.21105/trees."
    )
    assert near_numbers([passage(years)], "How many trees were counted?") == []
    assert near_numbers([passage("Trees grow slowly [3].")], "How many trees grow?") == []
    assert near_numbers([], "How many trees grow?") == []


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_looked_at(text, question):
    assert all(len(one) <= 900 for one in near_numbers([passage(text)], question))
