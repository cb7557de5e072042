"""What happened in a year, happened in that year in the quote too."""

import pytest

from r1agent.checks.dates import DateCheck
from r1agent.checks.finding import Sources

QUOTE = "The club, which was founded in 2012 (Saujani, 2015), came to Riga in 2017 in May 2017."


def finding(claim, quote=QUOTE):
    return DateCheck().check(claim, Sources((quote,)))


def test_the_year_of_another_event_is_contradicted():
    found = finding("The club was founded in 2017.")
    assert found.support == "contradicted"
    assert found.reason == "says founded in 2017 where the quote says 2012"


@pytest.mark.parametrize(
    "claim",
    [
        "The club was founded in 2012.",
        "The club came to Riga in 2017.",
        "It started in 2017.",
        "Founded in 2012, it came to Riga in May 2017.",
    ],
)
def test_the_same_dates_pass(claim):
    assert finding(claim) is None


def test_a_month_keeps_its_year():
    quote = "It was conceived in September 2014 and moved in May 2018."
    assert finding("It was conceived in September 2014.", quote) is None
    reason = "says September 2018 where the quote says 2014"
    assert finding("It began in September 2018.", quote).reason == reason


def test_a_year_before_its_verb_dates_it_too():
    quote = "Part one was published in 2017. In 2019, part two was published."
    assert finding("Part two was published in 2019.", quote) is None
    assert finding("Part two was published in 2020.", quote).support == "contradicted"


def test_a_broken_line_hides_no_date():
    quote = "The club was founded\nin 2012 and came to Riga in\n2017."
    assert finding("The club was founded in 2017.", quote).support == "contradicted"


def test_an_event_that_the_quote_dates_twice_passes_with_either_year():
    quote = "It was founded in 2001 and founded in 2012 anew."
    assert finding("It was founded in 2012.", quote) is None
