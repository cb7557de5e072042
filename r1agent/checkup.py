"""A finding of `r1agent doctor`, and the findings about cards and vLLM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from r1agent.errors import DriverError, VllmMissingError
from r1agent.settings import Settings

Status = Literal["ok", "optional", "missing"]
"""`optional`: not there, and nothing breaks; `missing`: something needed is not there."""

_GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the machine."""

    name: str
    status: Status
    found: str
    wanted: str = ""
    """Empty where what was found is what is wanted."""
    do: str = ""


def check_gpu() -> Check:
    """Ask NVIDIA's driver for the cards that programs started here may use."""
    from r1agent.serving import find_cards

    wanted, do = "a CUDA card, for vLLM", "Nothing: the embedded engine runs on the processor."
    try:
        cards = find_cards()
    except DriverError as error:
        return Check("GPU", "optional", str(error), wanted, "Follow the message.")
    if not cards:
        return Check("GPU", "optional", "none", wanted, do)
    told = (
        f"{card.name}, {card.free_bytes / _GIGABYTE:.1f} of "
        f"{card.total_bytes / _GIGABYTE:.1f} GB free"
        for card in cards
    )
    return Check("GPU", "ok", "; ".join(told))


def check_vllm(settings: Settings) -> Check:
    """Look for vLLM in the Python that the settings name, or in this one, without importing it."""
    from r1agent.serving.environment import find_vllm

    try:
        vllm = find_vllm(settings.vllm_python)
    except VllmMissingError as error:
        if settings.vllm_python is not None:
            return Check("vLLM", "missing", str(error), "vLLM there", "Correct `vllm_python`.")
        do = (
            "Nothing, unless this machine has a card: then `pip install 'r1agent[vllm]'`, or set "
            "`vllm_python` to the Python of an environment that has it."
        )
        return Check("vLLM", "optional", "not installed", "vLLM where there is a card", do)
    kind = ", built for processors" if vllm.is_cpu_build else ""
    return Check("vLLM", "ok", f"{vllm.version}{kind} ({vllm.python})")


def check_hosted() -> Check:
    """Ask the server that `r1agent serve` started last."""
    from r1agent.models import probe
    from r1agent.serving.running import list_running

    name, servers = "Hosted model", list_running()
    if not servers:
        return Check(name, "ok", "none; `r1agent serve` starts one")
    said = [f"{each.model_name}, {each.about}, at {each.base_url}" for each in servers]
    status = probe(servers[0].base_url, servers[0].api_key.get_secret_value())
    if status.reachable:
        return Check(name, "ok", _listed(said))
    found = f"{said[0]}: {status.problem}"
    do = f"Stop the `r1agent serve` above process {servers[0].pid}, and start it again."
    return Check(name, "missing", found, "a server that lists its models", do)


def as_answered(settings: Settings) -> Settings:
    """Return the settings with the address and key of a server that `ask` would find by itself."""
    from r1agent.managed import find_server

    if settings.base_url is not None or settings.engine == "embedded":
        return settings
    server = find_server(settings.model)
    if server is None:
        return settings
    return settings.model_copy(update={"base_url": server.base_url, "api_key": server.api_key})


def _listed(said: Sequence[str]) -> str:
    first, *others = said
    return f"{first} (and {len(others)} more)" if others else first
