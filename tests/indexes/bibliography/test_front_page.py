from pathlib import Path

import pytest

from r1agent_indexes.bibliography.front_page import paper_metadata
from r1agent_indexes.reading.normalise import Line
from r1agent_indexes.reading.parsed import ParsedPaper
from r1agent_indexes.types import PaperMetadata

FRONT = [
    Line("Journal of Tests", 8.0),
    Line("Label Smoothing Hurts", 17.0),
    Line("Distillation", 17.0),
    Line("Ada Miller1,2, Bo Chen3 and Cleo van", 11.0),
    Line("Dijk1", 11.0),
    Line("1 University of Somewhere", 9.0),
    Line("doi: 10.1234/test.56 Published: 13 April 2022", 8.0),
    *[Line("Body text of the paper goes on here for a while.", 10.0)] * 20,
]


def facts(stated: dict[str, str], lines: list[Line], name: str = "a1.pdf") -> PaperMetadata:
    return paper_metadata(Path(name), ParsedPaper([lines], ["1"], stated))


def test_the_first_page_tells_what_the_file_does_not():
    assert facts({}, FRONT) == PaperMetadata(
        title="Label Smoothing Hurts Distillation",
        authors=("Ada Miller", "Bo Chen", "Cleo van Dijk"),
        year=2022,
        doi="10.1234/test.56",
    )


@pytest.mark.parametrize("stated", ["Microsoft Word - a.doc", "untitled", "Elsevier Template X"])
def test_a_title_that_the_pages_do_not_show_is_not_believed(stated):
    assert facts({"Title": stated}, FRONT).title == "Label Smoothing Hurts Distillation"


def test_without_any_title_the_file_name_serves():
    assert (
        facts({}, [Line("Plain text all in one size.", 10.0)] * 9, "kd2019.pdf").title == "kd2019"
    )


@pytest.mark.parametrize(
    ("stated", "authors"),
    [
        ("Ada Miller; Bo Chen", ("Ada Miller", "Bo Chen")),
        ("Miller, Ada and Chen, Bo", ("Ada Miller", "Bo Chen")),
        ("Ada Miller, Bo Chen and Cleo van Dijk", ("Ada Miller", "Bo Chen", "Cleo van Dijk")),
    ],
)
def test_stated_authors_are_told_apart(stated, authors):
    assert facts({"Author": stated}, FRONT).authors == authors


def test_an_arxiv_stamp_is_an_id_and_no_title():
    found = facts({}, [Line("arXiv:2106.05945v2 [cs.LG] 10 Jun 2021", 20.0), *FRONT[1:]])
    assert (found.arxiv_id, found.year) == ("2106.05945v2", 2022)
    assert found.title == "Label Smoothing Hurts Distillation"


def test_a_year_on_a_line_of_its_own_near_the_top_is_the_year():
    front = [Line("On the Tides of Small Harbours", 18.0), Line("Ada Ebb", 11.0)]
    body = [Line("Body text of the paper goes on here for a while.", 10.0)] * 20
    assert facts({}, [*front, Line("2021", 10.0), *body]).year == 2021
    assert facts({}, [*front, *body, Line("2021", 10.0)]).year is None


def test_firms_under_the_names_in_smaller_print_are_no_authors():
    front = [
        Line("Fire from Above and Below", 24.0),
        Line("Sabrina Hill 1", 16.1),
        Line(", Julia Wagner 2", 16.0),
        Line("1", 6.0),
        Line("1 Sabrina Hill Consulting 2 Julia Wagner Consulting", 12.1),
        *[Line("Body text of the paper goes on here for a while.", 14.0)] * 20,
    ]
    assert facts({}, front).authors == ("Sabrina Hill", "Julia Wagner")


@pytest.mark.parametrize(
    ("title", "believed"),
    [
        ("Org-Mode: A Modular Teaching Materials Template", True),
        ("IEEE Paper Template in A4", False),
        ("Template for Submissions", False),
    ],
)
def test_a_paper_may_be_about_a_template_but_is_none(title, believed):
    front = [Line(title, 18.0), *[Line("Body text that goes on for a while.", 10.0)] * 20]
    assert (facts({"Title": title}, front).title == title) is believed
