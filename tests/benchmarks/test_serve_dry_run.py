"""The dry runs are counted, and none of them is wrong."""

from __future__ import annotations

from serve_dry_run import every_case, measure


def test_every_kind_of_card_is_asked_for_every_model():
    cases = list(every_case())
    assert len(cases) == 13 * 5 * 2 * 9
    assert str(cases[0]) == "1 x 8 GB: the best"


def test_a_stretch_of_the_cases_has_nothing_wrong():
    assert measure(limit=120) == {"dry_run_cases": 120, "dry_run_wrong": 0}
