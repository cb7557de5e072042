import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.batch.durations import in_words, read_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("90s", 90.0),
        ("1.5s", 1.5),
        ("45m", 2700.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        ("1 h 30 m", 5400.0),
        ("1d2H", 93_600.0),
    ],
)
def test_durations_are_read(text, seconds):
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", " ", "soon", "-5", "2h-1m", "30m1h", "1e9", "\u0665h", "nan"])
def test_what_is_no_duration_is_none(text):
    assert read_duration(text) is None


@given(st.integers(0, 9), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_the_units_add_up(days, hours, minutes, seconds):
    read = read_duration(f"{days}d{hours}h{minutes}m{seconds}s")
    assert read == ((days * 24 + hours) * 60 + minutes) * 60 + seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (40, "40 s"),
        (700, "12 min"),
        (3600, "1 h"),
        (20_400, "5 h 40 min"),
        (86_400, "1 d"),
        (183_600, "2 d 3 h"),
    ],
)
def test_durations_are_said_in_two_units_at_most(seconds, words):
    assert in_words(seconds) == words
