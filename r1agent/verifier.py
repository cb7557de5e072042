"""Verify a step with evidence from outside the model: passages, exit codes, values, tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isclose

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent.checks.entailment import cosine
from r1agent.checks.numbers import computes, numbers_in, program_inputs
from r1agent.types import PlanStep, ToolResult, Verdict
from r1agent.words import content_words, counted
from r1agent_tools import ExecutionResult, TestReport

_SIGNED = re.compile(r"(?<![\w.])-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
ONE_PROGRAM = "one program alone proves nothing"
DISAGREE = "programs written apart disagree"

NEAR = 0.35
"""Cosine that the nearest passage must reach. With all-MiniLM-L6-v2, questions about the indexed
papers reach 0.49 and more, problems of mathematics and questions about other fields 0.33 at most
(33 questions over the example papers)."""
MENTIONED = 0.5
"""Share of the asked words that one passage must mention, where there are no embeddings."""


class Verifier:
    """Judge steps; `embeddings` tell whether passages bear on what was asked."""

    def __init__(self, embeddings: Embeddings | None = None) -> None:
        self.embeddings = embeddings

    def verify(
        self, step: PlanStep, results: Sequence[ToolResult], question: str, known: str = ""
    ) -> Verdict:
        """Return the verdict on a step, from the artifacts of its results.

        The last result counts for programs and tests; for searches all passages count together.

        Args:
            step: What the results are for.
            results: At least one.
            question: What the run is about; a program may take numbers from it.
            known: Passages that a program may take numbers from too; without any, from anywhere.
        """
        last = results[-1]
        if step.tool == "python":
            return _verify_programs(results, question, known)
        if isinstance(last.artifact, TestReport):
            return verify_tests(last.artifact)
        found = [one for one in results if isinstance(one.artifact, list)]
        passages = [doc for one in found for doc in one.artifact]
        if passages or step.tool in ("search_papers", "read_page"):
            asked = str(last.call.arguments.get("query", question))
            near = any(_is_near(one, asked) for one in found)
            return self.verify_passages(passages, asked, is_near=near)
        if last.ok:
            return Verdict("supported", f"`{last.call.tool}` returned a result")
        return Verdict("unsupported", f"`{last.call.tool}`", (last.text,))

    def verify_passages(
        self, passages: Sequence[Document], asked: str, *, is_near: bool = False
    ) -> Verdict:
        """Ask that at least one passage bears on what was asked, by meaning or else by words.

        Args:
            passages: What was found.
            asked: What was looked for.
            is_near: The search itself measured that one of them is near; spares embedding them.
        """
        if not passages:
            return Verdict("unsupported", "the index", ("no passage was found",))
        papers = len({doc.metadata.get("paper") for doc in passages})
        rests_on = f"{counted(len(passages), 'passage')} of {counted(papers, 'paper')}"
        if (is_near and self.embeddings is not None) or self.bears_on(passages, asked):
            return Verdict("supported", rests_on)
        return Verdict("unsupported", rests_on, (f"no passage bears on {asked!r}",))

    def bears_on(self, passages: Sequence[Document], asked: str) -> bool:
        """Tell whether one of the passages is near in meaning, or else holds enough words."""
        texts = [_readable(doc) for doc in passages]
        if self.embeddings is not None:
            vector = self.embeddings.embed_query(asked)
            others = self.embeddings.embed_documents(texts)
            return max(cosine(vector, other) for other in others) >= NEAR
        wanted = set(content_words(asked))
        mentioned = (wanted & set(content_words(text)) for text in texts)
        return max(map(len, mentioned)) >= MENTIONED * len(wanted)


def _verify_programs(results: Sequence[ToolResult], question: str, known: str) -> Verdict:
    """Judge the last program; a second must agree where papers gave it none of its numbers."""
    last = results[-1]
    if not isinstance(last.artifact, ExecutionResult):
        return Verdict("unsupported", "exit of the program", (last.text,))
    code = str(last.call.arguments.get("code", ""))
    verdict = verify_program(last.artifact, code, f"{question} {known}" if known else "")
    if not verdict.supported or (known and unknown_inputs(code, question)):
        return verdict
    ran = [one for one in results if isinstance(one.artifact, ExecutionResult)]
    written = {str(one.call.arguments.get("code", "")).strip() for one in ran}
    return verify_agreement([one.artifact for one in ran], programs=len(written))


def verify_agreement(results: Sequence[ExecutionResult], *, programs: int = 2) -> Verdict:
    """Ask that the last program found the same value as one written apart from it.

    Args:
        results: In the order in which the programs ran.
        programs: How many of them differ; the verdict says where they were all alike.
    """
    *others, last = results
    found = _value(last)
    if any(found and found == _value(other) for other in others):
        which = (
            "two programs that both" if programs > 1 else "one program, written twice alike, that"
        )
        return Verdict("supported", f"{which} found {' '.join(found)}")
    values = ", ".join(" ".join(_value(one)) or "nothing" for one in results)
    reason = DISAGREE if others else ONE_PROGRAM
    return Verdict("unsupported", "agreement of programs", (f"{reason}: {values}",))


def _value(result: ExecutionResult) -> tuple[str, ...]:
    """The last line printed, as numbers to ten digits; as words where it has no number."""
    lines = "\n".join(filter(None, [result.stdout, result.value])).split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    numbers = tuple(f"{float(number):.10g}" for number in _SIGNED.findall(last.replace(",", "")))
    return numbers or tuple(last.lower().split())


def verify_program(result: ExecutionResult, code: str = "", known: str = "") -> Verdict:
    """Ask that a program ended well, printed something, and took its numbers from `known`."""
    if not result.ok:
        reason = result.limit_hit or result.exception or "the program failed"
        return Verdict("unsupported", "exit of the program", (str(reason),))
    printed = "\n".join(filter(None, [result.stdout.strip(), result.value]))
    if not printed:
        return Verdict("unsupported", "output of the program", ("it printed nothing",))
    if code and not computes(code):
        reason = "it prints what was written beforehand and computes nothing"
        return Verdict("unsupported", "text of the program", (reason,))
    invented = unknown_inputs(code, known) if known else []
    if invented:
        reason = f"{', '.join(invented)} is neither in the question nor in the passages"
        return Verdict("unsupported", "numbers in the program", (reason,))
    return Verdict("supported", "exit and output of the program")


def unknown_inputs(code: str, known: str) -> list[str]:
    """List the numbers of a program that do not stand in `known`, as a share or one off either."""
    values = {number.value for number in numbers_in(known)}
    near = {value + step for value in values for step in (-1, 0, 1)}
    shares = [value / 100 for value in values]
    return [
        number.text
        for number in program_inputs(code)
        if abs(number.value) not in near
        and not any(isclose(number.value, share) for share in shares)
    ]


def verify_tests(report: TestReport) -> Verdict:
    """Ask that every test passed in a process of its own."""
    rests_on = f"{report.passed} of {report.total} unit tests ({report.trust})"
    if report.verified:
        return Verdict("supported", rests_on)
    failed = [f"{one.name}: {one.message}" for one in report.results if not one.passed]
    reason = "; ".join(failed[:3]) or "the tests could not be judged in a separate process"
    return Verdict("unsupported", rests_on, (reason,))


def _is_near(result: ToolResult, asked: str) -> bool:
    """Tell whether a search for just this measured that one of its passages is near."""
    if result.call.arguments.get("query") != asked:
        return False
    measured = (doc.metadata.get("similarity") for doc in result.artifact)
    return any(isinstance(one, float) and one >= NEAR for one in measured)


def _readable(doc: Document) -> str:
    about = doc.metadata
    return f"{about.get('title', '')} {about.get('section') or ''} {doc.page_content}"
