from r1agent.report.printable import one_line, printable, shortened
from tests.agent.report.answers import HOSTILE_TEXT


def test_escape_sequences_cannot_steer_a_terminal():
    assert printable(HOSTILE_TEXT) == '[31m]0;owned[red]<script>alert("1")</script>gpj.exe2J'


def test_line_breaks_and_tabs_stay():
    assert printable("a\r\n\tb") == "a\n\tb"


def test_a_lone_surrogate_becomes_a_replacement_character():
    assert printable("a\ud800b") == "a\ufffdb"


def test_separators_keep_words_apart():
    assert one_line("a\x0bb\u2028c\x85d") == "a b c d"


def test_other_scripts_are_left_alone():
    text = "深度学习 naïve e\u0301 می\u200cخواهم"  # noqa: RUF001 - Persian
    assert printable(text) == text


def test_a_long_line_is_cut_with_an_ellipsis():
    assert shortened("one two three", 8) == "one two…"
