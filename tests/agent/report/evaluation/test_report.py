import pytest

from r1agent.report.evaluation.report import FORMATS, evaluation_to
from r1agent.report.export_errors import ExportError
from tests.agent.report.evaluations import evaluation_of


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_tells_the_title(format):
    assert "Small" in evaluation_to(format, evaluation_of([1, 0], text="Small"))


def test_a_format_that_is_none_is_named_with_those_there_are():
    with pytest.raises(ExportError, match=r"'bibtex'.*markdown, html, json"):
        evaluation_to("bibtex", evaluation_of([1]))
