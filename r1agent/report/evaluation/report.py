"""An evaluation in any of the formats that leave r1agent."""

from __future__ import annotations

from r1agent.evaluate.evaluation import Evaluation
from r1agent.report.export_errors import ExportError

FORMATS = ("markdown", "html", "json")
"""What `evaluation_to` can write."""


def evaluation_to(format: str, evaluation: Evaluation) -> str:
    """Write an evaluation in one of `FORMATS`.

    Raises:
        ExportError: The format is unknown.
    """
    match format:
        case "markdown":
            from r1agent.report.evaluation.markdown import evaluation_to_markdown

            return evaluation_to_markdown(evaluation)
        case "html":
            from r1agent.report.evaluation.html import evaluation_to_html

            return evaluation_to_html(evaluation)
        case "json":
            from r1agent.report.evaluation.json import evaluation_to_json

            return evaluation_to_json(evaluation)
        case _:
            raise ExportError(
                f"An evaluation is not written as {format!r}. There are {', '.join(FORMATS)}: name "
                "a file that ends in `.md`, `.html` or `.json`."
            )
