"""Units: the same quantity in another unit passes, another quantity does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.finding import Sources
from r1agent.checks.numbers import NumberCheck, numbers_in
from r1agent.checks.units import dimensions_in, unit_behind


def passes(claim: str, quote: str) -> bool:
    return NumberCheck().check(claim, Sources((quote,))) is None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("A step takes 5 ms.", "Each step took 0.005 s."),
        ("Training took 90 minutes.", "Training took 1.5 hours."),
        ("It lasted 12 weeks.", "The course ran for 84 days."),
        ("They used 1,500,000 images.", "We used 1.5 million images."),
        ("The delays were 5, 10 and 20 ms.", "Delays of 5 ms, 10 ms and 20 ms were used."),
        ("A step takes 5 ms.", "Time (ms) per step: 5"),
        ("It took two to 3 hours.", "It took 2-3 hours."),
        ("The 6-month course.", "A course of six months."),
        ("训练用了90分钟。", "训练耗时1.5小时。"),
        ("共有15000张图像。", "数据集包含1.5万张图像。"),
    ],
)
def test_the_same_quantity_in_another_unit_passes(claim, quote):
    assert passes(claim, quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("A step takes 5 s.", "Each step took 5 ms."),
        ("Training took 90 hours.", "Training took 90 minutes."),
        ("The file has 20 MB.", "The file has 20 GB."),
        ("They used 1.5 billion images.", "We used 1.5 million images."),
        ("It rose by 3 %.", "It rose by 3 percentage points."),
        ("It rose by 3 percentage points.", "It rose by 3 %."),
        ("It weighs 5 kg.", "It is 5 km long."),
        ("5 of the teams reported.", "5 % of the teams reported."),
        ("训练用了90小时。", "训练用了90分钟。"),
        ("准确率提高了3%。", "准确率提高了3个百分点。"),
    ],
)
def test_another_unit_does_not_pass(claim, quote):
    assert not passes(claim, quote)


SIZES = {"s": 1, "ms": 1e-3, "minutes": 60, "hours": 3600, "days": 86400}


@given(st.integers(1, 500), st.sampled_from([*SIZES]), st.sampled_from([*SIZES]))
def test_two_times_are_one_just_where_they_last_as_long(value, one, other):
    is_same = SIZES[one] == SIZES[other]
    assert passes(f"It took {value} {one}.", f"It took {value} {other}.") is is_same


@given(st.integers(21, 5000), st.sampled_from(["hours", "days"]))
def test_a_time_told_in_minutes_is_still_the_same(value, unit):
    minutes = value * SIZES[unit] // 60
    assert passes(f"It took {minutes:,} minutes.", f"It took {value} {unit}.")


@given(st.text(max_size=200), st.integers(0, 200))
def test_any_text_can_be_read_for_units(text, at):
    unit = unit_behind(text, at)
    assert unit is None or unit.size > 0
    assert isinstance(dimensions_in(text), set)


def test_a_decade_and_a_name_have_no_unit():
    assert [number.unit for number in numbers_in("In the 1990s, 5G and 3D were new.")] == [None] * 3
