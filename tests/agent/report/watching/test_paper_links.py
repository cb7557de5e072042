"""Links from quotes to papers: what they open, and where they are left out."""

import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from r1agent.report.terminal import answer_to_terminal
from r1agent.report.watching.paper_links import links_to, takes_links
from tests.agent.report.answers import ANSWER, DOUBTED, QUOTE

LINK = re.compile(r"\x1b\]8;id=[0-9a-z-]+;([^\x1b]*)\x1b\\(.*?)\x1b\]8;;\x1b\\")
HOSTILE_NAMES = [
    "a b.pdf",
    "a;b.pdf",
    "a#page=9?.pdf",
    "100%.pdf",
    "知识 蒸馏.pdf",
    "a\x1b]8;;http:evil\x1b\\\x07\n.pdf",
    "not\udcffutf8.pdf",
    "\u202efdp.pdf",
]


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def console(file=None, **options):
    options = {"color_system": "standard", "markup": False, "width": 200} | options
    return Console(file=file or Terminal(), **options)


def shown(answer, links, **options):
    target = console(force_terminal=True)
    target.print(answer_to_terminal(answer, links=links, **options))
    return target.file.getvalue()


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "kd.pdf"
    path.write_bytes(b"%PDF")
    return path


def test_file_and_page_of_a_reference_open_the_paper_at_the_page(paper):
    text = shown(ANSWER, links_to({QUOTE.paper: paper}))
    assert LINK.findall(text) == [(f"file://{paper}#page=3", "kd.pdf, p. 3 (printed 17)")]


def test_the_nearest_quote_of_a_sentence_left_out_is_linked_too(paper):
    text = shown(DOUBTED, links_to({QUOTE.paper: paper}), explain=True)
    assert len(LINK.findall(text)) == 2


def test_a_text_file_opens_without_a_page(tmp_path):
    path = tmp_path / "kd.md"
    path.write_text("x")
    assert links_to({QUOTE.paper: path})(QUOTE) == f"file://{path}"


def test_a_paper_that_is_gone_or_unknown_is_not_linked(tmp_path):
    gone = links_to({QUOTE.paper: tmp_path / "gone.pdf"})
    assert gone(QUOTE) is None
    assert links_to({})(QUOTE) is None
    assert "\x1b]8" not in shown(ANSWER, gone)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_no_name_of_a_file_breaks_out_of_its_link(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"%PDF")
    answer = replace(
        ANSWER, claims=(replace(ANSWER.claims[0], citations=(replace(QUOTE, file=name),)),)
    )
    ((address, _),) = LINK.findall(shown(answer, links_to({QUOTE.paper: path})))
    assert re.fullmatch(r"file:///[A-Za-z0-9._~%/-]+#page=3", address)
    assert unquote(urlsplit(address).path, errors="surrogateescape") == str(path)


class Anywhere(type(Path())):
    """A path of a file that is there."""

    def is_file(self):
        return True


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"])))
def test_an_address_has_no_character_that_could_end_it(name):
    address = links_to({QUOTE.paper: Anywhere("/papers", f"a{name}.pdf")})(QUOTE)
    assert re.fullmatch(r"file:///[A-Za-z0-9._~%/-]+#page=3", address)


def test_a_terminal_takes_links():
    assert takes_links(console(), {"TERM": "xterm-256color", "VTE_VERSION": "6003"})


@pytest.mark.parametrize(
    ("made", "environment"),
    [
        ({"file": io.StringIO()}, {"TERM": "xterm-256color"}),
        ({"file": io.StringIO(), "force_terminal": True}, {"TERM": "xterm-256color"}),
        ({"color_system": None}, {"TERM": "xterm-256color"}),
        ({"no_color": True}, {"TERM": "xterm-256color"}),
        ({}, {"TERM": "linux"}),
        ({}, {"TERM": "xterm-256color", "VTE_VERSION": "4205"}),
        ({}, {"TERM": "xterm-256color", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}),
    ],
    ids=["pipe", "forced colours", "no colours", "NO_COLOR", "text console", "old", "SSH"],
)
def test_links_are_left_out_where_they_would_not_work(made, environment):
    assert not takes_links(console(**made), environment)
