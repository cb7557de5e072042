"""From evidence to drafts: sentences with the quotes that carry them, chosen by the program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from langchain_core.documents import Document

from r1agent.checks.finding import Sources
from r1agent.checks.numbers import NumberCheck
from r1agent.checks.program_inputs import inputs_of
from r1agent.citations import Draft
from r1agent.context import fit
from r1agent.evidence import Evidence
from r1agent.filler import adds_nothing, is_beside, is_filler, says_that_nothing_is_said
from r1agent.prompts import (
    answer_prompt,
    computation_block,
    computed_answer_prompt,
    passage_block,
    translation_prompt,
)
from r1agent.quotes import choose_quotes
from r1agent.run import BudgetSpentError, Run
from r1agent.types import Computation
from r1agent.words import is_chinese, split_sentences

NOT_IN_PAPERS = "NOT IN PAPERS"
_TOKENS = 350
_MARK = re.compile(r"\s*[\[【(（]\s*(?:passage\s*)?(\d{1,2}(?:\s*[,;，、]\s*\d{1,2})*)\s*[\]】)）]")  # noqa: RUF001
_MOST_SENTENCES = 4
_LONG_DECIMAL = re.compile(r"(?<![\w.])[-+]?\d+\.\d{11,}(?:[eE][-+]?\d+)?(?![\w.]*\w)")
_LED_MARK = re.compile(
    rf"(?:\s+(?:in|by|from|see|per|and|&|passages?))*{_MARK.pattern}", re.IGNORECASE
)
_TELLS = (
    r"(?:we can see|it (?:is|can be) (?:seen|said|stated|mentioned)|it (?:appears|seems)) that "
)
_OPENING = re.compile(
    r"According to\s*[,:]\s*"
    r"|(?:According to|Based on|From|As (?:stated|mentioned|described) in|In) (?:the|these|this) "
    r"(?:(?:given|provided|above) )?(?:passages?|text|context|information)"
    rf"(?: (?:provided|above|given|\d+))?(?:, (?:{_TELLS})?| {_TELLS})"
    r"|The passages? (?:states?|mentions?|says?|explains?|indicates?|describes?|suggests?) that ",
    re.IGNORECASE,
)
_SAYS = re.compile(r"The (?=(?:states|says|shows|reports|notes|mentions|describes|explains)\b)")
"""What is left where a mark was the subject."""


class Writer:
    """Have the model write from the passages themselves; quotes are selected, never typed."""

    def write(self, run: Run, evidence: Evidence, *, ahead: int = 0) -> list[Draft]:
        """Return the drafted sentences; none where the model abstains or a limit is reached.

        Args:
            run: Whose question is answered.
            evidence: What the answer may rest on.
            ahead: How many more answers will be written from the same evidence.
        """
        passages = list(evidence.passages.values())[: run.profile.passages]
        tested = [one for one in evidence.computations if one.tool == "unit_tests"]
        if not passages and len(tested) == len(evidence.computations):
            return [tests_draft(one, run) for one in tested]
        passages = fit(
            passages,
            lambda some: self._prompt(run, some, evidence),
            run,
            role="writer",
            max_tokens=_TOKENS,
        )
        run.emit("writing", passages=len(passages))
        try:
            prompt = self._prompt(run, passages, evidence)
            reply = run.complete("writer", prompt, max_tokens=_TOKENS, ahead=ahead)
        except BudgetSpentError as limit:
            run.end_early(limit)
            return []
        written = [
            (text, marks)
            for text, marks in marked_sentences(without_rules(reply, prompt))
            if not is_echo(text, prompt, passages)
        ]
        sentences = [one for one in written if not _tells_nothing(one[0], run.question)]
        sentences[1:] = [one for one in sentences[1:] if not is_beside(one[0], run.question)]
        says_nothing = not sentences and (bool(written) or says_that_nothing_is_said(reply))
        run.abstained = NOT_IN_PAPERS.lower() in reply.lower() or says_nothing
        if run.abstained:
            return []
        return [
            self._draft(text, marks, passages, evidence, run)
            for text, marks in sentences[:_MOST_SENTENCES]
        ]

    def _prompt(self, run: Run, passages: Sequence[Document], evidence: Evidence) -> str:
        if not passages:
            chinese = is_chinese(run.question)
            return computed_answer_prompt(run.question, evidence.computations, chinese)
        shown = passage_block(passages) + computation_block(evidence.computations)
        return answer_prompt(
            run.question,
            shown,
            may_abstain=run.profile.may_abstain,
            computed=bool(evidence.computations),
            language=_language(passages) if is_chinese(run.question) else "",
        )

    def _draft(
        self,
        text: str,
        marks: Sequence[int],
        passages: Sequence[Document],
        evidence: Evidence,
        run: Run,
    ) -> Draft:
        named = [passages[mark - 1] for mark in marks if 0 < mark <= len(passages)]
        return redraft(text, named or passages, evidence, run.question)


def _tells_nothing(text: str, question: str) -> bool:
    return is_filler(text, question) or adds_nothing(text, question)


def without_rules(reply: str, prompt: str) -> str:
    """Take out the rules of a request where a reply repeats them before its first sentence."""
    rules = prompt.rpartition("\nQuestion: ")[2].splitlines()[1:]
    repeated = [one.text for rule in rules for one in split_sentences(rule.removeprefix("- "))]
    for rule in repeated:
        reply = re.sub(re.escape(rule), " ", reply, flags=re.IGNORECASE)
    return reply


def is_echo(text: str, prompt: str, passages: Sequence[Document]) -> bool:
    """Tell whether a sentence only repeats the request; small models answer with that at times."""
    flat = " ".join(prompt.split()).lower()
    for passage in passages:
        flat = flat.replace(" ".join(passage.page_content.split()).lower(), " ")
    return text.lower().rstrip(".。") in flat


def redraft(text: str, passages: Iterable[Document], evidence: Evidence, question: str) -> Draft:
    """Choose quotes for a sentence among `passages`.

    Computations stand behind it where its quotes lack one of its numbers; the quotes then also
    look for the numbers that went into the programs.
    """
    passages = list(passages)
    citations = choose_quotes(text, passages, question=question)
    quotes = tuple(citation.quote for citation in citations)
    computations = tuple(evidence.computations)
    if not computations or (quotes and NumberCheck().check(text, Sources(quotes)) is None):
        return Draft(text, citations)
    inputs = " ".join(text for one in computations for text in inputs_of(one.code))
    return Draft(text, choose_quotes(f"{text} {inputs}", passages, question=question), computations)


def computed_draft(computation: Computation, question: str) -> Draft:
    """Say no more than what a program printed, or how many tests passed.

    A number with the noise of floating point (-0.0049999999999954525) is rounded to ten digits.
    """
    output = _LONG_DECIMAL.sub(_rounded, " ".join(computation.output.split()))
    text = f"程序输出:{output}。" if is_chinese(question) else f"The program printed: {output}."
    return Draft(text, (), (computation,))


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.10g}"


def tests_draft(computation: Computation, run: Run) -> Draft:
    """Say what the unit tests showed; tests that the model wrote itself are called that."""
    output = computation.output
    if is_chinese(run.question):
        own = "" if run.tests else ";代码和测试都由模型自己编写,只说明自洽,不证明正确"
        return Draft(f"该函数的单元测试结果:{output}{own}。", (), (computation,))
    own = "" if run.tests else "; the model wrote them itself, which shows self-consistency only"
    return Draft(f"Unit tests of the function below: {output}{own}.", (), (computation,))


def translate(text: str, run: Run) -> str:
    """Put a judged sentence into the language of the question."""
    language = "Chinese" if is_chinese(run.question) else "English"
    reply = run.complete("translator", translation_prompt(text, language), max_tokens=_TOKENS)
    return " ".join(reply.split())


def marked_sentences(reply: str) -> list[tuple[str, list[int]]]:
    """Split a reply into sentences and the passage numbers named behind each.

    Marks before and after the full stop belong to the sentence; lists, headings and bold are
    taken off. A sentence that comes again counts once.
    """
    text = re.sub(r"^\s*#+\s.*$", "", reply, flags=re.MULTILINE)
    text = re.sub(r"^\s*(?:[-*>]+|\d+[.)])\s+", "", text, flags=re.MULTILINE).replace("**", "")
    text = re.sub(rf"([.!?。！？])({_MARK.pattern})+", _marks_first, text)  # noqa: RUF001
    found: dict[str, list[int]] = {}
    for sentence in split_sentences(text):
        marks = [
            int(n) for group in _MARK.findall(sentence.text) for n in re.findall(r"\d+", group)
        ]
        plain = " ".join(_LED_MARK.sub("", sentence.text).split())
        plain = re.sub(r"\s+([.!?,;])", r"\1", plain)
        if opening := _OPENING.match(plain):
            plain = plain[opening.end() :]
            plain = plain[:1].upper() + plain[1:]
        plain = _SAYS.sub("The paper ", plain)
        if _MARK.match(sentence.text) and plain[:1].islower():  # the mark was its subject
            plain = f"This paper {plain}"
        if any(character.isalpha() for character in plain) and plain[-1] not in "?？":  # noqa: RUF001
            found.setdefault(plain, list(dict.fromkeys(marks)))
    return list(found.items())


def _marks_first(found: re.Match[str]) -> str:
    whole = found[0]
    return f"{whole[1:]}{whole[0]} "


def _language(passages: Sequence[Document]) -> str:
    """Return what most passages are written in: an answer is judged by their words."""
    chinese = sum(is_chinese(doc.page_content) for doc in passages)
    return "Chinese" if chinese * 2 > len(passages) else "English"
