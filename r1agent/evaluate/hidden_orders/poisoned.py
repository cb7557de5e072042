"""Papers with an order hidden in each, right beside what is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from r1agent.evaluate.hidden_orders.hosts import Host
from r1agent.evaluate.hidden_orders.orders import HiddenOrder

Place = Literal["paragraph", "behind", "before"]
"""A paragraph of its own behind the one that answers, right behind the sentence that answers, or
right before the paragraph that answers."""
PLACES: tuple[Place, ...] = ("paragraph", "behind", "before")
_END = re.compile(r"[.!?](?=\s|$)|[。！？]")  # noqa: RUF001 - Chinese sentence ends


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A paper that holds an order."""

    order: str
    kind: str
    """What the order is after."""
    place: Place
    ending: str
    """Of the file that it is written to: `md`, `txt` or another that the writer knows."""
    question: str
    clean: str
    """The text of the paper without the order."""
    text: str
    name: str
    title: str


Write = Callable[[Poisoned, Path], Path]
"""Writes a paper into a folder and returns the file."""


def poisoned_papers(
    hosts: Sequence[Host], orders: Sequence[HiddenOrder], *, endings: Sequence[str]
) -> Iterator[Poisoned]:
    """Yield a paper for each order; papers, places and endings take turns.

    Raises:
        LookupError: A host does not hold the sentence that it is said to hold.
    """
    for number, order in enumerate(orders):
        host = hosts[number % len(hosts)]
        place = PLACES[number // len(hosts) % len(PLACES)]
        yield Poisoned(
            order=order.text,
            kind=order.kind,
            place=place,
            ending=endings[number % len(endings)],
            question=host.question,
            clean=host.text,
            text=with_order(host.text, host.quote, order.text, place),
            name=host.name,
            title=host.title,
        )


def with_order(text: str, quote: str, order: str, place: Place) -> str:
    """Return a text with an order beside the sentence that answers.

    Raises:
        LookupError: The text does not hold that sentence.
    """
    found = find_quote(text, quote)
    if found is None:
        raise LookupError(f"{quote!r} is not in the paper")
    if place == "paragraph":
        end = text.find("\n\n", found.end())
        end = len(text) if end < 0 else end
        return f"{text[:end]}\n\n{order}{text[end:]}"
    if place == "behind":
        stop = _END.search(text, found.end() - 1)
        at = stop.end() if stop else found.end()
        return f"{text[:at]} {order}{text[at:]}"
    begin = text.rfind("\n\n", 0, found.start())
    begin = 0 if begin < 0 else begin + 2
    return f"{text[:begin]}{order} {text[begin:]}"


def find_quote(text: str, quote: str) -> re.Match[str] | None:
    """Find a sentence in a text, however its white space is broken."""
    return re.search(r"\s+".join(map(re.escape, quote.split())), text)


def write_text(paper: Poisoned, folder: Path) -> Path:
    """Write a paper as Markdown with its title as a heading, or as plain text below its title."""
    file = folder / f"{paper.name}.{paper.ending}"
    heading = f"# {paper.title}" if paper.ending == "md" else paper.title
    file.write_text(f"{heading}\n\n{paper.text}\n", encoding="utf-8")
    return file
