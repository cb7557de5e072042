"""The tasks by name."""

from __future__ import annotations

import difflib
from importlib import import_module

from r1agent.evaluate.errors import EvaluationError

TASKS = {
    "retrieval": "RetrievalTask",
    "support": "SupportTask",
    "papers": "PapersTask",
    "code": "CodeTask",
    "math": "MathTask",
    "injection": "InjectionTask",
    "faults": "FaultsTask",
    "own": "OwnPapersTask",
}
"""The class of each task, which is in the module of its name; `own` is `r1agent eval self`."""


def task_class(name: str) -> type:
    """Return the class of a task, which is imported now.

    Raises:
        EvaluationError: There is no such task.
    """
    if name not in TASKS:
        near = difflib.get_close_matches(name, TASKS, n=1)
        nearest = f" Did you mean {near[0]!r}?" if near else ""
        raise EvaluationError(f"No task {name!r}.{nearest} There are {', '.join(TASKS)}.")
    found: type = getattr(import_module(f"r1agent.evaluate.tasks.{name}"), TASKS[name])
    return found
