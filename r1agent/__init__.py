"""A research assistant that answers from a person's own papers and proves every sentence."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from r1agent.assistant import ResearchAssistant
    from r1agent.errors import R1AgentError
    from r1agent.load import load_assistant
    from r1agent.report.watching.watch import watch
    from r1agent.serving.vllm_server import serve_vllm
    from r1agent.settings import Settings, load_settings
    from r1agent.types import Answer, Citation, Claim, Plan, PlanStep, Step, Trajectory, Verdict
    from r1agent_indexes import PaperIndex

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Citation",
    "Claim",
    "PaperIndex",
    "Plan",
    "PlanStep",
    "R1AgentError",
    "ResearchAssistant",
    "Settings",
    "Step",
    "Trajectory",
    "Verdict",
    "load_assistant",
    "load_settings",
    "serve_vllm",
    "watch",
]

_HOMES = {
    "PaperIndex": "r1agent_indexes",
    "ResearchAssistant": "r1agent.assistant",
    "R1AgentError": "r1agent.errors",
    "load_assistant": "r1agent.load",
    "Settings": "r1agent.settings",
    "load_settings": "r1agent.settings",
    "serve_vllm": "r1agent.serving.vllm_server",
    "watch": "r1agent.report.watching.watch",
} | dict.fromkeys(
    ("Answer", "Citation", "Claim", "Plan", "PlanStep", "Step", "Trajectory", "Verdict"),
    "r1agent.types",
)


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that `import r1agent` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'r1agent' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
