"""The shares of prompt tokens that were in the cache."""

from serve_prefix import figures_of, share


def used(prompt, cached):
    return {"prompt": prompt, "cached": cached, "completion": 1}


def test_a_share_weighs_requests_by_their_tokens():
    assert share([used(900, 900), used(100, 0)]) == 0.9


def test_no_request_has_no_share():
    assert share([]) == 0.0


def test_first_requests_are_kept_apart_from_later_ones():
    figures = figures_of([[used(100, 0), used(100, 80)], [used(100, 10), used(300, 240)], []])
    assert figures["prefix_hit_share"] == 0.8
    assert figures["prefix_hit_share_first"] == 0.05
    assert figures["prefix_hit_share_all"] == 0.55
    assert figures["prefix_questions"] == 3
    assert figures["prefix_requests"] == 4
    assert figures["prefix_prompt_tokens"] == 600
