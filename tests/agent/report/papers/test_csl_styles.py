import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r1agent.report.export_errors import ExportError
from r1agent.report.papers.bibliography import bibliography
from r1agent.report.papers.csl_styles import open_style
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, report_of

STYLES = ["apa", "ieee", "chicago-author-date", "nature", "modern-language-association"]


def lines(report, style):
    listed = bibliography(report, style=style).references
    return ["".join(piece.text for piece in reference.pieces) for reference in listed]


@pytest.mark.parametrize(
    ("style", "first"),
    [
        (
            "apa",
            "Author, A., & Writer, B. (2020). Distillation and smoothing. "
            "https://doi.org/10.1234/kd.2020",
        ),
        (
            "ieee",
            "A. Author and B. Writer, “Distillation and smoothing”. 2020. doi: 10.1234/kd.2020.",
        ),
        (
            "chicago-author-date",
            "Author, A., and B. Writer. 2020. “Distillation and Smoothing”. "
            "https://doi.org/10.1234/kd.2020.",
        ),
        (
            "nature",
            "Author, A. & Writer, B. Distillation and smoothing. (2020) doi:10.1234/kd.2020.",
        ),
    ],
)
def test_papers_are_written_in_the_style_that_is_named(style, first):
    assert lines(REVIEW, style)[0] == first


def test_an_old_name_and_a_journal_stand_for_their_styles():
    assert lines(REVIEW, "MLA") == lines(REVIEW, "modern-language-association")
    assert lines(REVIEW, "nature-digest") == lines(REVIEW, "nature")


def test_a_style_that_tells_no_doi_gets_it_behind():
    assert lines(REVIEW, "acm-sig-proceedings")[0].endswith(" https://doi.org/10.1234/kd.2020")


def test_the_doi_alone_is_linked():
    (reference, _) = bibliography(REVIEW, style="ieee").references
    assert [(piece.text, piece.address) for piece in reference.pieces[-2:]] == [
        ("10.1234/kd.2020", "https://doi.org/10.1234/kd.2020"),
        (".", ""),
    ]


def test_a_style_can_be_a_file(tmp_path):
    own = tmp_path / "own.csl"
    own.write_text(
        '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info/>'
        '<citation><layout><text variable="title"/></layout></citation><bibliography><layout>'
        '<text variable="citation-number" suffix=". "/><text variable="title" font-weight="bold"/>'
        "</layout></bibliography></style>"
    )
    first = bibliography(REVIEW, style=str(own)).references[0]
    assert first.pieces[0].text == "Distillation and smoothing"
    assert first.pieces[0].bold


def test_an_unknown_style_names_near_ones():
    with pytest.raises(ExportError, match=r"No style 'chicago'.*chicago-author-date"):
        open_style("chicago")


def test_a_style_that_citeproc_cannot_write_in_is_refused():
    with pytest.raises(ExportError, match="cannot write what the style 'de-buck' wants"):
        bibliography(REVIEW, style="de-buck")


def test_a_style_that_says_nothing_of_a_paper_leaves_it_plain():
    assert lines(REVIEW, "springer-basic-note")[0].startswith("Distillation and smoothing. A. ")


def test_a_file_that_is_no_style_is_refused(tmp_path):
    with pytest.raises(ExportError, match="No such file"):
        open_style(str(tmp_path / "none.csl"))
    other = tmp_path / "other.csl"
    other.write_text("words")
    with pytest.raises(ExportError, match="is no XML"):
        open_style(str(other))
    other.write_text("<a/>")
    with pytest.raises(ExportError, match="no CSL style with a bibliography"):
        open_style(str(other))


def test_papers_without_authors_stand_last_and_plain():
    listed = bibliography(report_of("Words"), style="apa").references
    assert [piece.text for piece in listed[-1].pieces] == ["Words."]


@settings(max_examples=25, deadline=None)
@given(telling, telling, st.sampled_from(STYLES))
def test_every_paper_has_one_line_whatever_it_is_called(title, name, style):
    report = report_of(title, name)
    found = bibliography(report, style=style)
    assert sorted(found.numbers) == sorted(report.papers)
    assert sorted(found.numbers.values()) == [1, 2, 3]
    assert all(reference.pieces[0].text for reference in found.references)
