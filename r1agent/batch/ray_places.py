"""Where on a Ray cluster answerers can be: a node, and the share of it that one gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_CORES_EACH = 8
"""Cores of a node for each answerer there, which waits for the model most of the time."""
_CORES_TAKEN = 2
"""Of those, what Ray keeps for it; the programs that it runs take more."""


@dataclass(frozen=True, slots=True)
class Place:
    """The share of a node that one answerer gets."""

    node: str
    address: str
    number: int
    """Of the places on that node, from 0."""
    cores: int


def places_on(nodes: Iterable[Mapping[str, Any]], *, each_node: int | None) -> list[Place]:
    """Return the places on all living nodes, the first one of each node before any second.

    Args:
        nodes: What Ray says about each.
        each_node: How many on a node; None goes by its cores.
    """
    places: list[Place] = []
    for node in nodes:
        cores = int(node["Resources"].get("CPU", 0))
        if not node["Alive"] or not cores:
            continue
        name, address = node["NodeID"], node["NodeManagerAddress"]
        count = each_node or max(1, cores // _CORES_EACH)
        taken = min(_CORES_TAKEN, cores)
        places += [Place(name, address, number, taken) for number in range(count)]
    return sorted(places, key=lambda place: place.number)
