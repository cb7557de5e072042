"""What does not fit into the window is left out, whole and from the end, and that is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.context import fit
from r1agent.models.window import ContextWindow
from r1agent.profiles import SMALL
from r1agent.prompts import passage_block
from tests.agent.made_runs import made_run, passage

PASSAGES = [passage("word " * 250, id=f"p{number}:1") for number in range(8)]


def run_with(tokens):
    run, _, _ = made_run()
    run.window = ContextWindow(None, "m", tokens=tokens)
    return run


def fitted(run, items=PASSAGES, render=passage_block, **options):
    return fit(items, render, run, **{"role": "writer", "max_tokens": 350, **options})


def test_all_passages_stay_where_they_fit():
    run = run_with(100_000)
    assert fitted(run) == PASSAGES
    assert not run.notices


def test_all_stay_where_nobody_knows_the_window():
    assert fitted(run_with(None)) == PASSAGES


def test_whole_passages_are_left_out_from_the_end_and_that_is_said():
    run = run_with(4096)
    kept = fitted(run)
    assert kept == PASSAGES[: len(kept)]
    assert 0 < len(kept) < 8
    left = 8 - len(kept)
    assert run.notices == [
        f"{left} of 8 passages were left out: the model's window is 4,096 tokens."
    ]


def test_thoughts_need_room_too():
    run = run_with(4096)
    before = len(fitted(run))
    run.profile = replace(SMALL, thinking_tokens=4096)
    assert len(fitted(run)) < before


def test_the_word_for_what_is_left_out_can_be_another():
    run = run_with(500)
    fitted(run, ["result " * 50] * 3, "\n".join, max_tokens=100, what="earlier results")
    assert "of 3 earlier results were left out" in run.notices[0]


def test_nothing_stays_where_nothing_fits():
    assert fitted(run_with(100)) == []


@pytest.mark.parametrize("size", [1, 2, 7, 64])
@given(tokens=st.integers(100, 6000), lengths=st.lists(st.integers(0, 900), max_size=12))
def test_as_many_fit_as_can(size, tokens, lengths):
    run = run_with(tokens)
    items = ["ab " * length for length in lengths]
    kept = fitted(run, items, "".join, max_tokens=size)
    assert items[: len(kept)] == kept
    assert not kept or run.window.holds("".join(kept), size)
    more = items[: len(kept) + 1]
    assert len(kept) == len(items) or not run.window.holds("".join(more), size)
