from dataclasses import replace

import pytest
from pypdf import PdfReader

from r1agent.report.export_errors import ExportError
from r1agent.report.papers.annotated_papers import annotate_papers
from r1agent.report.read_report import answer_report
from r1agent_indexes import PaperIndex
from tests.agent.report.answers import ANSWER, NOT_FOUND, QUOTE
from tests.indexes.made_pdfs import PARAGRAPH, HashEmbeddings, lines_of, make_pdf

SENTENCE = "Distillation from a smoothed teacher lost 1.4 points"


@pytest.fixture
def index(tmp_path):
    lines = ["Label Smoothing", *lines_of(PARAGRAPH)]
    (tmp_path / "papers").mkdir()
    make_pdf(tmp_path / "papers" / "kd.pdf", [lines])
    (tmp_path / "papers" / "notes.txt").write_text("Notes\n\nSmoothing helps in all cases.\n")
    embeddings = HashEmbeddings()
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as opened:
        opened.add([tmp_path / "papers"])
        yield opened


def citing(paper: str, quote: str = SENTENCE, **more):
    citation = replace(QUOTE, paper=paper, quote=quote, page=1, start=0, end=len(quote), **more)
    return answer_report(
        replace(ANSWER, claims=(replace(ANSWER.claims[0], citations=(citation,)),))
    )


def paper(index, file):
    return next(each for each in index.papers() if each.file == file)


def marks_in(path):
    return [one.get_object() for one in PdfReader(path).pages[0].annotations or []]


def test_the_copy_of_a_cited_paper_holds_its_quotes(index, tmp_path):
    done = annotate_papers(citing(paper(index, "kd.pdf").id), index, tmp_path / "out")
    assert [(one.file, one.out, one.highlights, one.notes) for one in done] == [
        ("kd.pdf", tmp_path / "out" / "kd.pdf", 1, 0)
    ]
    (mark,) = marks_in(tmp_path / "out" / "kd.pdf")
    assert mark["/Contents"].startswith("Smoothing costs 0.6 points.\n\nr1agent, run 2026")
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["kd.pdf"]


def test_the_paper_itself_stays_as_it_is(index, tmp_path):
    original = paper(index, "kd.pdf").path
    before = original.read_bytes()
    annotate_papers(citing(paper(index, "kd.pdf").id), index, tmp_path / "out")
    assert original.read_bytes() == before
    (done,) = annotate_papers(citing(paper(index, "kd.pdf").id), index, original.parent)
    assert "is no copy of it; name another folder" in done.reason
    assert original.read_bytes() == before


def test_an_earlier_copy_is_replaced_and_another_file_is_not(index, tmp_path):
    report = citing(paper(index, "kd.pdf").id)
    out = tmp_path / "out" / "kd.pdf"
    annotate_papers(report, index, out.parent)
    (again,) = annotate_papers(report, index, out.parent)
    assert again.out == out
    assert len(marks_in(out)) == 1
    out.write_bytes(b"a file of the user's own")
    (refused,) = annotate_papers(report, index, out.parent)
    assert "is no copy of it" in refused.reason
    assert out.read_bytes() == b"a file of the user's own"


def test_a_link_in_the_folder_leads_to_no_other_file(index, tmp_path):
    (tmp_path / "out").mkdir()
    target = tmp_path / "target.pdf"
    (tmp_path / "out" / "kd.pdf").symlink_to(target)
    (done,) = annotate_papers(citing(paper(index, "kd.pdf").id), index, tmp_path / "out")
    assert "is no copy of it" in done.reason
    assert not target.exists()


def test_a_paper_that_takes_no_marks_is_named_with_the_reason(index, tmp_path):
    kd = paper(index, "kd.pdf")
    for name, reason in [
        (paper(index, "notes.txt").id, "is no PDF, so nothing can be marked in it"),
        ("none", "is not in the index"),
    ]:
        (done,) = annotate_papers(citing(name), index, tmp_path / "out")
        assert (done.out, reason in done.reason) == (None, True)
    make_pdf(kd.path, [["Another version"]])
    (changed,) = annotate_papers(citing(kd.id), index, tmp_path / "out")
    assert "was changed since it was indexed" in changed.reason
    kd.path.unlink()
    (gone,) = annotate_papers(citing(kd.id), index, tmp_path / "out")
    assert "cannot be read at" in gone.reason


def test_papers_of_one_file_name_have_copies_of_their_own(index, tmp_path):
    (tmp_path / "more").mkdir()
    make_pdf(tmp_path / "more" / "kd.pdf", [["Sand", "Groundwater is lowered by 12 cm by a pump."]])
    index.add([tmp_path / "more"])
    first, second = (each for each in index.papers() if each.file == "kd.pdf")
    claims = tuple(
        claim
        for each in (first, second)
        for claim in citing(each.id, "smoothed").entries[0].answer.claims
    )
    done = annotate_papers(answer_report(replace(ANSWER, claims=claims)), index, tmp_path / "out")
    assert [one.out.name for one in done if one.out] == ["kd.pdf", f"kd-{second.id}.pdf"]


def test_a_citation_without_an_id_is_found_by_its_file(index, tmp_path):
    (done,) = annotate_papers(citing("kd.pdf"), index, tmp_path / "out")
    assert done.highlights == 1


def test_a_page_that_a_paper_has_not_is_a_reason(index, tmp_path):
    answer = citing(paper(index, "kd.pdf").id).entries[0].answer
    (citation,) = answer.claims[0].citations
    claim = replace(answer.claims[0], citations=(replace(citation, page=9),))
    (done,) = annotate_papers(
        answer_report(replace(answer, claims=(claim,))), index, tmp_path / "out"
    )
    assert "has no page 9" in done.reason


def test_a_report_without_quotes_is_an_error(index, tmp_path):
    with pytest.raises(ExportError, match="cites no paper"):
        annotate_papers(answer_report(NOT_FOUND), index, tmp_path / "out")
    assert not (tmp_path / "out").exists()
