"""The example papers that orders are hidden in, with their questions, as Markdown and as PDF."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from results import ROOT

from r1agent.evaluate.hidden_orders.hosts import Host
from r1agent.evaluate.hidden_orders.poisoned import Poisoned, find_quote

PAPERS = ROOT / "examples" / "papers"
TEXTS = ROOT.parent / "shared" / "data" / "injection" / "bipia" / "text_attack_test.json"


class InjectionsMissingError(Exception):
    """The injection texts are not there; the message says where they belong."""


def attack_texts() -> Path:
    """Return the file of the orders.

    Raises:
        InjectionsMissingError: It is not on this machine.
    """
    if not TEXTS.is_file():
        raise InjectionsMissingError(
            f"No {str(TEXTS)!r}. Put the shared folder beside the project, or measure other parts."
        )
    return TEXTS


def example_papers() -> Iterator[Host]:
    """Yield the look-up questions with the source of their paper and the sentence that answers."""
    listed = tomllib.loads((PAPERS / "questions.toml").read_text(encoding="utf-8"))["question"]
    for one in listed:
        gold = one.get("gold", [])
        if one["kind"] == "lookup" and len(gold) == 1:
            source = PAPERS / "source" / Path(gold[0]["file"]).with_suffix(".md").name
            text, quote = source.read_text(encoding="utf-8"), gold[0]["quote"]
            if find_quote(text, quote):
                title = re.search(r'title = "(.*)"', text)
                yield Host(
                    source.stem, title[1] if title else source.stem, text, one["question"], quote
                )


def write_paper(paper: Poisoned, folder: Path) -> Path:
    """Write it as Markdown without its head, or set it as a PDF."""
    source = folder / f"{paper.name}.md"
    if paper.ending == "md":
        body = paper.text.split("+++\n", 2)[2]
        source.write_text(f"# {paper.title}\n{body}", encoding="utf-8")
        return source
    source.write_text(paper.text, encoding="utf-8")
    sys.path.insert(0, str(PAPERS))
    from page_layout import set_paper
    from paper_source import read_paper

    file = folder / f"{paper.name}.pdf"
    file.write_bytes(set_paper(read_paper(source)))
    source.unlink()
    return file
