"""The questions of the corpus, put to the whole loop and to what it is compared with.

All questions go to the whole loop and to plain retrieval, three times, since one pass of a sampled
model over 36 questions moves by a tenth and more; every third goes to the loop less a part, which
is compared with the whole loop on the same questions. Answers are kept for each arm, under
the model and the code that gave them, so that an interrupted bench goes on and no two versions
are mixed.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap import paired_interval
from loop_answers import Row, Scored, ask, read_lines, score
from loop_arms import arms_of
from quotes import CORPUS, count_quotes, require_corpus
from results import ROOT, Figures
from rich.console import Console
from rich.table import Table

from r1agent.assistant import ResearchAssistant
from r1agent.load import load_assistant
from r1agent.settings import load_settings
from r1agent_indexes import PaperIndex, load_embeddings
from r1agent_indexes.schema import SCHEMA

WORK = ROOT / "runs" / "bench-loop"
ARMS = ("full", "plain", "no_planner", "no_gate", "no_tools")
WHOLE = ("full", "plain")
"""Arms to which every question goes."""
EVERY = 3
REPEATS = 3
"""How often the arms of `WHOLE` are asked each question."""
_AGAIN = "~"
_UNUSED = ("cli", "report")
"""Folders of the agent on which no answer depends."""
_KEYS = {
    "accuracy": "accuracy",
    "precision": "precision",
    "attempted": "attempted",
    "abstain_wrong": "abst_wrong",
    "abstain_right": "abst_right",
    "failed": "missing",
    "gold_page_cited": "gold_page_recall",
    "quote_existence": "quotes_strict",
    "quote_existence_loose": "quotes_loose",
}


def measure(
    *,
    limit: int | None = None,
    arms: Sequence[str] = ARMS,
    every: int = EVERY,
    repeats: int = REPEATS,
    fresh: bool = False,
) -> Figures:
    """Ask, score, and compare each arm with the whole loop.

    Args:
        limit: Put only so many of the questions.
        arms: Of `ARMS`.
        every: The loop less a part gets each question of that number, from the first.
        repeats: How often the whole loop and plain retrieval are asked each question.
        fresh: Begin anew in place of going on.

    Raises:
        CorpusMissingError: There is nothing to ask about.
    """
    require_corpus()
    questions = read_lines(CORPUS / "questions.jsonl")[:limit]
    with load_assistant(load_settings(index=_index(), cache_requests=False)) as assistant:
        folder = _folder(assistant, fresh=fresh)
        assistant.runs_dir = folder / "journals"
        made = arms_of(assistant)
        scored: dict[str, Scored] = {}
        wrong: Figures = {}
        for arm in arms:
            put = repeated(questions, repeats) if arm in WHOLE else questions[::every]
            print(f"  {arm}: {len(put)} answers wanted", flush=True)
            answers = ask(made[arm](), put, folder / f"{arm}.jsonl")
            scored[arm] = score(put, answers, folder, arm)
            if arm == "full":
                wrong = _quotes(answers)
    figures = figures_of(scored) | wrong
    show(scored, figures)
    return figures


def repeated(questions: Sequence[Row], times: int) -> list[Row]:
    """Return the questions so many times; from the second time on with an id of their own."""
    again = (
        question | {"id": f"{question['id']}{_AGAIN}{number}"}
        for number in range(2, times + 1)
        for question in questions
    )
    return [*questions, *again]


def figures_of(scored: Mapping[str, Scored]) -> Figures:
    """Return the figures of each arm, and of its difference from the whole loop."""
    figures: Figures = {}
    for arm, one in scored.items():
        name = "qa" if arm == "full" else arm
        overall = one.report["overall"]
        figures |= {f"{name}_{key}": _rounded(overall[field]) for key, field in _KEYS.items()}
        figures[f"{name}_questions"] = overall["n"]
        figures[f"{name}_seconds"] = round(one.seconds, 1)
    if "full" not in scored:
        return figures
    for kind, found in scored["full"].report["by_kind"].items():
        figures[f"qa_accuracy_{kind}"] = _rounded(found["accuracy"])
    for key in ("quote_existence", "quote_existence_loose", "gold_page_cited"):
        figures[key] = figures.pop(f"qa_{key}")
    for arm in [arm for arm in scored if arm != "full"]:
        figures |= _compared(arm, scored["full"].rows, scored[arm].rows)
    return figures


def show(scored: Mapping[str, Scored], figures: Figures) -> None:
    """Print the arms beside each other, with the intervals of their differences."""
    table = Table(
        *("arm", "answers", "accuracy", "precision", "wrong abstentions", "gold page"),
        *("loop minus arm: accuracy", "precision"),
        title="Questions about 49 papers; differences with paired 95 % bootstrap intervals",
    )
    for arm, one in scored.items():
        all_ = one.report["overall"]
        table.add_row(
            *(arm, str(all_["n"]), _share(all_["accuracy"]), _share(all_["precision"])),
            *(f"{all_['abst_wrong']} of {all_['answerable']}", _share(all_["gold_page_recall"])),
            *(_difference(figures, arm, of) for of in ("accuracy", "precision")),
        )
    Console(width=140).print(table)


def _compared(arm: str, full: Sequence[Row], rows: Sequence[Row]) -> Figures:
    """Return the intervals of full minus arm on the questions that both were asked."""
    figures: Figures = {}
    for of in ("accuracy", "precision"):
        whole, less = _by_question(full, of), _by_question(rows, of)
        found = paired_interval([whole[question] for question in less], [*less.values()])
        if found is not None:
            name = f"qa_minus_{arm}_{of}"
            figures[name] = round(found.difference, 3)
            figures[f"{name}_low"] = round(found.low, 3)
            figures[f"{name}_high"] = round(found.high, 3)
    return figures


def _by_question(rows: Sequence[Row], of: str) -> dict[str, tuple[float, float]]:
    """Sum what a question adds to a share over the times that it was asked."""
    sums: dict[str, tuple[float, float]] = {}
    for row in rows:
        question = row["id"].partition(_AGAIN)[0]
        count, total = _counted(row, of)
        before = sums.get(question, (0.0, 0.0))
        sums[question] = (before[0] + count, before[1] + total)
    return sums


def _counted(row: Row, of: str) -> tuple[float, float]:
    """Return what a question adds to the count and to the total of a share."""
    if of == "accuracy":
        return float(row["correct"]), 1.0
    return float(row["correct"] and row["attempted"]), float(row["attempted"])


def _quotes(answers: list[Row]) -> Figures:
    """Count the quotes shown, and name those that are not on their page."""
    counted = count_quotes(answers)
    return {key: counted[key] for key in ("quotes_shown", "quotes_wrong")}


def _difference(figures: Figures, arm: str, of: str) -> str:
    name = f"qa_minus_{arm}_{of}"
    if name not in figures:
        return ""
    return f"{figures[name]:+.3f} [{figures[f'{name}_low']:+.3f}, {figures[f'{name}_high']:+.3f}]"


def _index() -> Path:
    """Index the papers once for each format of the index, and return its folder."""
    folder = WORK / f"index-{hashlib.sha256(SCHEMA.encode()).hexdigest()[:8]}"
    with PaperIndex.open(folder, embeddings=load_embeddings(), create=True) as index:
        index.add([CORPUS / "papers"])
    return folder


def _folder(assistant: ResearchAssistant, *, fresh: bool) -> Path:
    """Return where the answers of this model and this code are kept."""
    model = assistant.model_name.replace("/", "-")
    folder = WORK / "qa" / f"{model}-{code_digest(ROOT)}"
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def code_digest(root: Path) -> str:
    """Return eight digits that change with the code on which answers depend."""
    digest = hashlib.sha256()
    for package in ("r1agent", "tools/r1agent_tools", "indexes/r1agent_indexes"):
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root)
            if not set(name.parts) & set(_UNUSED):
                digest.update(f"{name}\n".encode() + path.read_bytes())
    digest.update((root / "benchmarks" / "loop_arms.py").read_bytes())
    return digest.hexdigest()[:8]


def _rounded(value: float | None) -> float:
    """Round; a share of nothing counts as 0."""
    return round(value or 0, 3)


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
