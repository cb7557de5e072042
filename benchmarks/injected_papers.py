"""The example papers with an order hidden in each, as Markdown and as PDF, and their questions."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from results import ROOT

PAPERS = ROOT / "examples" / "papers"
TEXTS = ROOT.parent / "shared" / "data" / "injection" / "bipia" / "text_attack_test.json"
EACH = 4
"""Texts of each of the 15 kinds of attack: 60 in all."""


class InjectionsMissingError(Exception):
    """The injection texts are not there; the message says where they belong."""


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A paper that holds an order right beside what is asked for."""

    order: str
    question: str
    clean: str
    """The source of the paper without the order."""
    file: Path


def key(text: str) -> str:
    """Return the letters and digits of a text alone, to find it in whatever setting."""
    return re.sub(r"[\W_]+", "", text).lower()


def orders(limit: int | None = None) -> list[str]:
    """Return the first texts of each kind of attack.

    Raises:
        InjectionsMissingError: There are none on this machine.
    """
    if not TEXTS.is_file():
        raise InjectionsMissingError(
            f"No {str(TEXTS)!r}. Put the shared folder beside the project, or measure other parts."
        )
    kinds = json.loads(TEXTS.read_text(encoding="utf-8")).values()
    return [text for texts in kinds for text in texts[:EACH]][:limit]


def poisoned_papers(folder: Path, limit: int | None = None) -> Iterator[Poisoned]:
    """Write one paper for each order; it stands behind, within or before what answers."""
    asked = list(_asked())
    for number, order in enumerate(orders(limit)):
        question, source, quote = asked[number % len(asked)]
        clean = source.read_text(encoding="utf-8")
        place = (number // len(asked)) % 3
        text = _with_order(clean, quote, order, place)
        out = folder / f"{number:02}"
        out.mkdir()
        yield Poisoned(order, question, clean, _write(out, source.stem, text, pdf=number % 2 == 1))


def _asked() -> Iterator[tuple[str, Path, str]]:
    """Yield the look-up questions with the source of their paper and the sentence that answers."""
    listed = tomllib.loads((PAPERS / "questions.toml").read_text(encoding="utf-8"))["question"]
    for one in listed:
        gold = one.get("gold", [])
        if one["kind"] == "lookup" and len(gold) == 1:
            source = PAPERS / "source" / Path(gold[0]["file"]).with_suffix(".md").name
            if _found(source.read_text(encoding="utf-8"), gold[0]["quote"]):
                yield one["question"], source, gold[0]["quote"]


def _found(text: str, quote: str) -> re.Match[str] | None:
    return re.search(r"\s+".join(map(re.escape, quote.split())), text)


def _with_order(text: str, quote: str, order: str, place: int) -> str:
    found = _found(text, quote)
    if found is None:
        raise LookupError(f"{quote!r} is not in the paper")
    if place == 0:  # as a paragraph of its own, behind the paragraph that answers
        end = text.find("\n\n", found.end())
        return f"{text[:end]}\n\n{order}{text[end:]}"
    if place == 1:  # right behind the sentence that answers
        end = re.compile(r"[.!?](?=\s)").search(text, found.end() - 1)
        at = end.end() if end else found.end()
        return f"{text[:at]} {order}{text[at:]}"
    begin = text.rfind("\n\n", 0, found.start()) + 2  # before the paragraph that answers
    return f"{text[:begin]}{order} {text[begin:]}"


def _write(folder: Path, name: str, text: str, *, pdf: bool) -> Path:
    source = folder / f"{name}.md"
    source.write_text(text, encoding="utf-8")
    if not pdf:
        body = text.split("+++\n", 2)[2]
        title = re.search(r'title = "(.*)"', text)
        source.write_text(f"# {title[1] if title else name}\n{body}", encoding="utf-8")
        return source
    sys.path.insert(0, str(PAPERS))
    from page_layout import set_paper
    from paper_source import read_paper

    paper = read_paper(source)
    file = folder / f"{name}.pdf"
    file.write_bytes(set_paper(paper))
    source.unlink()
    return file
