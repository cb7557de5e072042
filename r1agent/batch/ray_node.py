"""The assistant of this machine on the nodes of a Ray cluster: what is sent, and what refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import platformdirs
import psutil

from r1agent.assistant import ResearchAssistant
from r1agent.errors import ModelServerError, SettingsError
from r1agent.load import load_assistant
from r1agent.models.connection import is_loopback, printable, split_addresses
from r1agent.models.server_status import probe
from r1agent.settings import Settings
from r1agent_indexes import ClusterError, IndexManifest, PaperFilter

_PATHS = ("index", "cache_dir", "runs_dir", "data", "vllm_python")
_OWN_DEFAULT = ("cache_dir", "runs_dir")
"""Folders that a node chooses itself unless they were set."""
_URLS = ("base_url", "embedding_url", "reranker_url", "sandbox_url")
_PROBE_SECONDS = 10.0
_TOOLS = frozenset({"search_papers", "read_page", "python", "unit_tests"})


@dataclass(frozen=True, slots=True)
class NodeAssistant:
    """Makes on a node the same assistant as on this machine; secrets travel in its settings."""

    settings: Settings = field(repr=False)
    where: PaperFilter | None
    model: str
    """Name of the model that answers, wherever that is."""
    manifest: IndexManifest | None
    """Of the index, which is the same under the same path on every node."""
    entailment: str
    """How the gate judges it, which depends on the models that are there."""

    @classmethod
    def of(
        cls, assistant: ResearchAssistant, settings: Settings, where: PaperFilter | None
    ) -> Self:
        """Return what makes `assistant` again.

        Raises:
            SettingsError: It could not be the same on every node.
        """
        _require_sendable(assistant, settings)
        paths = {name: Path(getattr(settings, name)).absolute() for name in _given(settings)}
        sent = settings.model_copy(update=paths)
        model, entailment = assistant.model_name, assistant.gate.entailment
        return cls(sent, where, model, _manifest(sent), entailment)

    def __call__(self) -> ResearchAssistant:
        """Make the assistant, on the node.

        Raises:
            R1AgentError: The model is not to be had here, or is another one.
            PaperIndexError: The index is not here, or is another one.
        """
        self._require_same_index()
        _require_server(self.settings)
        assistant = load_assistant(_of_this_node(self.settings), where=self.where)
        difference = self._difference(assistant)
        if not difference:
            return assistant
        assistant.close()
        raise SettingsError(difference)

    def refuses(self, address: str) -> str:
        """Say why a node at `address` cannot work with these settings, nothing where it can."""
        if address in _addresses_here():
            return ""
        for name in _URLS:
            for url in split_addresses(getattr(self.settings, name) or ""):
                if is_loopback(url):
                    return (
                        f"The setting `{name}` is {printable(url)!r}, which on the node {address} "
                        "is that node itself. Give the address by which all nodes reach this "
                        "machine, and let the server listen there (`r1agent serve --host 0.0.0.0`)."
                    )
        return ""

    def _require_same_index(self) -> None:
        if self.settings.index is None or self.manifest is None:
            return
        found = _manifest(self.settings)
        if found == self.manifest:
            return
        what = "is another one" if found else "is not there"
        raise ClusterError(
            f"The index {str(self.settings.index)!r} {what}. It must be the same under the same "
            "path on every node: put it on a file system that they share, or copy it to each."
        )

    def _difference(self, assistant: ResearchAssistant) -> str:
        """Say in what an assistant is not the one that was wanted; it would answer otherwise."""
        if assistant.model_name != self.model:
            return (
                f"The model there is {assistant.model_name!r}, and here {self.model!r}. Name one "
                "that every node has with `--model`."
            )
        if assistant.gate.entailment != self.entailment:
            return (
                f"What judges entailment there is {assistant.gate.entailment!r}, and here "
                f"{self.entailment!r}. Put the NLI model on every node, or set `entailment` to "
                "'floors'."
            )
        return ""


def require_server_named(settings: Settings) -> None:
    """Raise `SettingsError` where nodes would answer with whatever model they find."""
    if settings.base_url or settings.engine == "embedded":
        return
    raise SettingsError(
        "A Ray cluster was to answer, and no model server is named: each node would answer with "
        "what it finds. Name a server that all nodes reach with `--base-url` (`r1agent serve "
        "--host 0.0.0.0` starts one), or let each node run the same small model with `--engine "
        "embedded`."
    )


def _require_sendable(assistant: ResearchAssistant, settings: Settings) -> None:
    own = [tool.name for tool in assistant.tools if tool.name not in _TOOLS]
    if own:
        raise SettingsError(
            f"Your tool `{own[0]}` stays on this machine, and a Ray cluster was to answer. Use "
            "`RayPool` with a function of yours that makes the assistant on each node."
        )
    require_server_named(settings)


def _require_server(settings: Settings) -> None:
    """Raise where this node does not reach the server, before it takes questions from others."""
    if not settings.base_url:
        return
    key = settings.api_key.get_secret_value() if settings.api_key else None
    status = probe(settings.base_url, key, timeout=_PROBE_SECONDS)
    if not status.reachable:
        raise ModelServerError(
            f"The model server {status.base_url!r} cannot be reached from there "
            f"({status.problem}). Give an address that every node reaches."
        )


def _given(settings: Settings) -> list[str]:
    own = [name for name in _OWN_DEFAULT if name not in settings.model_fields_set]
    return [name for name in _PATHS if name not in own and getattr(settings, name) is not None]


def _of_this_node(settings: Settings) -> Settings:
    """Return the settings with the folders that this node chooses itself."""
    defaults = {
        "cache_dir": platformdirs.user_cache_path("r1agent"),
        "runs_dir": platformdirs.user_state_path("r1agent") / "runs",
    }
    kept = _given(settings)
    return settings.model_copy(
        update={name: path for name, path in defaults.items() if name not in kept}
    )


def _manifest(settings: Settings) -> IndexManifest | None:
    return IndexManifest.read(settings.index / "manifest.json") if settings.index else None


def _addresses_here() -> set[str]:
    """Return the addresses of this machine."""
    return {link.address for links in psutil.net_if_addrs().values() for link in links}
