"""The plain sentence on trust."""

import re

from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.evaluation import Row, Scored
from r1agent.evaluate.own.trust import Counted, trust
from r1agent.evaluate.planted.judged import TRUE
from r1agent.types import Usage

counts = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def rows(kind, hits, tries, names):
    hit, tried = names
    return [
        Row(f"{kind}-{n}", kind, "answered", {hit: float(n < hits), tried: 1.0}, Usage(), 0.1)
        for n in range(tries)
    ]


def gate(*, faults, rejected=(0, 0), pages=(0, 0)):
    found = [row for kind, of in faults.items() for row in rows(kind, *of, ("caught", "fault"))]
    true = rows(TRUE, *rejected, ("rejected", "true"))
    searched = rows("question by rule", *pages, ("page_10", "searched"))
    return Scored("gate and search", "", [*found, *true, *searched])


def loop(cited, silent, model="small"):
    asked = rows("question", *cited, ("cited", "answerable_asked"))
    return Scored(
        "loop", model, [*asked, *rows("none", *silent, ("abstained", "unanswerable_asked"))]
    )


def test_it_says_what_gate_and_search_can_be_trusted_with():
    told = trust([gate(faults={"number": (50, 50), "negation": (45, 50)}, rejected=(1, 60))])
    assert told == (
        "Of 100 planted errors the gate finds 88 to 98 (95 of 100 here; weakest: negation, "
        "45 of 50); of 100 true sentences it drops 9 at most (1 of 60 here)."
    )


def test_it_says_how_a_model_did():
    told = trust([loop((40, 50), (24, 25))])
    assert "With small the loop cites the source page for at least 66 of 100 questions" in told
    assert "with small the loop answers up to 20 of 100 questions that they do not answer" in told
    assert "kept silent on 24 of 25 here, too few to rely on" in told


def test_only_the_whole_loop_is_spoken_of():
    one = loop((40, 50), (24, 25))
    less = Scored("loop without gate", "small", one.rows)
    assert trust([one, less, Scored("plain", "small", one.rows)]) == trust([one])


def test_few_tries_are_called_few_and_promise_little():
    told = trust([gate(faults={"number": (10, 10)})])
    assert "finds 72 to 100 (10 of 10 here, too few to rely on; none of any kind missed)" in told


def test_without_any_figure_it_promises_nothing():
    assert trust([]).startswith("Nothing could be measured")
    assert trust([Scored("gate and search", "", [])]).startswith("Nothing could be measured")


def test_an_example_that_was_put_three_times_counts_once():
    once = gate(faults={"number": (40, 40)})
    thrice = Scored(once.system, "", [*once.rows] * 3)
    assert trust([thrice]) == trust([once])


@given(counts)
def test_the_ends_hold_the_share_and_never_promise_all(count):
    hits, tries = count
    found = Counted(hits, tries)
    assert 0 <= found.low <= 100 * found.share <= found.high <= 100
    assert found.low < 100
    assert found.high > 0


@given(counts)
def test_more_hits_never_lower_an_end(count):
    hits, tries = count
    less = Counted(max(0, hits - 1), tries)
    assert (less.low, less.high) <= (Counted(hits, tries).low, Counted(hits, tries).high)


@given(st.integers(1, 100))
def test_more_tries_of_the_same_share_never_widen_the_range(tries):
    few, many = Counted(tries, tries), Counted(2 * tries, 2 * tries)
    assert many.low >= few.low


@given(st.dictionaries(st.sampled_from(["number", "unit", "name"]), counts, min_size=1), counts)
def test_it_is_one_sentence_and_says_what_was_counted(faults, pages):
    told = trust([gate(faults=faults, pages=pages)])
    assert told.endswith(".")
    assert told[0].isupper()
    assert not re.search(r"[.;] [A-Z]|nan|None", told)
    tried = [(hits, tries) for hits, tries in faults.values() if tries]
    if tried:
        hits, tries = (sum(column) for column in zip(*tried, strict=True))
        assert f"({hits} of {tries} here" in told
        worst = min(one / of for one, of in tried)
        named = re.search(r"weakest: \w+, (\d+) of (\d+)", told)
        assert (int(named[1]) / int(named[2]) if named else 1.0) == worst
