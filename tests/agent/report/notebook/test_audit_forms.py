from dataclasses import replace

from hypothesis import given

from r1agent.types import Audit
from tests.agent.report.answers import ANSWER
from tests.agent.report.hostile import telling
from tests.agent.report.notebook.test_answer_html import tags_of
from tests.agent.report.notebook.test_plan_forms import elements

AUDIT = replace(ANSWER.audit, checks=("quote on its page",), searched=("smoothing",))


def test_an_audit_is_a_table_of_what_is_known():
    html = AUDIT._repr_html_()
    assert html.startswith("<table")
    for told in ("67% of the sentences", "medium", "quote on its page", "“smoothing”", "41.2 s"):
        assert told in html
    assert "Not found" not in html


def test_the_markdown_of_an_audit_is_a_list():
    lines = AUDIT._repr_markdown_().splitlines()
    assert lines[:2] == [
        "- **Support:** 67% of the sentences that were written",
        "- **Confidence:** medium",
    ]
    assert "- **Tokens:** writer 1 request, 1,000 read, 200 written." in lines


def test_an_audit_of_nothing_is_shown():
    assert "none" in Audit(0.0, "none")._repr_html_()
    assert Audit(0.0, "none")._repr_markdown_().endswith("- **Confidence:** none\n")


@given(telling)
def test_no_text_adds_markup(text):
    told, plain = (
        replace(AUDIT, notices=(one,), searched=(one,), not_found=(one,), model=one)
        for one in (text, "x")
    )
    assert tags_of(told._repr_html_()) == tags_of(plain._repr_html_())
    assert elements(told._repr_markdown_())[0] == elements(plain._repr_markdown_())[0]
