"""Hosting R1: which model fits these cards, and the vLLM server that runs it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent.serving.cards import Card, find_cards
    from r1agent.serving.command import vllm_command, vllm_environment
    from r1agent.serving.crash import CrashReport, explain_crash
    from r1agent.serving.environment import VllmEnvironment, find_vllm
    from r1agent.serving.fit import Fit, choose_fit
    from r1agent.serving.memory import RESERVED_BYTES
    from r1agent.serving.vllm_server import VllmServer, serve_vllm

_HOMES = {
    "Card": "cards",
    "CrashReport": "crash",
    "Fit": "fit",
    "RESERVED_BYTES": "memory",
    "VllmEnvironment": "environment",
    "VllmServer": "vllm_server",
    "choose_fit": "fit",
    "explain_crash": "crash",
    "find_cards": "cards",
    "find_vllm": "environment",
    "serve_vllm": "vllm_server",
    "vllm_command": "command",
    "vllm_environment": "command",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use, so that the import costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)


__all__ = [
    "RESERVED_BYTES",
    "Card",
    "CrashReport",
    "Fit",
    "VllmEnvironment",
    "VllmServer",
    "choose_fit",
    "explain_crash",
    "find_cards",
    "find_vllm",
    "serve_vllm",
    "vllm_command",
    "vllm_environment",
]
