"""What answers: a server of the user's, a vLLM that runs or is started, or the embedded engine."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel

from r1agent import managed
from r1agent.errors import (
    DoesNotFitError,
    DriverError,
    ModelServerError,
    VllmMissingError,
    WeightsError,
)
from r1agent.managed import OnProgress
from r1agent.models import (
    EmbeddedServer,
    LoadProgress,
    chat_model,
    find_model,
    list_models,
    model_path,
    probe,
)
from r1agent.models.request_cache import FILE_NAME, RequestCache
from r1agent.serving import find_cards
from r1agent.serving.running import RunningServer
from r1agent.settings import Settings

DEFAULT_MODEL = "qwen2.5-coder-1.5b"
"""The embedded model, unless the settings name one."""

_WAYS_OUT = (
    'To go on without it, set `engine` to "embedded" (`--engine embedded`), or name a server of '
    "yours with `--base-url`."
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A model that answers, and what to say about it."""

    model: BaseChatModel
    notices: tuple[str, ...] = ()
    """Said at the start of every run."""


def open_engine(settings: Settings, started: ExitStack, report: OnProgress) -> Engine:
    """Return what the settings want to answer with.

    Args:
        settings: `base_url` always wins; without it `engine` decides.
        started: Stops, when it is closed, what was started here.
        report: Called while a model loads.

    Raises:
        R1AgentError: No usable server, card, environment or weights; the message says what to do.
    """
    if settings.base_url:
        key = settings.api_key.get_secret_value() if settings.api_key else None
        model = _client(settings, settings.base_url, _served_model(settings, key), key)
        return Engine(_described(model, "", settings.base_url))
    if settings.engine == "embedded":
        return _embedded(settings, started, report)
    if settings.engine == "auto" and _is_for_llama_cpp(settings.model):
        return _embedded(settings, started, report)
    server = managed.find_server(settings.model)
    if server is not None:
        return _running(settings, server)
    if settings.engine == "vllm":
        return _started(settings, managed.find_place(settings), started, report)
    return _automatic(settings, started, report)


def _automatic(settings: Settings, started: ExitStack, report: OnProgress) -> Engine:
    """Use vLLM where there are a card, a vLLM and weights; never another in place of a failed one.

    A small model on the processor answers worse than the one that was to answer, and much slower.
    """
    place, why_not = _place_with_cards(settings)
    if place is None:
        return _embedded(settings, started, report, why_not)
    try:
        return _started(settings, place, started, report)
    except WeightsError as error:
        if settings.model:
            raise
        return _embedded(settings, started, report, f"The embedded engine answered. {error}")
    except (ModelServerError, DoesNotFitError) as error:
        raise ModelServerError(f"{error} {_WAYS_OUT}") from error


def _place_with_cards(settings: Settings) -> tuple[managed.Place | None, str]:
    """Return where vLLM can run on a card, or None and the reason where that is worth a word."""
    try:
        cards = find_cards()
    except DriverError as error:
        return None, f"The embedded engine answered. {error}"
    if not cards:
        return None, ""
    try:
        place = managed.find_place(settings)
    except VllmMissingError as error:
        if settings.vllm_python is not None:
            raise
        return None, f"The embedded engine answered, though there is a {cards[0].name}. {error}"
    if place.environment.is_cpu_build:
        python = str(place.environment.python)
        return None, (
            f"The embedded engine answered, though there is a {cards[0].name}: the vLLM of "
            f"{python!r} is built for processors. Name one for CUDA in `vllm_python`."
        )
    return place, ""


def _running(settings: Settings, server: RunningServer) -> Engine:
    key = server.api_key.get_secret_value()
    model = _client(settings, server.base_url, server.model_name, key, server.identity)
    return Engine(_described(model, server.about, server.base_url))


