"""Whatever a work file holds, it is an outline, none yet, or refused in one sentence."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.review import Outline, PlannedSection, ReviewError, Wanted, kept_outline

OUTLINE = Outline("Crabs", (PlannedSection("H", "Why?", ("a",)),), ("a", "b"))
HEAD = json.dumps({"format": 1, "job": OUTLINE.to_json()}).encode() + b"\n"


def outline_in(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.jsonl"
        path.write_bytes(content)
        return kept_outline(path, Wanted("Crabs"))


def test_the_outline_of_a_work_file_is_found_again():
    assert outline_in(HEAD + b'{"id": "x"}\n') == OUTLINE


@given(st.integers(0, len(HEAD) - 1))
def test_a_first_line_that_a_kill_tore_is_no_outline_yet(length):
    assert outline_in(HEAD[:length]) is None


@given(st.one_of(st.binary(), st.just(b"[" * 200_000)))
def test_anything_else_is_refused(content):
    with pytest.raises(ReviewError, match="not what r1agent keeps of a review"):
        outline_in(content.replace(b"\n", b"") + b"\n")


@given(st.recursive(st.none() | st.integers() | st.text(), lambda of: st.lists(of)))
def test_an_outline_with_a_part_of_another_kind_is_refused(sections):
    job = OUTLINE.to_json() | {"sections": sections, "topic": 3}
    with pytest.raises(ReviewError, match="not what r1agent keeps"):
        outline_in(json.dumps({"format": 1, "job": job}).encode() + b"\n")
