"""What `r1agent serve --dry-run` prints: the command that would be run."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from r1agent.serving import Card, Fit
    from r1agent.settings import Settings

_PORT = 8000
"""Stands for a free one, which is found when a server starts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the server beside its model."""

    host: str
    port: int | None
    nodes: int
    extra: list[str]


def show_plan(
    settings: Settings,
    wanted: Wanted,
    pretended: Sequence[Card] | None,
    *,
    json: bool,
    quiet: bool,
) -> None:
    """Print the command alone on stdout, and its arithmetic on stderr; start nothing.

    Args:
        settings: Name the model, its precision and the Python with vLLM.
        wanted: What is asked of the server.
        pretended: Cards to plan for; None: those of this machine.
        json: Print all of it as JSON instead.
        quiet: Leave the arithmetic out.
    """
    from r1agent.cli.screen import show_json
    from r1agent.cli.serve_told import tell_choice
    from r1agent.managed import choose
    from r1agent.serving import vllm_command, vllm_environment

    python, cards = _python_and_cards(settings, pretended)
    fit = choose(settings, cards, nodes=wanted.nodes)
    command = vllm_command(
        python,
        fit,
        host=wanted.host,
        port=wanted.port or _PORT,
        served_name=Path(fit.model).name,
        extra=wanted.extra,
    )
    environment = vllm_environment(fit)
    if json:
        show_json(_data(fit, cards) | {"environment": environment, "command": command})
        return
    if not quiet:
        tell_choice(fit)
    typer.echo(shlex.join(["env", *_assignments(environment), *command]))


def _python_and_cards(
    settings: Settings, pretended: Sequence[Card] | None
) -> tuple[Path, Sequence[Card]]:
    """Return what to plan for; vLLM need not be installed for it."""
    from r1agent.cli.ending import say
    from r1agent.errors import DriverError, VllmMissingError
    from r1agent.managed import find_place
    from r1agent.serving import find_cards

    python = settings.vllm_python or Path(sys.executable)
    if pretended is not None:
        return python, pretended
    try:
        place = find_place(settings)
    except DriverError as error:
        raise DriverError(f"{error} To plan for other cards: `--cards 2x80`.") from None
    except VllmMissingError as error:
        cards = find_cards()
        if not cards:
            raise DriverError(
                "This machine has no CUDA card to plan for. Name others, such as two with 80 GB: "
                "`--cards 2x80`."
            ) from None
        say(f"To run this: {error}")
        return python, cards
    return place.environment.python, place.cards


def _data(fit: Fit, cards: Sequence[Card]) -> dict[str, Any]:
    return asdict(fit) | {"is_local": fit.is_local, "cards": [asdict(card) for card in cards]}


def _assignments(environment: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in environment.items()]
