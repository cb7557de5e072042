import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from r1agent.report.export_errors import ExportError
from r1agent.report.exporting import (
    FORMATS,
    format_by_suffix,
    format_of,
    report_bytes,
    report_to,
    require_writable,
    write_bytes,
    write_report,
)
from tests.agent.report.reports import REVIEW

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("file", "asked", "format"),
    [
        (None, None, "markdown"),
        ("review", None, "markdown"),
        ("review.md", None, "markdown"),
        ("review.HTML", None, "html"),
        ("review.json", None, "json"),
        ("papers.bib", None, "bibtex"),
        ("papers.json", "csl-json", "csl-json"),
        ("review.txt", "md", "markdown"),
        (None, "BibTeX", "bibtex"),
        ("review.docx", None, "docx"),
        ("review.md", "obsidian", "obsidian"),
    ],
)
def test_the_format_is_the_one_asked_for_or_that_of_the_suffix(file, asked, format):
    assert format_of(Path(file) if file else None, asked) == format


def test_an_unknown_format_or_suffix_names_the_known_ones():
    with pytest.raises(ExportError, match=r"Did you mean 'markdown'.*csl-json"):
        format_of(None, "markdwn")
    with pytest.raises(ExportError, match=r"'\.odt', which names no format.*html"):
        format_of(Path("review.odt"), None)


def test_where_only_the_name_tells_the_format_the_endings_are_listed():
    assert format_by_suffix(Path("a.BIB")) == "bibtex"
    with pytest.raises(ExportError, match=r"one of `\.html`, `\.htm`, `\.json`\."):
        format_by_suffix(Path("a.md"), ("html", "json"))
    assert format_by_suffix(Path("notes")) == "markdown"


@pytest.mark.parametrize(
    ("format", "beginning"),
    [
        ("markdown", "# Label smoothing\n"),
        ("obsidian", "---\ntitle: Label smoothing\n"),
        ("html", "<!DOCTYPE html>\n"),
        ("json", '{\n  "kind": "review"'),
        ("bibtex", "@misc{author2020,\n"),
        ("csl-json", '[\n  {\n    "id": "author2020"'),
    ],
)
def test_every_format_can_be_written(format, beginning):
    assert format in FORMATS
    assert report_to(format, REVIEW).startswith(beginning)


def test_a_file_of_text_holds_it_as_it_is_and_a_word_document_is_an_archive():
    assert report_bytes("json", REVIEW) == report_to("json", REVIEW).encode()
    assert report_bytes("docx", REVIEW).startswith(b"PK")


def test_a_word_document_wants_a_file(tmp_path):
    with pytest.raises(ExportError, match=r"no text for stdout.*`-o report\.docx`"):
        require_writable("docx", None)
    with pytest.raises(ExportError, match="no text"):
        report_to("docx", REVIEW)
    require_writable("docx", tmp_path / "report.docx")


def test_without_python_docx_the_way_to_install_it_is_told(tmp_path):
    code = (
        "import sys; from pathlib import Path;"
        "from r1agent.report.exporting import require_writable;"
        "sys.meta_path = [one for one in sys.meta_path if not hasattr(one, 'find_distributions')];"
        f"require_writable('docx', Path({str(tmp_path / 'a.docx')!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "`pip install 'r1agent[docx]'`" in done.stderr


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path):
    out = tmp_path / "review.md"
    out.write_text("before")
    out.chmod(0o640)
    write_report("after", out)
    assert out.read_text() == "after"
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [out]


def test_without_a_file_the_text_goes_to_stdout(capsys):
    write_report("text\n", None)
    assert capsys.readouterr().out == "text\n"


def test_a_file_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    with pytest.raises(ExportError, match="needs a folder"):
        write_report("text", tmp_path / "none" / "review.md")
    with pytest.raises(ExportError, match="is a folder"):
        write_report("text", tmp_path)


def test_what_is_written_is_what_the_hook_made_of_the_sentences():
    text = report_to("markdown", REVIEW, export=lambda said, answer: f"{said} ({answer.outcome})")
    assert "That is half of 1.2.[^1]\\[a\\] (answered)\n" in text


def test_json_is_plain_ascii_with_the_papers_as_csl():
    text = report_to("json", REVIEW)
    assert text.isascii()
    data = json.loads(text)
    assert [item["id"] for item in data["bibliography"]] == ["author2020", "vanbeethoven2015"]
    assert data["sections"][0]["entries"][0]["label"] == "Method"
    assert data["support_rate"] == pytest.approx(2 / 3)


def test_what_is_no_file_is_written_into_and_not_put_aside(tmp_path):
    pipe = tmp_path / "pipe.html"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        write_bytes(b"a page", pipe)
        assert read.result(timeout=20) == b"a page"
    assert pipe.is_fifo()
    assert [each.name for each in tmp_path.iterdir()] == ["pipe.html"]
