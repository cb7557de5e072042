"""Puts a task to models: what `r1agent eval` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import r1agent
from r1agent.evaluate.digests import data_digest, data_name
from r1agent.evaluate.evaluation import Evaluation, Scored
from r1agent.evaluate.how import How
from r1agent.evaluate.kept_outputs import KeptFolder
from r1agent.evaluate.model_systems import Answered, ModelSystems
from r1agent.evaluate.opening import Opening, require_different
from r1agent.evaluate.progress import Unwatched, Watch
from r1agent.evaluate.putting import Asked
from r1agent.evaluate.sampling import sample
from r1agent.evaluate.setting import machine, today, versions
from r1agent.evaluate.task import Task, TellsNotes

__all__ = ["How", "evaluate"]

_NO_MODEL = "no model"


def evaluate(
    task: Task,
    openings: Sequence[Opening] = (),
    how: How = How(),  # noqa: B008 - it is frozen
    *,
    kept: Path | None = None,
    watch: Watch | None = None,
) -> Evaluation:
    """Put the examples of a task to its systems, and return what they made of them.

    Systems that ask no model come first, then those of each model. Each output is kept as it
    comes, so that the same call goes on after a stop, and comes to the same figures. A model whose
    systems have answered all before is not opened.

    Args:
        task: What is measured.
        openings: The models, opened one after the other.
        how: Which examples, how often, and what is tried beside the loop.
        kept: Folder of the outputs; without it they are gone at the end.
        watch: Hears how far it is.

    Raises:
        EvaluationError: The data, or what is kept, cannot be used.
        ModelServerError: A server is lost; what was answered is kept.
    """
    require_different(openings)
    everything = task.examples()
    examples = sample(everything, how.limit, how.seed)
    asked = {(one.id, time): one for one in examples for time in range(1, how.repeats + 1)}
    job = {"task": task.name, "data": data_digest(task, everything)}
    with _folder(kept) as folder, folder.locked():
        if how.redo:
            folder.clear()
        put = partial(_put, task, asked, folder, how, job, watch or Unwatched())
        answered = [put(opening) for opening in (None, *openings)]
    subset = _subset(len(examples), len(everything), how.seed)
    found = _evaluation(task, openings, how, answered, subset)
    counts = {"examples": len(examples), "examples in the data": len(everything)}
    return replace(found, details=counts)


def _evaluation(
    task: Task,
    openings: Sequence[Opening],
    how: How,
    answered: Sequence[Answered],
    subset: Sequence[str],
) -> Evaluation:
    of_task = task.notes if isinstance(task, TellsNotes) else ()
    of_models = [note for one in answered for note in one.notes]
    return Evaluation(
        task.name,
        task.title,
        data_name(task),
        task.metrics,
        _told_apart([one.scored for one in answered], openings),
        _setting(how, openings, answered),
        tuple(dict.fromkeys([*subset, *of_task, *of_models])),
    )


@contextmanager
def _folder(kept: Path | None) -> Iterator[KeptFolder]:
    if kept is not None:
        yield KeptFolder(kept)
        return
    with TemporaryDirectory(prefix="r1agent-eval-") as folder:
        yield KeptFolder(Path(folder))


def _put(
    task: Task,
    asked: Asked,
    folder: KeptFolder,
    how: How,
    job: Mapping[str, str],
    watch: Watch,
    opening: Opening | None,
) -> Answered:
    """Return what the systems of a model said, or those that ask none."""
    name = opening.name if opening else _NO_MODEL
    shaped_by = opening.identity if opening else {}
    whole_job = {**job, "version": r1agent.__version__, **shaped_by}
    systems = ModelSystems(task, asked, folder, how, name, whole_job)
    before = systems.finished()
    if before is not None:
        return before
    if opening is None:
        return systems.put(None, watch)
    with opening.opened(task.papers, folder.path, watch) as opened:
        return systems.put(opened, watch)


def _told_apart(scored: Sequence[Sequence[Scored]], openings: Sequence[Opening]) -> list[Scored]:
    """Name the server too where two of them serve a model of the same name."""
    names = [one.name for each in scored for one in each]
    places = ["", *(opening.place for opening in openings)]
    return [
        replace(one, model=f"{one.model} at {place}")
        if names.count(one.name) > 1 and place
        else one
        for each, place in zip(scored, places, strict=True)
        for one in each
    ]


def _setting(how: How, openings: Sequence[Opening], answered: Sequence[Answered]) -> dict[str, str]:
    degrees = [opening.identity.get("temperature") for opening in openings]
    warm = dict.fromkeys(f"{one:g}" for one in degrees if one is not None)
    told = {
        "machine": machine(),
        "versions": versions(),
        "date": today(),
        "seed": str(how.seed),
        "temperature": ", ".join(warm),
        "repeats": str(how.repeats) if how.repeats > 1 else "",
        "at once": str(how.at_once or ""),
        "models": "; ".join(dict.fromkeys(one.about for one in answered if one.about)),
    }
    return {name: value for name, value in told.items() if value}


def _subset(taken: int, of: int, seed: int) -> tuple[str, ...]:
    if taken == of:
        return ()
    return (f"{taken:,} of {of:,} examples, drawn with seed {seed}.",)
