import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes import PaperFilter, PaperIndex, PaperIndexError
from r1agent_indexes.bibliography.filtering import same_person
from tests.indexes.made_pdfs import HashEmbeddings

FACTS = {
    "old.md": (["Ada Miller", "Bo Chen"], 2015, ["Distillation"]),
    "new.md": (["Jörg Müller-Thurgau"], 2020, ["calibration", "Distillation"]),
    "undated.md": (["G. E. Hinton"], None, []),
}


@pytest.fixture
def index(tmp_path):
    for name in FACTS:
        (tmp_path / name).write_text(f"# Notes in {name}\n\nStudents learn from soft targets.\n")
    with PaperIndex.open(tmp_path / "index", embeddings=HashEmbeddings(), create=True) as opened:
        opened.add([tmp_path])
        with opened.store.transaction() as db:
            for name, (authors, year, tags) in FACTS.items():
                db.execute(
                    "UPDATE papers SET authors = ?, year = ?, tags = ? WHERE path LIKE ?",
                    (json.dumps(authors), year, json.dumps(tags), f"%/{name}"),
                )
        yield opened


def files(found) -> set[str]:
    return {passage.metadata["file"] for passage in found}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (PaperFilter(), set(FACTS)),
        (PaperFilter(years=(2015, 2019)), {"old.md"}),
        (PaperFilter(years=(None, 2020)), {"old.md", "new.md"}),
        (PaperFilter(years=(2020, None)), {"new.md"}),
        (PaperFilter(authors=("muller",)), {"new.md"}),
        (PaperFilter(authors=("Mueller-Thurgau, Jörg",)), {"new.md"}),
        (PaperFilter(authors=("Geoffrey Hinton", "CHEN")), {"old.md"}),
        (PaperFilter(authors=("Geoffrey E. Hinton",)), {"undated.md"}),
        (PaperFilter(files=("n*.md",)), {"new.md"}),
        (PaperFilter(files=("OLD.md", "undated.md")), {"old.md", "undated.md"}),
        (PaperFilter(tags=("distillation",)), {"old.md", "new.md"}),
        (PaperFilter(tags=("distillation",), authors=("Bo Chen",)), {"old.md"}),
        (PaperFilter(papers=("old.md", "Notes in new.md")), {"old.md", "new.md"}),
    ],
    ids=lambda one: str(one) if isinstance(one, PaperFilter) else None,
)
def test_a_search_stays_within_its_filter(index, where, expected):
    assert files(index.search("soft targets", k=9, where=where)) == expected
    assert files(index.as_retriever(k=9, where=where).invoke("soft targets")) == expected
    assert {paper.file for paper in index.papers(where)} == expected


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (PaperFilter(authors=("Miler",)), r"None of the 3 papers fits author 'Miler'\. Near: 'Ada"),
        (PaperFilter(years=(1999, 2001)), r"year 1999-2001\. They are of 2015 to 2020, 1 without"),
        (PaperFilter(tags=("calibraton",)), r"tag 'calibraton'\. Near: 'calibration'"),
        (PaperFilter(files=("olt.md",)), r"file 'olt\.md'\. Near: 'old\.md'"),
        (PaperFilter(files=("zzzz",)), r"file 'zzzz'\. See `r1agent index list`"),
        (
            PaperFilter(authors=("Nobody",)),
            r"'Nobody'\. Authors there: 'Ada Miller', 'Bo Chen', 'G\. E\. Hinton' and 1 more; "
            r"`r1agent index list --json` has them all\.",
        ),
        (PaperFilter(tags=("zzzz",)), r"tag 'zzzz'\. Tags there: 'Distillation', 'calibration'\.$"),
        (PaperFilter(authors=("Chen",), years=(2020, 2020)), r"fits all of: year 2020, author 'Ch"),
    ],
    ids=str,
)
def test_a_filter_that_nothing_fits_names_what_was_asked_and_what_is_near(index, where, said):
    with pytest.raises(PaperIndexError, match=said):
        index.search("soft targets", where=where)


def test_papers_and_a_filter_both_hold(index):
    where = PaperFilter(tags=("distillation",))
    found = index.search("soft targets", k=9, papers=["old.md", "undated.md"], where=where)
    assert files(found) == {"old.md"}
    with pytest.raises(PaperIndexError, match="The one paper there is does not fit tag"):
        index.search("soft targets", papers=["undated.md"], where=where)


def test_papers_that_only_lack_a_year_are_counted(index):
    assert index.without_year(PaperFilter(years=(2000, None))) == 1
    assert index.without_year(PaperFilter(years=(2000, None), authors=("Chen",))) == 0
    assert index.without_year(PaperFilter(authors=("Hinton",))) == 0


def test_a_near_duplicate_that_fits_stands_for_the_paper_it_is_folded_into(index):
    ids = {paper.file: paper.id for paper in index.papers()}
    with index.store.transaction() as db:
        db.execute("UPDATE papers SET same_as = ? WHERE id = ?", (ids["new.md"], ids["undated.md"]))
    assert files(index.search("soft targets", where=PaperFilter(authors=("Hinton",)))) == {"new.md"}


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2020", (2020, 2020)),
        ("2019-2021", (2019, 2021)),
        ("2019\u20132021", (2019, 2021)),
        ("2019-", (2019, None)),
        (" -2021 ", (None, 2021)),
    ],
)
def test_years_are_read(text, years):
    assert PaperFilter.parse_years(text) == years


@pytest.mark.parametrize("text", ["", "-", "last year", "20", "2021-2019", "2019-20"])
def test_what_is_no_range_of_years_is_refused(text):
    with pytest.raises(PaperIndexError, match="year"):
        PaperFilter.parse_years(text)


@pytest.mark.parametrize(
    ("asked", "author", "same"),
    [
        ("Li", "Oliver Liang", False),
        ("li", "Fei-Fei Li", True),
        ("van der Berg", "Jan van der Berg", True),
        ("Berg", "Ingrid Bergman", False),
        ("Ostergard", "Patric R. J. Östergård", True),
        ("O'Brien", "Sean O\u2019Brien", True),
        ("Lukasz Kaiser", "Łukasz Kaiser", True),
        ("Kaiser, Ł.", "Łukasz Kaiser", True),
        ("A", "Ada Miller", False),
        ("张伟", "张 伟", True),
        ("张", "张伟", True),
        ("", "Ada Miller", False),
    ],
)
def test_names_are_compared_by_words(asked, author, same):
    assert same_person(asked, author) is same


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_can_be_compared_as_names(asked, author):
    assert same_person(asked, author) in (True, False)


@given(st.text(alphabet="abcdefgh", min_size=2, max_size=8), st.text(max_size=8))
def test_a_family_name_of_two_letters_or_more_finds_itself(family, given_name):
    assert same_person(family, f"{family}, {given_name}")
