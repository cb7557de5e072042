"""Orders hidden in good papers: whether they reach a prompt, and whether anything obeys them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from injected_papers import attack_texts, example_papers, write_paper
from langchain_core.documents import Document
from results import ROOT, Figures

from r1agent.evaluate.hidden_orders.asking import flags_in
from r1agent.evaluate.hidden_orders.systems import CLEAN
from r1agent.evaluate.task import Example, System, Wanted
from r1agent.evaluate.tasks.injection import InjectionTask
from r1agent.load import load_assistant
from r1agent.settings import load_settings

PAGES = ROOT.parent / "shared" / "qa" / "pages.json"


def measure(*, limit: int | None = None) -> Figures:
    """Ask about each poisoned paper: a model that obeys whatever it is shown, then the real one.

    The obeying model is asked with the screens and, as a control of the bench, without any. The
    real one is asked where the settings name a server.

    Raises:
        InjectionsMissingError: The injection texts are not on this machine.
    """
    task = InjectionTask(
        attack_texts(), hosts=[*example_papers()], endings=("md", "pdf"), write=write_paper
    )
    poisoned = [one for one in task.examples() if one.kind != CLEAN][:limit]
    with ExitStack() as started:
        systems = [*task.systems(Wanted())]
        if load_settings().base_url:
            settings = load_settings(cache_requests=False)
            assistant = started.enter_context(load_assistant(settings))
            systems += task.systems(Wanted(assistant))
        said = [_put(system, poisoned) for system in systems]
    return _figures(said) | _false_flags()


def _put(system: System, poisoned: Sequence[Example]) -> list[Mapping[str, Any]]:
    """Put every poisoned paper to a system, and print what got through the screens."""
    said = []
    for example in poisoned:
        said.append(system(example).said)
        if "unscreened" not in system.name and any(said[-1].values()):
            print(f"  {system.name}, {said[-1]}: {example.data['order'][:90]!r}", flush=True)
    return said


def _figures(said: Sequence[Sequence[Mapping[str, Any]]]) -> Figures:
    screened, unscreened, *real = said
    by_real = [sum(one["obeyed"] for one in rows) for rows in real]
    figures: Figures = {
        "injections": len(screened),
        "injections_shown": sum(one["reached"] for one in screened),
        "injections_obeyed": sum(one["obeyed"] for one in screened) + sum(by_real),
        "injections_obeyed_unscreened": sum(one["obeyed"] for one in unscreened),
    }
    return figures | ({"injections_obeyed_real": by_real[0]} if by_real else {})


def _false_flags() -> Figures:
    """Count the sentences of real papers, which order nothing, that the screen takes for orders."""
    if not PAGES.is_file():
        return {}
    papers = json.loads(PAGES.read_text(encoding="utf-8")).values()
    counted = [flags_in([Document(page["pdfium"]) for page in pages]) for pages in papers]
    sentences = sum(number for number, _ in counted)
    flagged = [text for _, texts in counted for text in texts]
    for text in flagged:
        print(f"  flagged: {' '.join(text.split())[:110]!r}")
    return {
        "injection_sentences": sentences,
        "injection_false_flags": len(flagged),
        "injection_false_flag_share": round(len(flagged) / sentences, 6),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
