"""Language models: their weights, the servers that run them, and one client for every server."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent.models.chat import ServedChatModel, chat_model
    from r1agent.models.completion import Completion
    from r1agent.models.embedded import EmbeddedServer, LoadProgress
    from r1agent.models.progress import PullProgress
    from r1agent.models.registry import ModelEntry, find_model, list_models
    from r1agent.models.request_cache import RequestCache
    from r1agent.models.server_status import ServerStatus, probe
    from r1agent.models.structured import Filled, fill
    from r1agent.models.thinking import Thought, split_thinking
    from r1agent.models.weights import default_cache, model_path, pull
    from r1agent.models.writing import complete

_HOMES = {
    "Completion": "completion",
    "EmbeddedServer": "embedded",
    "Filled": "structured",
    "LoadProgress": "embedded",
    "ModelEntry": "registry",
    "PullProgress": "progress",
    "RequestCache": "request_cache",
    "ServedChatModel": "chat",
    "ServerStatus": "server_status",
    "Thought": "thinking",
    "chat_model": "chat",
    "complete": "writing",
    "default_cache": "weights",
    "fill": "structured",
    "find_model": "registry",
    "list_models": "registry",
    "model_path": "weights",
    "probe": "server_status",
    "pull": "weights",
    "split_thinking": "thinking",
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
    "Completion",
    "EmbeddedServer",
    "Filled",
    "LoadProgress",
    "ModelEntry",
    "PullProgress",
    "RequestCache",
    "ServedChatModel",
    "ServerStatus",
    "Thought",
    "chat_model",
    "complete",
    "default_cache",
    "fill",
    "find_model",
    "list_models",
    "model_path",
    "probe",
    "pull",
    "split_thinking",
]
