from hypothesis import given
from markdown_it import MarkdownIt

from r1agent.report.evaluation.markdown import evaluation_to_markdown
from tests.agent.report.evaluations import TWO, evaluation_of, telling_of
from tests.agent.report.hostile import telling

READER = MarkdownIt("commonmark").enable("table")


def test_scores_and_differences_stand_in_tables():
    shown = evaluation_to_markdown(TWO)
    assert "| loop accuracy | 0.875 (0.625 to 1.000) |" in shown
    assert "Difference from plain accuracy:" in shown
    assert "| loop accuracy | +0.750 (+0.375 to +1.000) \\* |" in shown


def test_every_metric_is_told_by_kind():
    shown = evaluation_to_markdown(TWO)
    for name in ("accuracy", "auc of accuracy", "wrong of accuracy"):
        assert f"## {name} by kind\n\n| kind | examples | plain accuracy | loop accuracy |" in shown


def test_one_system_is_compared_with_nothing():
    assert "Difference" not in evaluation_to_markdown(evaluation_of([1, 0]))


def test_notebooks_get_it():
    assert TWO._repr_markdown_() == evaluation_to_markdown(TWO)


@given(telling)
def test_no_text_adds_markup_or_a_cell(text):
    assert tokens(telling_of(text)) == tokens(telling_of("x"))


def tokens(evaluation):
    inside = []
    for token in READER.parse(evaluation_to_markdown(evaluation)):
        inside += [token.type, *(child.type for child in token.children or () if child.tag)]
    return inside
