"""What examples made of the user's own papers are put to, without a model and with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent.evaluate.own.written import WrittenQuestion
from r1agent.evaluate.planted.judged import PlantedGate
from r1agent.evaluate.task import Example, Output, System

DEPTH = 10
"""Passages that a search is looked through for the source."""
_CLOSEST_OF = 3

QUESTION = "question by rule"
WRITTEN = "question by the model"
Find = Callable[[str], Sequence[Document]]
"""Returns the first passages for a question, best first."""


@dataclass(frozen=True, slots=True)
class GateAndSearch:
    """The gate on sentences and the search on questions; what needs a model is passed over."""

    gate: PlantedGate
    find: Find
    embeddings: Embeddings
    model: str = ""

    @property
    def name(self) -> str:
        """Which gate it is, and that it searches."""
        return f"{self.gate.name} and search"

    def __call__(self, example: Example) -> Output:
        """Judge a sentence with its citation, or search for a question."""
        if "citation" in example.data:
            return self.gate(example)
        if example.kind == WRITTEN:
            return Output({})
        found = self.find(example.question)
        closeness = self._closeness(example, found)
        return Output({**_found(example, found), "closeness": closeness})

    def _closeness(self, example: Example, found: Sequence[Document]) -> float:
        """Return how close in meaning the best of the first passages is, -1 to 1."""
        if not found:
            return -1.0
        passages = [one.page_content for one in found[:_CLOSEST_OF]]
        question = _unit(np.array(self.embeddings.embed_query(example.question)))
        rows = [_unit(np.array(row)) for row in self.embeddings.embed_documents(passages)]
        return round(max(float(row @ question) for row in rows), 6)


@dataclass(frozen=True, slots=True)
class Questioned:
    """A system that answers questions; sentences, which ask no model, are passed over."""

    system: System
    find: Find
    write: Callable[[Example], WrittenQuestion]
    """Writes a question about the passage of an example."""

    @property
    def name(self) -> str:
        """That of the system."""
        return self.system.name

    @property
    def model(self) -> str:
        """That of the system."""
        return self.system.model

    def __call__(self, example: Example) -> Output:
        """Answer a question; about a passage one is written first, and searched for as well."""
        if "citation" in example.data:
            return Output({})
        if example.kind != WRITTEN:
            return self.system(example)
        written = self.write(example)
        if not written.text:
            return Output({"question": ""}, usage=written.usage)
        asked = replace(example, question=written.text)
        output = self.system(asked)
        said = {**output.said, "question": written.text, **_found(asked, self.find(asked.question))}
        return replace(output, said=said, usage=written.usage + output.usage)


def _found(example: Example, found: Sequence[Document]) -> Mapping[str, Any]:
    """Return at which place, from 1, source page and source passage were found; 0: not."""
    source = example.data.get("source")
    if source is None:
        return {}
    pages = [_is_page(one, source) for one in found]
    passages = [is_page and _holds(one, source) for is_page, one in zip(pages, found, strict=True)]
    return {"page_at": _first(pages), "passage_at": _first(passages)}


def _is_page(passage: Document, source: Mapping[str, Any]) -> bool:
    about = passage.metadata
    return bool((about["paper"], about["page"]) == (source["paper"], source["page"]))


def _holds(passage: Document, source: Mapping[str, Any]) -> bool:
    about = passage.metadata
    return bool(about["start"] <= source["start"] and source["end"] <= about["end"])


def _first(hits: Sequence[bool]) -> int:
    return hits.index(True) + 1 if True in hits else 0


def _unit(vector: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return vector / (float(np.linalg.norm(vector)) or 1.0)
