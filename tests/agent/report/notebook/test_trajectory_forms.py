import pytest
from hypothesis import given

from r1agent.types import PlanStep, Step, ToolCall, ToolResult, Trajectory, Verdict
from tests.agent.report.hostile import telling
from tests.agent.report.notebook.test_answer_html import tags_of
from tests.agent.report.notebook.test_plan_forms import elements

FOUND = """\
<passage id="aa11:1" title="Dropout" page="3">
Dropout lowered the error.
</passage>"""
SEARCH = ToolResult(ToolCall("search_papers", {"query": "dropout", "k": 5}), FOUND, True, 0.2)
PROGRAM = ToolResult(ToolCall("python", {"code": "x = 1\nprint(x)"}), "1\n", True, 0.1)
FAILED = ToolResult(ToolCall("python", {"code": "1/0"}), "ZeroDivisionError", False, 0.1)
FIND = PlanStep("Find dropout", "search_papers", "passages mention it")
COUNT = PlanStep("Count", "python", "")
RUN = Trajectory(
    (
        Step(FIND, (SEARCH,), Verdict("supported", "passages")),
        Step(COUNT, (FAILED, PROGRAM), Verdict("partly", "an exit code", ("it failed once",))),
    )
)


def test_each_step_folds_its_calls_and_its_verdict():
    html = RUN._repr_html_()
    assert "<b>2 steps, 1 supported, 3 tool calls</b>" in html
    assert html.count("<details") == 5
    assert "query=dropout, k=5 → Dropout p. 3 (0.2 s)</code></summary>" in html
    assert "<small>Verdict:</small> partly: an exit code</div><ul><li>it failed once</li>" in html


def test_what_was_found_stands_as_quotes_with_their_page():
    html = RUN._repr_html_()
    assert '<blockquote><span dir="auto">Dropout lowered the error.</span>' in html
    assert "<small>Dropout, p. 3</small>" in html
    assert "&lt;passage" not in html


def test_a_program_keeps_its_lines_and_a_failure_is_called_one():
    html = RUN._repr_html_()
    assert "<code>x = 1\nprint(x)</code>" in html
    assert "python 1/0 → failed: ZeroDivisionError" in html


@pytest.mark.parametrize(
    "shown",
    [
        "**2 steps, 1 supported, 3 tool calls**\n\n<details><summary>✓ 1&#46; Find dropout",
        "\n\n> Dropout lowered the error.\n>\n> Dropout, p. 3\n\n",
        "\n\ncode:\n\n```\nx = 1\nprint(x)\n```\n\n```\n1\n```\n\n</details>",
        "\n\nVerdict: partly: an exit code\n\n- it failed once\n\n</details>\n",
    ],
)
def test_the_markdown_folds_too(shown):
    assert shown in RUN._repr_markdown_()


def test_a_run_without_steps_is_shown():
    assert "0 steps, 0 supported, 0 tool calls" in Trajectory()._repr_html_()
    assert "0 steps" in Trajectory()._repr_markdown_()


def made(text):
    """A run in which every text is `text`."""
    result = ToolResult(ToolCall(text, {text: text, "code": f"{text}\n{text}"}), text, True, 0.1)
    step = PlanStep(text, text, text)
    return Trajectory((Step(step, (result,), Verdict("partly", text, (text,))),))


@given(telling)
def test_text_of_models_papers_and_programs_adds_no_element(text):
    assert tags_of(made(text)._repr_html_()) <= tags_of(made("plain")._repr_html_())


@given(telling.filter(lambda text: "\n" not in text and "\r" not in text))
def test_text_adds_no_markup_to_the_markdown(text):
    blocks, inline = elements(made(text)._repr_markdown_())
    wanted = elements(made("plain")._repr_markdown_())
    assert blocks == wanted[0]
    assert inline <= wanted[1] | {"text_special"}
