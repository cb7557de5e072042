"""Keep orders that stand in papers away from the model, the verifier, the gate and the quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.documents import Document

from r1agent.chat_tokens import neutral
from r1agent.safety.orders import Order, find_orders, order_in
from r1agent.settings import Screening

_FEWEST_LETTERS = 20  # what is left between two orders must say something


@dataclass(frozen=True, slots=True)
class Screened:
    """Passages as they may be shown, and what was found in them."""

    passages: tuple[Document, ...]
    notices: tuple[str, ...]
    """One for each page that holds orders."""

    @property
    def clean(self) -> bool:
        """Whether no passage held an order."""
        return not self.notices


def screen_passages(passages: Sequence[Document], mode: Screening = "block") -> Screened:
    """Return the passages as they may be shown to a model.

    With `block` a sentence that gives orders is cut out: what stands before and behind it become
    passages of their own, so that every span and quote stays exact. With `warn` it stays and is
    named in the notices. Marks of a chat template are taken apart in both, letter for letter.
    """
    if mode == "off":
        return Screened(tuple(passages), ())
    shown: list[Document] = []
    found: Counter[str] = Counter()
    for passage in passages:
        orders = find_orders(passage.page_content)
        named = _with_plain_names(passage)
        if orders or named.metadata != passage.metadata:
            found[_place(named)] += 1
        kept = _without(named, orders) if mode == "block" else [named]
        shown.extend(_neutral(one) for one in kept)
    return Screened(tuple(shown), tuple(_notice(*item, mode) for item in found.items()))


def screen_text(text: str, mode: Screening = "block") -> str:
    """Return the text of a tool as it may be shown: with `block`, its orders are cut out."""
    if mode == "off":
        return text
    for order in reversed(find_orders(text) if mode == "block" else ()):
        text = f"{text[: order.start]}[an order to the model was left out]{text[order.end :]}"
    return neutral(text)


def _without(passage: Document, orders: Sequence[Order]) -> list[Document]:
    """Return what stands between the orders of a passage, each part with its own place."""
    if not orders:
        return [passage]
    text = passage.page_content
    starts = [0, *(order.end for order in orders)]
    ends = [*(order.start for order in orders), len(text)]
    parts = [(a, b) for a, b in zip(starts, ends, strict=True) if _says_something(text[a:b])]
    return [_part(passage, number, *part) for number, part in enumerate(parts, 1)]


def _part(passage: Document, number: int, start: int, end: int) -> Document:
    while passage.page_content[start].isspace():
        start += 1
    text = passage.page_content[start:end].rstrip()
    offset = int(passage.metadata.get("start", 0)) + start
    about = passage.metadata | {"start": offset, "end": offset + len(text)}
    name = passage.id if number == 1 or passage.id is None else f"{passage.id}/{number}"
    return Document(id=name, page_content=text, metadata=about)


def _says_something(text: str) -> bool:
    return sum(character.isalpha() for character in text) >= _FEWEST_LETTERS


def _with_plain_names(passage: Document) -> Document:
    """Return a passage whose title, authors and section hold no order."""
    about = dict(passage.metadata)
    for key, value in passage.metadata.items():
        if isinstance(value, str) and key not in ("paper", "file") and order_in(value):
            about[key] = str(about.get("file", "")) if key == "title" else ""
        if isinstance(value, list | tuple) and any(order_in(str(one)) for one in value):
            about[key] = [one for one in value if not order_in(str(one))]
    return Document(id=passage.id, page_content=passage.page_content, metadata=about)


def _neutral(passage: Document) -> Document:
    about = {
        key: neutral(value) if isinstance(value, str) else value
        for key, value in passage.metadata.items()
    }
    return Document(id=passage.id, page_content=neutral(passage.page_content), metadata=about)


def _place(passage: Document) -> str:
    about = passage.metadata
    file, page = about.get("file") or passage.id or "a tool's result", about.get("page")
    return f"{file}, p. {page}" if page else str(file)


def _notice(place: str, number: int, mode: Screening) -> str:
    passages = "1 passage" if number == 1 else f"{number} passages"
    what = "they were not shown" if mode == "block" else "they were shown as data"
    return f"{passages} of {place} held orders to the model; {what}."
