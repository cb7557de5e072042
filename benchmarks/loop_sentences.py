"""Sentences written by hand, right and wrong: which of them the loop shows as an answer.

`make bench-loop PARTS=sentences` counts the held-out ones. To work on the checks, see what becomes
of the others:

    python benchmarks/loop_sentences.py
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from langchain_core.language_models import FakeListChatModel
from quotes import CORPUS, CorpusMissingError, require_corpus
from results import HERE, Figures

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.papers_index import index_of
from r1agent.evaluate.progress import Unwatched
from r1agent.load import load_assistant
from r1agent.settings import Settings, load_settings
from r1agent.types import Answer

SENTENCES = HERE / "sentences.toml"
NOWHERE = "http://127.0.0.1:9/v1"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and what became of it."""

    question: str
    sentence: str
    is_right: bool
    answer: Answer

    @property
    def is_shown(self) -> bool:
        """Whether it passed."""
        return bool(self.answer.claims)


def measure(*, limit: int | None = None) -> Figures:
    """Have a model write each held-out sentence, and count those that are shown.

    Args:
        limit: Take only so many of the questions.

    Raises:
        CorpusMissingError: There are no papers to search.
    """
    said = list(_said("held_out", limit))
    of = {is_right: [one for one in said if one.is_right == is_right] for is_right in (True, False)}
    return {
        "sentences_right": len(of[True]),
        "sentences_right_shown": sum(one.is_shown for one in of[True]),
        "sentences_wrong": len(of[False]),
        "sentences_wrong_shown": sum(one.is_shown for one in of[False]),
    }


def _said(which: str, limit: int | None = None) -> Iterator[Said]:
    require_corpus()
    settings = load_settings(cache_requests=False)
    index = index_of(CORPUS / "papers", settings, Unwatched()).path
    with load_assistant(Settings(index=index, base_url=NOWHERE, model="says-one-1b")) as assistant:
        assistant.runs_dir = None
        for entry in tomllib.loads(SENTENCES.read_text(encoding="utf-8"))[which][:limit]:
            for is_right, sentences in ((True, entry["right"]), (False, entry["wrong"])):
                for sentence in sentences:
                    yield _asked(assistant, entry["question"], sentence, is_right=is_right)


def _asked(assistant: ResearchAssistant, question: str, sentence: str, *, is_right: bool) -> Said:
    assistant.model = FakeListChatModel(responses=[sentence])  # says it whatever is asked
    return Said(question, sentence, is_right, assistant.ask(question))


def main() -> int:
    """Print what becomes of the sentences of the development set, those that go wrong in full."""
    said = list(_said("development"))
    for one in said:
        if one.is_shown == one.is_right:
            continue
        print(f"{'right and left out' if one.is_right else 'WRONG AND SHOWN'}: {one.question}")
        for claim in [*one.answer.claims, *one.answer.dropped]:
            reasons = "; ".join(claim.verdict.reasons)
            print(f"  {claim.text}  ({claim.verdict.support}: {reasons})")
            print(
                *(f"    “{' '.join(cited.quote.split())}”" for cited in claim.citations), sep="\n"
            )
    for is_right in (True, False):
        of = [one for one in said if one.is_right == is_right]
        print(f"{sum(one.is_shown for one in of)} of {len(of)} shown, right: {is_right}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CorpusMissingError as error:
        sys.exit(f"error: {error}")
