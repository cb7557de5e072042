from hypothesis import given
from markdown_it import MarkdownIt

from r1agent.types import Plan, PlanStep
from tests.agent.report.hostile import telling
from tests.agent.report.notebook.test_answer_html import tags_of

FIND = PlanStep("Find the losses", "search_papers", "a figure is found")
PLAN = Plan((FIND, PlanStep("Sum them up", "python", "")))


def elements(markdown):
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    inline = {child.type for one in tokens for child in one.children or ()}
    return [one.type for one in tokens], inline


def test_a_plan_is_a_tree_that_folds():
    html = PLAN._repr_html_()
    assert "<b>Plan of 2 steps</b>" in html
    assert html.count("<details") == 1
    assert '1. Find the losses <small style="opacity:0.75">search_papers</small></summary>' in html
    assert "<small>Done when:</small> a figure is found" in html


def test_the_markdown_of_a_plan_is_a_numbered_list():
    assert PLAN._repr_markdown_() == (
        "**Plan of 2 steps**\n\n"
        "1. Find the losses *search\\_papers*\n   - Done when: a figure is found\n"
        "2. Sum them up *python*\n"
    )


def test_a_revision_says_that_it_is_one():
    assert "Plan of 1 step, revision 2" in Plan((FIND,), revision=2)._repr_html_()


def test_an_empty_plan_is_shown():
    assert "Plan of 0 steps" in Plan(())._repr_html_()
    assert Plan(())._repr_markdown_() == "**Plan of 0 steps**\n\n"


@given(telling)
def test_text_of_a_model_adds_no_markup(text):
    hostile = Plan((PlanStep(text, text, text),))
    plain = Plan((FIND,))
    assert tags_of(hostile._repr_html_()) == tags_of(plain._repr_html_())
    assert elements(hostile._repr_markdown_())[0] == elements(plain._repr_markdown_())[0]
