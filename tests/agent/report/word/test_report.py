from dataclasses import replace
from datetime import UTC, datetime

from docx.opc.constants import RELATIONSHIP_TYPE
from hypothesis import given, settings
from hypothesis import strategies as st

from r1agent.report.printable import one_line
from r1agent.report.read_report import answer_report
from r1agent.report.word.report import report_to_docx
from r1agent.reports import Entry, Section
from tests.agent.report.answers import ANSWER, DOUBTED, IN_QUOTES
from tests.agent.report.docx_parts import W, footnotes, lines, opened, parts
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, report_of


def test_title_sections_and_labels_are_headings():
    told = lines(report_to_docx(REVIEW))
    assert told[:5] == [
        ("Title", "Label smoothing"),
        ("Normal", "From the index `kd`."),
        ("heading 1", "Results"),
        ("Normal", "Two papers were grouped."),
        ("heading 2", "Method"),
    ]


def test_a_sentence_points_at_a_footnote_with_its_quote_paper_and_page():
    content = report_to_docx(REVIEW)
    assert ("Normal", "Smoothing costs 0.6 points.^1 That is half of 1.2.1[a]") in lines(content)
    assert footnotes(content) == {
        1: "“Smoothed teachers lose 0.6 points.” — [1], p. 3 (printed 17)",
        2: "“Teachers lose 0.9 points.” — [2], p. 4",
    }


def test_a_quote_that_is_cited_again_is_a_field_that_word_renews():
    body = parts(report_to_docx(REVIEW))["word/document.xml"]
    fields = [one.text for one in body.iter(f"{W}instrText")]
    marks = [one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")]
    assert fields == [" NOTEREF _Ref00000001 \\f \\h "]
    assert marks == ["_Ref00000001", "_Ref00000002"]


def test_several_quotes_of_a_sentence_have_a_comma_between_their_numbers():
    assert any(text.startswith("Words.^1, ^2[a]") for _, text in lines(_told("Words.")))


def test_the_papers_stand_last_in_the_style_with_a_hanging_indent_and_links():
    document = opened(report_to_docx(REVIEW, style="apa"))
    papers = [line for line in document.paragraphs if line.style.name == "Bibliography"]
    first = "[1]\tAuthor, A., & Writer, B. (2020). Distillation and smoothing. "
    assert papers[0].text == f"{first}https://doi.org/10.1234/kd.2020"
    assert papers[0].style.paragraph_format.first_line_indent < 0
    assert [run.text for run in papers[0].runs if run.italic] == ["Distillation and smoothing"]
    assert papers[0].hyperlinks[0].address == "https://doi.org/10.1234/kd.2020"


def test_who_says_otherwise_programs_and_cost_are_told():
    told = lines(report_to_docx(REVIEW))
    assert ("Normal", "Says otherwise: On teachers, p. 4 (0.9, not 0.6)^2") in told
    assert told[-5][1].startswith("0.6")
    assert ("Code", "print(1.2 / 2)") in told
    assert told[-1][1].startswith("support 67% (2 of 3 sentences)")


def test_sentences_that_were_left_out_are_counted_and_not_told():
    told = [text for _, text in lines(report_to_docx(REVIEW))]
    assert "1 sentence left out: the evidence did not carry it." in told
    assert not any("Everyone agrees." in text for text in told)


def test_a_doubt_stands_behind_its_sentence():
    told = lines(report_to_docx(answer_report(DOUBTED)))
    said = "Smoothing costs 0.6 points.^1 (low confidence: it rests on one quote)"
    assert ("Normal", said) in told


def test_where_no_sentence_held_up_the_quotes_are_set_off():
    told = lines(report_to_docx(answer_report(IN_QUOTES)))
    assert ("Quote", "Smoothed teachers lose 0.6 points.^1") in told


def test_the_document_says_what_wrote_it_when_and_about_what():
    said = opened(report_to_docx(REVIEW)).core_properties
    assert (said.title, said.language) == ("Label smoothing", "en-US")
    assert said.created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert said.author.startswith("r1agent ")
    assert "with the language model r1-distill-qwen-7b; runs: 20260102-030405" in said.comments


def test_a_chinese_report_says_that_it_is_chinese():
    report = replace(REVIEW, title="标签平滑会损害蒸馏吗？")  # noqa: RUF001
    assert opened(report_to_docx(report)).core_properties.language == "zh-CN"


def test_a_long_title_is_cut_in_the_properties_alone():
    report = replace(REVIEW, title="long " * 80)
    document = opened(report_to_docx(report))
    assert len(document.core_properties.title) <= 255
    assert document.paragraphs[0].text == ("long " * 80).strip()


def test_the_same_report_gives_the_same_bytes():
    assert report_to_docx(REVIEW, style="apa") == report_to_docx(REVIEW, style="apa")


def test_what_is_written_is_what_the_hook_made_of_each_sentence():
    content = report_to_docx(REVIEW, export=lambda said, answer: f"{said} ({answer.outcome})")
    told = [text for _, text in lines(content)]
    said = "Smoothing costs 0.6 points. (answered)^1 That is half of 1.2. (answered)1[a]"
    assert said in told
    assert "The papers do not say. (not_in_papers)" in told


def test_every_part_of_the_archive_is_named_and_every_relation_leads_to_a_part():
    content = report_to_docx(REVIEW)
    document = opened(content)
    notes = document.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES)
    assert notes.partname == "/word/footnotes.xml"
    types = parts(content)["[Content_Types].xml"]
    assert "/word/footnotes.xml" in {one.get("PartName") for one in types}
    assert not any("stylesWithEffects" in name for name in parts(content))


def test_every_style_that_is_used_is_there():
    content = report_to_docx(report_of())
    known = {one.get(f"{W}styleId") for one in parts(content)["word/styles.xml"]}
    for name in ("word/document.xml", "word/footnotes.xml"):
        used = parts(content)[name].iter(f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")
        assert {one.get(f"{W}val") for one in used} <= known


@settings(max_examples=25)
@given(telling | st.characters(exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp")))
def test_any_text_stands_in_the_document_as_text_alone(text):
    content = report_to_docx(report_of(text))
    said = one_line(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    assert lines(content)[0] == ("Title", said)
    assert footnotes(content)[1].startswith(f"“{said}” — [1], p. 3")
    assert _markup(content) == _markup(_told("Words"))


def _told(text):
    return report_to_docx(report_of(text))


def _markup(content):
    """The elements of the document besides those that lines of text are made of."""
    body = parts(content)["word/document.xml"]
    texts = {f"{W}{name}" for name in ("t", "r", "rPr", "b", "i")}
    return [one.tag for one in body.iter() if one.tag not in texts]


def test_a_report_without_answers_is_a_document_too():
    report = replace(REVIEW, sections=(Section("Empty"), Section("", (Entry(ANSWER),))))
    assert ("heading 1", "Empty") in lines(report_to_docx(report))
