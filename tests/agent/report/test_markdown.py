from dataclasses import replace

from r1agent.report.markdown import answer_to_markdown
from tests.agent.report.answers import ANSWER, HOSTILE, PROGRAM


def test_an_answer_has_references_with_quotes():
    text = answer_to_markdown(ANSWER)
    assert text.startswith(
        "Smoothing costs 0.6 points. \\[1\\] That is half of 1.2. \\[1\\]\\[a\\]\n"
    )
    assert "\n   > Smoothed teachers lose 0.6 points.\n" in text
    assert "```python\nprint(1.2 / 2)\n```" in text


def test_hostile_text_adds_no_html_and_no_escape():
    text = answer_to_markdown(HOSTILE).split("```")[0]
    assert "<script>" not in text
    assert "\x1b" not in answer_to_markdown(HOSTILE)


def test_markup_in_a_sentence_is_escaped():
    claim = replace(ANSWER.claims[0], text="![x](http://evil) *a* `b`")
    text = answer_to_markdown(replace(ANSWER, claims=(claim,)))
    assert text.startswith("\\!\\[x\\]\\(http\\://evil\\) \\*a\\* \\`b\\`")


def test_a_fence_is_longer_than_any_run_of_backticks_in_the_code():
    program = replace(PROGRAM, code="print('```')")
    claim = replace(ANSWER.claims[1], computations=(program,))
    assert "````python\nprint('```')\n````" in answer_to_markdown(replace(ANSWER, claims=(claim,)))
