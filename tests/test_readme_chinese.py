"""The Chinese README says what the English one does: same code, tables, links and names."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"(?:<!--[^\n]*-->\n)?^```\w+\n.*?^```$", re.M | re.S)
_HEADING = re.compile(r"^(##+) ", re.M)
_HAN = re.compile(r"[\u3400-\u9fff]")
_RULE = r"\|[-|]+\|"
_NO_SENTENCE = re.compile(rf"# r1agent|\[English\]\(README\.md\)|<.*>|{_RULE}|\| \| r1agent .*")
_ENGLISH_WORDS = re.compile(r"(?:[A-Za-z]+[ ,;:]+){5}[A-Za-z]+")
_TO_THE_OTHER = {"README.md", "README.zh-CN.md"}


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


def links(text: str) -> list[str]:
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(text))
    return [target for target in targets if target not in _TO_THE_OTHER]


def test_each_readme_links_to_the_other_under_its_title():
    assert ENGLISH.splitlines()[2] == "[\u7b80\u4f53\u4e2d\u6587](README.zh-CN.md)"
    assert CHINESE.splitlines()[2] == "[English](README.md)"


def test_the_code_blocks_are_the_same_in_the_same_order():
    assert _BLOCK.findall(ENGLISH)
    assert _BLOCK.findall(CHINESE) == _BLOCK.findall(ENGLISH)


def test_the_headings_are_on_the_same_levels_in_the_same_order():
    assert _HEADING.findall(prose(CHINESE)) == _HEADING.findall(prose(ENGLISH))


def test_the_links_and_pictures_are_the_same_in_the_same_order():
    assert links(CHINESE) == links(ENGLISH)


def test_the_links_to_a_place_in_the_page_lead_there():
    for target in re.findall(r"\]\(#([^)]+)\)", CHINESE):
        assert f'<a id="{target}"></a>\n\n## ' in CHINESE


def test_each_section_names_the_same_commands_options_and_files():
    for english, chinese in zip(sections(ENGLISH), sections(CHINESE), strict=True):
        assert code_spans(chinese) == code_spans(english), chinese.partition("\n")[0]


def test_each_section_gives_the_same_figures():
    for english, chinese in zip(sections(ENGLISH), sections(CHINESE), strict=True):
        assert figures(chinese) == figures(english), chinese.partition("\n")[0]


def test_the_tables_have_the_same_rows_with_the_same_names_in_each_cell():
    def named(text: str) -> list[list[list[set[str]]]]:
        return [[[code_spans(cell) for cell in row] for row in table] for table in tables(text)]

    assert len(named(ENGLISH)) >= 5
    assert named(CHINESE) == named(ENGLISH)


def test_the_defaults_in_the_table_of_settings_are_the_same():
    def defaults(text: str) -> dict[str, str]:
        (table,) = (table for table in tables(text) if "`base_url`" in table[2][0])
        told = {name.strip(" `"): default.strip() for name, default, _ in table[2:]}
        return {name: told[name] for name in told.keys() - {"cache_dir", "runs_dir"}}

    assert defaults(CHINESE) == defaults(ENGLISH)


def test_nothing_is_left_in_english():
    for line in prose(CHINESE).splitlines():
        if not line or _NO_SENTENCE.fullmatch(line):
            continue
        text = re.sub(r"`[^`]+`|\]\([^)]+\)", "", line)
        assert _HAN.search(text), line
        assert not _ENGLISH_WORDS.search(text), line


def test_the_punctuation_of_chinese_text_is_full_width():
    text = re.sub(r"`[^`\n]+`", "", prose(CHINESE))
    assert re.findall(r"[^\n]{0,20}[\u3400-\u9fff][,;:?!()][^\n]{0,9}", text) == []