def _started(
    settings: Settings, place: managed.Place, started: ExitStack, report: OnProgress
) -> Engine:
    server = managed.start(settings, place, started, report)
    identity = managed.identity(server.fit)
    model = _client(settings, server.base_url, server.model_name, server.api_key, identity)
    return Engine(_described(model, managed.about(server.fit, server.version), server.base_url))


def _embedded(
    settings: Settings, started: ExitStack, report: OnProgress, why_not_vllm: str = ""
) -> Engine:
    weights = _weights(settings)

    def loading(progress: LoadProgress) -> None:
        report(f"loading {progress.model_name}", None)

    server = started.enter_context(
        EmbeddedServer(
            weights, context=settings.context, threads=settings.threads, on_progress=loading
        )
    )
    about = weights.stat()
    identity = f"embedded {weights.name} {about.st_size} {about.st_mtime_ns}"
    model = _client(settings, server.base_url, server.model_name, server.api_key, identity)
    notices = filter(None, (why_not_vllm, _stand_in(settings)))
    return Engine(_described(model, "embedded engine", ""), tuple(notices))


def _described(model: BaseChatModel, engine: str, base_url: str) -> BaseChatModel:
    """Return the model with what runs it and where, for `answered_by`."""
    places = (urlsplit(one.strip()).netloc.rpartition("@")[2] for one in base_url.split(","))
    model.metadata = {"engine": engine, "address": ", ".join(places)}
    return model


def _is_for_llama_cpp(model: str | None) -> bool:
    if model is None:
        return False
    embedded = {entry.name for entry in list_models() if entry.file is not None}
    return model in embedded or Path(model).suffix == ".gguf"


def _client(
    settings: Settings, base_url: str, model: str, key: str | None, identity: str = ""
) -> BaseChatModel:
    return chat_model(
        base_url,
        model,
        api_key=key,
        temperature=settings.temperature,
        top_p=settings.top_p,
        timeout=settings.request_timeout_seconds,
        max_retries=settings.max_retries,
        server_wait_seconds=settings.server_wait_seconds,
        max_concurrency=settings.max_concurrency,
        cache=RequestCache(settings.cache_dir / FILE_NAME) if settings.cache_requests else None,
        cache_identity=identity,
    )


def _served_model(settings: Settings, key: str | None) -> str:
    """Return the model that is asked for, or the first one that the server names."""
    if settings.model:
        return settings.model
    status = probe(str(settings.base_url), key)
    if status.models:
        return status.models[0]
    raise ModelServerError(
        f"The server at {status.base_url!r} does not say which models it serves "
        f"({status.problem or 'its list is empty'}). Check the address, or name a model with "
        "`--model`."
    )


def _weights(settings: Settings) -> Path:
    """Return a GGUF file: a path, a name from the registry, or the default one."""
    if settings.model and Path(settings.model).suffix == ".gguf":
        return Path(settings.model).expanduser()
    entry = find_model(settings.model or DEFAULT_MODEL)
    name = entry.name
    if entry.file is None:
        raise WeightsError(
            f"{name!r} runs on vLLM, and the embedded engine was to answer. Start it with "
            f"`r1agent serve {name}` where there is a card, or leave `--model` out."
        )
    path = model_path(name, cache=settings.cache_dir)
    if path is None and settings.model is None:
        held = (model_path(entry.name, cache=settings.cache_dir) for entry in list_models())
        path = next((one for one in held if one is not None and one.is_file()), None)
    if path is None:
        raise WeightsError(
            f"The weights of {name!r} are not on this machine. Fetch them with "
            f"`r1agent models pull {name}`, or name a model server with `--base-url`."
        )
    return path


def _stand_in(settings: Settings) -> str:
    """Say so where other weights than the default stand in for it."""
    if settings.model or model_path(DEFAULT_MODEL, cache=settings.cache_dir) is not None:
        return ""
    return (
        f"The weights of {DEFAULT_MODEL!r} are not on this machine, so smaller ones answered. "
        f"Fetch them with `r1agent models pull {DEFAULT_MODEL}`."
    )
