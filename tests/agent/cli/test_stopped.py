"""What is shown of an answer that was stopped."""

from r1agent.cli.screen import data
from r1agent.cli.stopped import SoFar
from r1agent.types import Event

QUOTE = {"quote": "Dropout lowered\x1b[31m it.", "file": "a.pdf", "page": 3}


def judged(text, support="supported"):
    return Event("claim_judged", 1.0, {"text": text, "support": support, "quotes": [QUOTE]})


def test_sentences_that_passed_the_gate_are_shown_once_with_their_quotes(capsys):
    so_far = SoFar()
    passed_on = []
    note = so_far.noting(passed_on.append)
    for event in (judged("It helps."), judged("It hurts.", "unsupported"), judged("It helps.")):
        note(event)
    assert len(passed_on) == 3
    so_far.show(data())
    assert so_far.said() == "1 sentence was proved by then:"
    shown = capsys.readouterr().out
    assert shown == "✓ It helps.\n    “Dropout lowered[31m it.” a.pdf, p. 3\n"


def test_where_none_passed_that_is_said_and_nothing_shown(capsys):
    so_far = SoFar()
    so_far.note(judged("It hurts.", "contradicted"))
    so_far.show(data())
    assert capsys.readouterr().out == ""
    assert so_far.said() == "No sentence was proved by then."
