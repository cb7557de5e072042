"""Facts at the head of a Markdown file are metadata, never text of the paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes import TextLoader, UnreadablePaperError
from r1agent_indexes.reading.front_matter import split_front_matter
from r1agent_indexes.types import PaperMetadata

TOML = """+++
title = "Cold Pumps"
authors = ["Ada Miller", "Li Wei"]
year = 2021
doi = "10.1234/pumps.1"
layout = { columns = 2 }
+++

# Introduction

Pumps were cold.
"""
YAML = """---
title: "Cold Pumps"
authors:
  - Ada Miller
  - 'Li Wei'
date: 2021-05-03
doi: https://doi.org/10.1234/pumps.1
---
# Introduction

Pumps were cold.
"""


@pytest.mark.parametrize("text", [TOML, YAML])
def test_the_block_is_metadata_and_no_text(tmp_path, text):
    path = tmp_path / "pumps.md"
    path.write_text(text)
    (page,) = TextLoader(path).load()
    assert page.page_content.startswith("# Introduction")
    assert split_front_matter(text)[1] == PaperMetadata(
        "Cold Pumps", ("Ada Miller", "Li Wei"), 2021, "10.1234/pumps.1"
    )


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("author: Ada Miller", ("Ada Miller",)),
        ("author: Ada Miller and Li Wei", ("Ada Miller", "Li Wei")),
        ("authors: [Ada Miller, Li Wei]", ("Ada Miller", "Li Wei")),
    ],
)
def test_authors_are_read_in_the_ways_they_are_written(line, authors):
    assert split_front_matter(f"---\n{line}\n---\nText.")[1].authors == authors


@pytest.mark.parametrize(
    "text",
    [
        "---\nA rule above, and one below.\n---\nText.",
        "Text.\n---\ntitle: Late\n---\n",
        "---\ntitle: Never ends\n\nText.",
        "+++\ntitle = 'Other fence'\n---\n",
    ],
)
def test_what_is_no_block_of_facts_stays(text):
    assert split_front_matter(text) == (text, None)


def test_facts_that_cannot_be_read_do_not_cost_the_paper():
    text, metadata = split_front_matter("+++\ntitle = no quotes\n+++\nText.")
    assert (text, metadata) == ("Text.", PaperMetadata(""))


def test_a_file_with_nothing_behind_the_facts_is_empty(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: A\n---\n")
    with pytest.raises(UnreadablePaperError, match="no text behind the facts"):
        TextLoader(path).load()


def test_a_plain_text_file_keeps_its_lines(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(YAML)
    assert TextLoader(path).load()[0].page_content.startswith("---")


@given(st.text(alphabet="+-:= []'\"atitle\n1") | st.text())
def test_any_text_is_split_into_a_head_and_its_own_end(text):
    rest, metadata = split_front_matter(text)
    assert text.endswith(rest)
    assert (metadata is None) == (rest == text)
