"""The screens of a run, each off, warn or block, at the places where the loop calls them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.documents import Document

from r1agent.chat_tokens import neutral
from r1agent.prompts import passage_block
from r1agent.run import Run
from r1agent.safety.answer_audit import audit_claims
from r1agent.safety.passage_screen import screen_passages, screen_text
from r1agent.safety.question_screen import screen_question
from r1agent.settings import Screening
from r1agent.types import Claim, ToolResult
from r1agent_tools import ExecutionResult, TestReport

_OWN_TOOLS = ("search_papers", "read_page")
"""Tools whose text holds the passages of their artifact and nothing else."""


@dataclass(frozen=True, slots=True)
class Safety:
    """What is screened; `off` looks at nothing, `warn` says so, `block` keeps it out."""

    question: Screening = "block"
    passages: Screening = "block"
    answer: Screening = "warn"

    def refuses(self, run: Run) -> str:
        """Say why the run's question is not answered, or return an empty text."""
        finding = screen_question(run.question) if self.question != "off" else None
        if finding is None:
            return ""
        if self.question == "block":
            return finding.message
        run.notice(f"The question seems to ask for help with {finding.kind}.")
        return ""

    def shown(self, result: ToolResult, run: Run) -> ToolResult:
        """Return a tool's result as the rest of the loop may see it.

        What programs and tests printed are no passages and stay as they are.
        """
        artifact = result.artifact
        if self.passages == "off" or isinstance(artifact, ExecutionResult | TestReport):
            return result
        if not (_is_passages(artifact) and artifact):
            return self._plain(result, run)
        kept, found = self._screened(artifact, run)
        if not found and result.call.tool in _OWN_TOOLS:
            return replace(result, text=neutral(result.text), artifact=kept)
        if found and self.passages == "block":
            return replace(result, text=_listed(kept, len(artifact)), artifact=kept)
        return replace(self._plain(result, run), artifact=kept)

    def passages_of(self, passages: Sequence[Document], run: Run) -> list[Document]:
        """Return passages that came with the question as the loop may see them."""
        return self._screened(passages, run)[0]

    def audited(self, claims: Sequence[Claim], run: Run, judged_by: str) -> list[Claim]:
        """Return the claims, those that rest on little with their doubt; `block` drops them.

        Args:
            claims: As the gate judged them.
            run: What they are an answer in.
            judged_by: How the gate judged entailment.
        """
        if self.answer == "off":
            return list(claims)
        return audit_claims(
            claims, question=run.question, judged_by=judged_by, drop=self.answer == "block"
        )

    def _screened(self, passages: Sequence[Document], run: Run) -> tuple[list[Document], bool]:
        screened = screen_passages(passages, self.passages)
        for notice in screened.notices:
            run.notice(notice)
        return list(screened.passages), not screened.clean

    def _plain(self, result: ToolResult, run: Run) -> ToolResult:
        text = screen_text(result.text, self.passages)
        if text != neutral(result.text):
            run.notice(f"A result of `{result.call.tool}` held orders to the model; not shown.")
        return replace(result, text=text)


def _is_passages(artifact: object) -> bool:
    return isinstance(artifact, list) and all(isinstance(one, Document) for one in artifact)


def _listed(passages: Sequence[Document], found: int) -> str:
    """List passages again, after orders were cut out of some."""
    names = "".join(f"[{number}] is {doc.id}\n" for number, doc in enumerate(passages, 1))
    left_out = f"Orders to the model were left out of the {found} found.\n"
    return f"{passage_block(passages)}{names}{left_out}"
