"""The measuring stick: tasks, systems that answer them, and figures with their intervals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from r1agent.evaluate.registry import TASKS

if TYPE_CHECKING:
    from r1agent.evaluate.errors import EvaluationError
    from r1agent.evaluate.evaluation import Evaluation, Row, Scored
    from r1agent.evaluate.how import How
    from r1agent.evaluate.metrics import Auc, Figure, Metric, Share
    from r1agent.evaluate.opening import AssistantOpening, SettingsOpening
    from r1agent.evaluate.running import evaluate
    from r1agent.evaluate.task import Example, Output, System, Task, Wanted
    from r1agent.evaluate.tasks.code import CodeTask
    from r1agent.evaluate.tasks.faults import FaultsTask
    from r1agent.evaluate.tasks.injection import InjectionTask
    from r1agent.evaluate.tasks.math import MathTask
    from r1agent.evaluate.tasks.own import OwnPapersTask
    from r1agent.evaluate.tasks.papers import PapersTask
    from r1agent.evaluate.tasks.retrieval import RetrievalTask
    from r1agent.evaluate.tasks.support import SupportTask

_MODULE_OF = {
    "AssistantOpening": "opening",
    "Auc": "metrics",
    "Evaluation": "evaluation",
    "EvaluationError": "errors",
    "Example": "task",
    "Figure": "metrics",
    "How": "how",
    "Metric": "metrics",
    "Output": "task",
    "Row": "evaluation",
    "Scored": "evaluation",
    "SettingsOpening": "opening",
    "Share": "metrics",
    "System": "task",
    "Task": "task",
    "Wanted": "task",
    "evaluate": "running",
} | {task: f"tasks.{module}" for module, task in TASKS.items()}

__all__ = [
    "AssistantOpening",
    "Auc",
    "CodeTask",
    "Evaluation",
    "EvaluationError",
    "Example",
    "FaultsTask",
    "Figure",
    "How",
    "InjectionTask",
    "MathTask",
    "Metric",
    "Output",
    "OwnPapersTask",
    "PapersTask",
    "RetrievalTask",
    "Row",
    "Scored",
    "SettingsOpening",
    "Share",
    "SupportTask",
    "System",
    "Task",
    "Wanted",
    "evaluate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing the package is free."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
