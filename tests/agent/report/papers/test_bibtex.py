from dataclasses import replace

from bibtexparser.entrypoint import parse_string
from hypothesis import given

from r1agent.report.papers.bibtex import latex, report_to_bibtex
from r1agent.report.printable import one_line
from r1agent.reports import Entry, Report, Section
from r1agent_indexes.bibliography.bibtex import read_bibtex
from tests.agent.report.answers import ANSWER, QUOTE
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, SCAN, TEACHERS, report_of


def citing(*citations):
    answer = replace(ANSWER, claims=(), extracts=citations)
    return Report("answer", "Why?", (Section("", (Entry(answer),)),))


def test_each_cited_paper_is_an_entry_with_what_is_known_of_it():
    library = parse_string(report_to_bibtex(REVIEW))
    first, second = library.entries
    assert (first.entry_type, first.key) == ("misc", "author2020")
    assert {field.key: field.value for field in first.fields} == {
        "title": "Distillation and smoothing",
        "author": "Author, A. and Writer, B.",
        "year": "2020",
        "doi": "10.1234/kd.2020",
    }
    assert second["author"] == "van Beethoven, Ludwig and {DeepSeek-AI} and {王小明}"
    assert (second["eprint"], second["archiveprefix"]) == ("1503.02531", "arXiv")


def test_a_paper_of_which_nothing_is_known_has_its_file_as_title():
    (entry,) = parse_string(report_to_bibtex(citing(SCAN))).entries
    assert [(field.key, field.value) for field in entry.fields] == [("title", "scan.pdf")]


def test_what_is_special_to_tex_is_written_as_its_name():
    assert latex("}\\input{x} 5 % of a_b & $c$ #1 ~ ^") == (
        r"\textbraceright{}\textbackslash{}input\textbraceleft{}x\textbraceright{} 5 \% of a\_b "
        r"\& \$c\$ \#1 \textasciitilde{} \textasciicircum{}"
    )


def test_and_in_a_name_does_not_make_two_authors():
    paper = replace(QUOTE, authors=("Command and Conquer", "Tim A. And"))
    entries, _ = read_bibtex(report_to_bibtex(citing(paper)))
    assert entries[0].facts.authors == ("Command and Conquer", "Tim A. And")


def test_what_is_written_is_read_as_it_was():
    papers = [replace(QUOTE, title="50 % of $x_1$ A & B"), TEACHERS]
    entries, problems = read_bibtex(report_to_bibtex(citing(*papers)))
    assert problems == []
    assert [entry.facts.title for entry in entries] == ["50 % of $x_1$ A & B", "On teachers"]
    assert entries[1].facts.authors == ("Ludwig van Beethoven", "DeepSeek-AI", "王小明")
    assert entries[1].facts.doi == "10.48550/arxiv.1503.02531"
    assert entries[1].facts.arxiv_id == "1503.02531"


@given(telling, telling)
def test_no_text_ends_a_field_or_begins_an_entry(text, name):
    library = parse_string(report_to_bibtex(report_of(text, name)))
    assert library.failed_blocks == []
    assert [type(block).__name__ for block in library.blocks] == ["Entry"] * 3
    assert [[field.key for field in entry.fields] for entry in library.entries] == [
        ["title", "author", "year"],
        ["title", "author", "year"],
        ["title"],
    ]
    assert {entry["title"] for entry in library.entries} == {latex(text)}
    assert all(entry.key.isascii() and entry.key.isalnum() for entry in library.entries)


@given(telling)
def test_no_text_is_a_command_or_leaves_a_brace_open(text):
    written = latex(text)
    depth = 0
    for character in written:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert 0 <= depth <= 1
    assert depth == 0
    known = (r"\textbackslash{}", r"\textbraceleft{}", r"\textbraceright{}", r"\textbar{}")
    known += (r"\textasciicircum{}", r"\textasciitilde{}", r"\textless{}", r"\textgreater{}")
    for command in (*known, r"\$", r"\&", r"\%", r"\#", r"\_"):
        written = written.replace(command, "")
    assert not set(written) & set("\\{}$&%#_^~<>|")
    assert "\n" not in one_line(written)
