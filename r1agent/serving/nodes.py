"""The machines of a Ray cluster, over which vLLM spreads a model that one cannot hold."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from r1agent.errors import ModelServerError
from r1agent.serving.environment import environment_for
from r1agent.words import counted

_SECONDS = 60
_ASK = """\
import json
try:
    import ray
except ImportError as error:
    print(json.dumps({"no_ray": str(error)}))
    raise SystemExit
try:
    ray.init(address="auto", log_to_driver=False, logging_level="ERROR")
except ConnectionError as error:
    print(json.dumps({"no_cluster": str(error)}))
    raise SystemExit
rows = [(node["NodeManagerAddress"], node["Resources"].get("GPU", 0))
        for node in ray.nodes() if node["Alive"]]
print(json.dumps({"nodes": rows}))
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster."""

    address: str
    cards: int


def require_nodes(python: Path, *, nodes: int, cards: int) -> list[Node]:
    """Return the machines of the Ray cluster that this one belongs to, if they suffice.

    vLLM itself would start a cluster of this machine alone, and wait for cards for ever.

    Args:
        python: The Python that has vLLM, and Ray.
        nodes: How many machines are wanted.
        cards: How many cards each must have.

    Raises:
        ModelServerError: No Ray, no cluster, or too few machines with so many cards.
    """
    found = _nodes(python, nodes)
    if sum(node.cards >= cards for node in found) >= nodes:
        return found
    raise ModelServerError(
        f"The Ray cluster has {_listed(found)}; wanted are {nodes} with {cards} "
        "or more cards each. Run `ray start --address=HEAD:6379` on the missing ones, with the "
        "address of the first in the place of HEAD, and look at `ray status`."
    )


def _nodes(python: Path, wanted: int) -> list[Node]:
    answer = _ask(python)
    if "no_ray" in answer:
        raise ModelServerError(
            f"The Python {str(python)!r} has no Ray, which vLLM spreads a model over {wanted} "
            "machines with. Install it beside vLLM on each of them with "
            f"`{python} -m pip install 'ray[cgraph]'`."
        )
    if "no_cluster" in answer:
        raise ModelServerError(
            f"No Ray cluster runs on this machine, and {wanted} machines are wanted. Run `ray "
            "start --head --port=6379` here and `ray start --address=HEAD:6379` on each other "
            "one, with the address of this machine in the place of HEAD."
        )
    return [Node(str(address), int(cards)) for address, cards in answer["nodes"]]


def _ask(python: Path) -> dict[str, list[tuple[str, float]]]:
    """Have the Python with Ray look, by a process that ends at once."""
    try:
        asked = subprocess.run(  # noqa: S603 - a fixed argument list, no shell
            [str(python), "-c", _ASK],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env=environment_for(python) | {"RAY_USAGE_STATS_ENABLED": "0"},
            stdin=subprocess.DEVNULL,
        )
        asked.check_returncode()
        answer: dict[str, list[tuple[str, float]]] = json.loads(asked.stdout.splitlines()[-1])
        if not isinstance(answer, dict) or not {"no_ray", "no_cluster", "nodes"} & answer.keys():
            raise ValueError("it prints something else")
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise ModelServerError(
            f"The Ray cluster of this machine does not answer ({_in_words(error)}). "
            "Look at `ray status`; the nodes need one version of Ray and of Python."
        ) from None
    return answer


def _in_words(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"not within {_SECONDS} s"
    if isinstance(error, subprocess.CalledProcessError):
        lines = str(error.stderr).strip().splitlines()
        return lines[-1] if lines else f"exit code {error.returncode}"
    return str(error)


def _listed(nodes: list[Node]) -> str:
    cards = ", ".join(f"{node.address} with {node.cards}" for node in nodes)
    return f"{counted(len(nodes), 'machine')} (cards: {cards})"
