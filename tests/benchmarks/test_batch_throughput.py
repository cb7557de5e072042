"""Throughput of a batch: which turns become the ratio, and how an interrupted bench goes on."""

import batch_throughput
import pytest
from batch_throughput import OURS, best_bare, figures_of, take_turns
from serve_throughput import Turn
from served import Server


def turn(side, completion, at_once, seconds=10.0):
    return Turn(at_once, side, completion, 1000, 220, seconds, 0.1)


TURNS = [
    turn("ours", 1900, 48),
    turn("bare", 2000, 64),
    turn("bare", 1500, 32),
    turn("ours", 1700, 40),
]


def test_the_ratio_is_to_the_better_number_of_questions_at_once():
    assert figures_of(TURNS, 200) == {
        "throughput_ratio": 0.9,
        "throughput_tokens_s": 180.0,
        "throughput_tokens_s_bare": 200.0,
        "throughput_bare_at_once": 64,
        "throughput_at_once": 48,
        "throughput_questions": 200,
        "throughput_requests": 220,
    }


def test_several_bare_turns_of_one_number_count_by_their_median():
    turns = [turn("bare", 100, 64), turn("bare", 900, 64), turn("bare", 110, 64)]
    assert best_bare([*turns, turn("bare", 120, 32)]) == (12.0, 32)


def test_an_interrupted_bench_goes_on_with_the_turns_that_are_left(tmp_path, monkeypatch):
    taken = []

    def ours(_server, _items):
        taken.append("ours")
        return turn("ours", 100, 40), [["first"], ["second"]]

    def bare(_server, sent, at_once):
        taken.append((at_once, sent))
        if len(taken) == 2:
            raise KeyboardInterrupt
        return turn("bare", 100, at_once)

    monkeypatch.setattr(batch_throughput, "our_turn", ours)
    monkeypatch.setattr(batch_throughput, "bare_turn", bare)
    server, order = Server("http://127.0.0.1:1/v1", "tiny"), (OURS, 64, 32, OURS)
    with pytest.raises(KeyboardInterrupt):
        take_turns(server, [], order, tmp_path)
    turns = take_turns(server, [], order, tmp_path)
    sent = [["first"], ["second"]]
    assert taken == ["ours", (64, sent), (64, sent), (32, sent), "ours"]
    assert [one.at_once for one in turns] == [40, 64, 32, 40]
