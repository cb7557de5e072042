"""A model that quotes the passages it is shown, and an assistant over papers that it reviews."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from r1agent.assistant import ResearchAssistant
from r1agent.paper_search import PaperSearch
from r1agent.profiles import LARGE, SMALL
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from r1agent.words import content_words, split_sentences
from r1agent_indexes import PaperIndex
from r1agent_indexes.errors import PaperNotFoundError
from r1agent_tools import search_papers_tool
from tests.indexes.made_pdfs import make_pdf

PLANNING = replace(LARGE, revisions=0, rewordings=0)
"""A large model whose writer may abstain and who writes sub-questions."""
QUOTING = replace(SMALL, drafts=1, revisions=0)
"""A small model, which gets plain sub-questions."""


class QuotingModel(ScriptedChatModel):
    """Answer with the sentence of the passages that has most words of the question.

    Args:
        outline: Sub-questions and headings that it writes, or text that is none.
        silent_on: Words; a question with one of them is answered with NOT IN PAPERS.
        broken_on: Words; a question with one of them gets an error of the server.
    """

    replies: list[str | AIMessage] = []  # noqa: RUF012 - a pydantic field
    outline: list[tuple[str, str]] | str = []  # noqa: RUF012
    silent_on: tuple[str, ...] = ()
    broken_on: tuple[str, ...] = ()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.requests.append(messages)
        message = AIMessage(self._reply(str(messages[-1].content)))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _reply(self, prompt: str) -> str:
        if "\nTopic: " in prompt or "That does not fit" in prompt:
            return self.outline if isinstance(self.outline, str) else self._questions()
        question = prompt.rpartition("Question: ")[2].splitlines()[0]
        if "Choose the next action" in prompt:
            return json.dumps({"thoughts": "Nothing more.", "action": "finish"})
        if any(word in question for word in self.silent_on):
            return "NOT IN PAPERS"
        return _nearest(prompt, question)

    def _questions(self) -> str:
        asked = [{"question": question, "heading": heading} for question, heading in self.outline]
        return json.dumps({"thoughts": "So.", "questions": asked})


def _nearest(prompt: str, question: str) -> str:
    asked = set(content_words(question))
    passages = re.findall(r"\[(\d+)\] [^\n]*\n<passage>\n(.*?)\n</passage>", prompt, re.DOTALL)
    sentences = [(one.text, mark) for mark, text in passages for one in split_sentences(text)]
    whole = [one for one in sentences if one[0].endswith(".") and one[0][0].isupper()]
    if not whole:
        return "NOT IN PAPERS"
    text, mark = max(whole, key=lambda one: len(asked & set(content_words(one[0]))))
    return f"{text.rstrip('.')} [{mark}]."


def made_index(folder: Path, papers: dict[str, list[str]]) -> PaperIndex:
    """Index made papers: the lines of one page each, by file name; the first line is the title."""
    (folder / "pdf").mkdir(exist_ok=True)
    for name, lines in papers.items():
        make_pdf(folder / "pdf" / name, [lines], title=lines[0], author="Ada Miller")
    index = PaperIndex.open(folder / "index", embeddings=HashEmbeddings(), create=True)
    index.add([folder / "pdf"])
    return index


def made_assistant(index: PaperIndex, model: QuotingModel, **options: Any) -> ResearchAssistant:
    """Make an assistant that searches an index and nothing else."""
    found = PaperSearch(index)
    return ResearchAssistant(
        model,
        [search_papers_tool(found, wrong_request=(PaperNotFoundError,))],
        page_text=lambda paper, page: index.read_page(paper, page).page_content,
        embeddings=index.embeddings,
        **{"profile": QUOTING} | options,
    )
