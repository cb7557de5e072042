"""The Chinese guide says what the English one does: same code, tables, links and names."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"(?:<!--[^\n]*-->\n)?^```\w+\n.*?^```$", re.M | re.S)
_HEADING = re.compile(r"^(##+) ", re.M)
_HAN = re.compile(r"[\u3400-\u9fff]")
_RULE = r"\|[-|]+\|"
_NO_SENTENCE = re.compile(rf"# r1agent|\[English\]\(\S+\)|<.*>|{_RULE}|\| \| r1agent .*")
_ENGLISH_WORDS = re.compile(r"(?:[A-Za-z]+[ ,;:]+){5}[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the guide in one language."""

    path: Path
    """Below the top folder."""

    @property
    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")

    def towards(self, other: Path) -> str:
        """How this page links to another file."""
        return os.path.relpath(other, self.path.parent)

    def leads_to(self) -> list[str]:
        """Where its links lead, from the top folder."""
        targets = re.findall(r"\]\(([^)\s]+)\)", prose(self.text))
        return [target if ":" in target else self._resolved(target) for target in targets]

    def _resolved(self, target: str) -> str:
        name, mark, place = target.partition("#")
        path = os.path.normpath(self.path.parent / name) if name else ""
        return f"{path}{mark}{place}"


GUIDE = {
    Path("README.md"): Path("README.zh-CN.md"),
    **{
        page.relative_to(ROOT): Path("docs", "zh-CN", page.name)
        for page in sorted((ROOT / "docs").glob("*.md"))
    },
}
"""Each page in English, and the same in Chinese."""


@pytest.fixture(params=GUIDE, ids=str)
def pages(request) -> tuple[Page, Page]:
    return Page(request.param), Page(GUIDE[request.param])


@pytest.fixture
def english(pages) -> str:
    return pages[0].text


@pytest.fixture
def chinese(pages) -> str:
    return pages[1].text


def prose(text: str) -> str:
    return _BLOCK.sub("", text)


def sections(text: str) -> list[str]:
    return re.split(r"^##+ ", prose(text), flags=re.M)


def code_spans(text: str) -> set[str]:
    return {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)}


def figures(text: str) -> set[str]:
    """Numbers in digits outside code, with their points and thousands separators."""
    text = re.sub(r"`[^`]+`|\]\([^)]+\)", "", text)
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table, row by row; the bar is no part of any cell."""
    found = re.findall(r"(?:^\|.*\|\n)+", prose(text), re.M)
    return [[row.strip("|").split("|") for row in table.splitlines()] for table in found]


def test_no_page_is_in_chinese_alone():
    there = {path.relative_to(ROOT) for path in (ROOT / "docs" / "zh-CN").iterdir()}
    assert there == {*GUIDE.values()} - {Path("README.zh-CN.md")}


def test_each_page_links_to_the_other_under_its_title(pages):
    english, chinese = pages
    to_chinese, to_english = english.towards(chinese.path), chinese.towards(english.path)
    assert english.text.splitlines()[2] == f"[\u7b80\u4f53\u4e2d\u6587]({to_chinese})"
    assert chinese.text.splitlines()[2] == f"[English]({to_english})"


def test_the_code_blocks_are_the_same_in_the_same_order(english, chinese):
    assert _BLOCK.findall(english)
    assert _BLOCK.findall(chinese) == _BLOCK.findall(english)


def test_the_headings_are_on_the_same_levels_in_the_same_order(english, chinese):
    assert _HEADING.findall(prose(chinese)) == _HEADING.findall(prose(english))


def test_the_links_and_pictures_are_the_same_in_the_same_order(pages):
    english, chinese = pages
    translated = {str(page): str(other) for page, other in GUIDE.items()}
    wanted = [
        "#".join([translated.get(name, name), *place])
        for name, *place in (link.split("#") for link in english.leads_to()[1:])
    ]
    assert chinese.leads_to()[1:] == wanted


def test_the_links_to_a_place_in_a_page_lead_there(pages):
    for link in pages[1].leads_to():
        page, mark, place = link.partition("#")
        if mark:
            text = Page(Path(page) if page else pages[1].path).text
            assert f'<a id="{place}"></a>\n\n## ' in text


def test_each_section_names_the_same_commands_options_and_files(english, chinese):
    for one, other in zip(sections(english), sections(chinese), strict=True):
        assert code_spans(other) == code_spans(one), other.partition("\n")[0]


def test_each_section_gives_the_same_figures(english, chinese):
    for one, other in zip(sections(english), sections(chinese), strict=True):
        assert figures(other) == figures(one), other.partition("\n")[0]


def test_the_tables_have_the_same_rows_with_the_same_names_in_each_cell(english, chinese):
    def named(text: str) -> list[list[list[set[str]]]]:
        return [[[code_spans(cell) for cell in row] for row in table] for table in tables(text)]

    assert named(chinese) == named(english)


def test_the_defaults_in_the_table_of_settings_are_the_same():
    def defaults(path: str) -> dict[str, str]:
        found = tables(Page(Path(path)).text)
        (table,) = (table for table in found if "`base_url`" in table[2][0])
        told = {name.strip(" `"): default.strip() for name, default, _ in table[2:]}
        return {name: told[name] for name in told.keys() - {"cache_dir", "runs_dir"}}

    assert defaults("docs/zh-CN/settings.md") == defaults("docs/settings.md")


def test_nothing_is_left_in_english(chinese):
    for line in prose(chinese).splitlines():
        if not line or _NO_SENTENCE.fullmatch(line):
            continue
        text = re.sub(r"`[^`]+`|\]\([^)]+\)", "", line)
        assert _HAN.search(text), line
        assert not _ENGLISH_WORDS.search(text), line


def test_the_punctuation_of_chinese_text_is_full_width(chinese):
    text = re.sub(r"`[^`\n]+`", "", prose(chinese))
    assert re.findall(r"[^\n]{0,20}[\u3400-\u9fff][,;:?!()][^\n]{0,9}", text) == []
