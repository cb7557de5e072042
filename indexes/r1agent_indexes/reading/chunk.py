"""Pages -> passages: spans of about 200 tokens that end on sentences and never cross a page."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from langchain_core.documents import BaseDocumentTransformer, Document

from r1agent_indexes.reading.sentences import Span, sentence_spans

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_CJK_WEIGHT = 3
"""A Chinese character costs about as many tokens as three Latin ones."""
_OF_THE_PAGE = ("headings", "skip", "hidden_text")
_FEWEST_LETTERS = 12
_LONGEST_BYLINE = 300
_BREAK = re.compile("(?<=[,;:，；：、])\\s*|\\s+|(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff])")  # noqa: RUF001
_GLUE_BEFORE = re.compile(r"[\d±×<>=≈~$€£+\-−/^(%]$")  # noqa: RUF001
"""A break after one of these would part a number from its sign or unit."""
_GLUE_AFTER = re.compile(r"[±×=≈%°)\]]|\d")  # noqa: RUF001


class SentenceChunker(BaseDocumentTransformer):
    """Cut pages into passages whose `start` and `end` are exact spans of the page's text."""

    def __init__(self, *, target: int = 1200, most: int = 1500, least: int = 300) -> None:
        """Store the sizes, in Latin characters (a Chinese one counts as three).

        Args:
            target: Where a passage ends if another sentence would make it longer.
            most: No passage is longer, unless one word is.
            least: A shorter rest joins the passage before it.
        """
        self._target, self._most, self._least = target, most, least

    def transform_documents(
        self,
        documents: Sequence[Document],
        **kwargs: Any,
    ) -> list[Document]:
        """Return the passages of all pages, in order."""
        return [passage for page in documents for passage in self._passages(page)]

    def _passages(self, page: Document) -> Iterator[Document]:
        headings: list[tuple[int, str]] = [(at, title) for at, title in _pairs(page, "headings")]
        for segment in _segments(page):
            for start, end in self._pack(page.page_content, segment, {at for at, _ in headings}):
                if not _says_something(page.page_content[start:end]):
                    continue
                before = [title for at, title in headings if at <= start]
                section = before[-1] if before else page.metadata.get("section")
                yield Document(
                    page_content=page.page_content[start:end],
                    metadata=_own_metadata(page) | {"start": start, "end": end, "section": section},
                )

    def _pack(self, text: str, segment: Span, headings: set[int]) -> list[Span]:
        """Join sentences into passages, and a short last one to the one before."""
        packed: list[Span] = []
        starts_section = False
        for start, end in self._sentences(text, segment, headings):
            starts_section = start in headings
            if packed and self._fits(text, packed[-1], end, at_heading=starts_section):
                packed[-1] = (packed[-1][0], end)
            else:
                packed.append((start, end))
        if len(packed) > 1 and packed[-1][0] not in headings:
            (start, _), (last, end) = packed[-2:]
            if weight(text[last:end]) < self._least and weight(text[start:end]) <= self._most:
                packed[-2:] = [(start, end)]
        return packed

    def _fits(self, text: str, passage: Span, end: int, *, at_heading: bool) -> bool:
        if at_heading and weight(text[passage[0] : passage[1]]) >= self._least:
            return False
        return weight(text[passage[0] : end]) <= self._target

    def _sentences(self, text: str, segment: Span, headings: set[int]) -> Iterator[Span]:
        """Yield sentences, those of more than `most` in pieces; a heading begins a sentence."""
        cuts = sorted(
            {segment[0], segment[1], *(h for h in headings if segment[0] < h < segment[1])}
        )
        for start, end in pairwise(cuts):
            for sentence in sentence_spans(text, start, end):
                yield from self._pieces(text, sentence)

    def _pieces(self, text: str, sentence: Span) -> Iterator[Span]:
        start, end = sentence
        while weight(text[start : min(end, start + self._most + 1)]) > self._most:
            cut = self._cut(text, start, end)
            if cut is None:
                break
            yield start, cut[0]
            start = cut[1]
        yield start, end

    def _cut(self, text: str, start: int, end: int) -> Span | None:
        """Return where the piece ends and the next begins: best at a comma, else at a space."""
        best: Span | None = None
        length, counted = 0, start
        for gap in _BREAK.finditer(text, start + 1, end - 1):
            if not _may_break(text, gap.start(), gap.end()):
                continue
            length += weight(text[counted : gap.start()])
            counted = gap.start()
            if best is not None and length > self._target:
                break
            best = gap.span()
        return best


def weight(text: str) -> int:
    """Return the length of a text in Latin characters, a Chinese one counting as three."""
    if text.isascii():
        return len(text)
    return len(text) + (_CJK_WEIGHT - 1) * len(_CJK.findall(text))


def without_title_block(passages: list[Document], title: str) -> list[Document]:
    """Leave out a first passage that only repeats the title and the authors: it answers nothing."""
    if len(passages) < 2 or not _is_title_block(passages[0].page_content, title):
        return passages
    return passages[1:]


def _is_title_block(text: str, title: str) -> bool:
    flat, named = " ".join(text.lstrip("# ").split()), " ".join(title.split())
    is_short = len(flat) <= len(named) + _LONGEST_BYLINE
    return flat.lower().startswith(named.lower()) and is_short and flat[-1:] not in ".!?。"


def _says_something(text: str) -> bool:
    """Tell text from the axis labels of a figure."""
    return sum(weight(character) for character in text if character.isalpha()) >= _FEWEST_LETTERS


def _may_break(text: str, left: int, right: int) -> bool:
    return not _GLUE_BEFORE.search(text[left - 1 : left]) and not _GLUE_AFTER.match(text, right)


def _pairs(page: Document, key: str) -> list[list[Any]]:
    pairs: list[list[Any]] = page.metadata.get(key) or []
    return pairs


def _segments(page: Document) -> Iterator[Span]:
    """Yield the spans between those that belong to no passage."""
    start = 0
    for skip_start, skip_end in sorted((a, b) for a, b in _pairs(page, "skip")):
        if start < skip_start:
            yield start, skip_start
        start = max(start, skip_end)
    if start < len(page.page_content):
        yield start, len(page.page_content)


def _own_metadata(page: Document) -> dict[str, Any]:
    return {key: value for key, value in page.metadata.items() if key not in _OF_THE_PAGE}
