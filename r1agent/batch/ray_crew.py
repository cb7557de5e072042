"""The answerers of a Ray cluster as this process sees them: started, watched, lost, stopped."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from r1agent.batch.items import BatchItem
from r1agent.batch.ray_answerer import Make, RayAnswerer
from r1agent.batch.ray_places import Place, places_on
from r1agent_indexes.cluster_connection import connect, nodes, require_same_version
from r1agent_indexes.errors import ClusterError

_DEATHS = 6
"""How often in a row an answerer may die on its place before it is left empty."""
_LOOK_EVERY = 2.0
_UP_WITHIN = 120.0
_CLOSED_WITHIN = 5.0


@dataclass(slots=True)
class Task:
    """An item that waits for its result."""

    item: BatchItem
    losses: int = 0
    """How many answerers were lost that had it."""


@dataclass(slots=True, eq=False)
class Answerer:
    """One answerer on its place."""

    place: Place
    actor: Any
    starting: Any
    """The call that it is starting with, None once it can be asked."""
    is_up: bool = False
    """Whether it has a process; before that it waits for a core."""
    asked: dict[Any, Task] = field(default_factory=dict)
    """By the call."""
    is_alone: bool = False
    """Whether it gets no other item beside the one it has."""


class RayCrew:
    """As many answerers as are wanted and the living nodes can hold, also nodes that come.

    Args:
        address: Of the cluster, as `connect` takes it.
        make: Called in each answerer.
        threads: Items that one answerer can have at once.
        each_node: Answerers on a node at most; None goes by its cores.
        refuses: Says why a node of that address cannot be used, nothing where it can.
        on_notice: Called with a sentence when a node is left out or lost.
    """

    def __init__(
        self,
        address: str,
        make: Make,
        *,
        threads: int,
        each_node: int | None,
        refuses: Callable[[str], str],
        on_notice: Callable[[str], None],
    ) -> None:
        self.address = address
        self.make = make
        self.threads = threads
        self.answerers: list[Answerer] = []
        self._each_node = each_node
        self._refuses = refuses
        self._notice = on_notice
        self._owns = False
        self._deaths: Counter[Place] = Counter()
        self._problem = f"no core became free within {_UP_WITHIN:.0f} seconds"
        self._look_at = self._up_by = 0.0
        self.places = 0
        """How many answerers there are or can be."""

    def connect(self) -> None:
        """Connect to the cluster.

        Raises:
            ClusterError: It cannot be reached, or a node of it cannot be used.
        """
        self._owns = connect(self.address)
        places = places_on(nodes(), each_node=self._each_node)
        self.places = len(places)
        reasons = {place.address: self._refuses(place.address) for place in places}
        if refused := next(filter(None, reasons.values()), None):
            self.close()
            raise ClusterError(refused)

    def tend(self, wanted: int) -> None:
        """Start answerers on the places that have none, up to `wanted`, from time to time.

        Raises:
            ClusterError: None is left, and none can be started.
        """
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_EVERY
        places = places_on(nodes(), each_node=self._each_node)
        held = {one.place for one in self.answerers}
        for place in places:
            if place in held or self._deaths[place] >= _DEATHS or len(held) >= wanted:
                continue
            if refusal := self._refuses(place.address):
                self._leave_out(place, refusal)
                continue
            self._start(place)
            held.add(place)
        self.places = sum(self._deaths[place] < _DEATHS for place in places)
        self._require_hope(bool(places), now)

    def free(self, *, alone: bool) -> Answerer | None:
        """Return the answerer with the least to do, None where all have enough."""
        ready = (one for one in self.answerers if one.starting is None and not one.is_alone)
        least = min(ready, key=lambda one: len(one.asked), default=None)
        if least is None or len(least.asked) >= (1 if alone else self.threads):
            return None
        return least

    def next_call(self, seconds: float) -> tuple[Answerer, Any] | None:
        """Wait for a call to end; None where none does within `seconds`."""
        import ray

        owners = {call: one for one in self.answerers for call in one.asked}
        owners |= {one.starting: one for one in self.answerers if one.starting is not None}
        if not owners:
            time.sleep(seconds)
            return None
        ended, _ = ray.wait(list(owners), timeout=seconds)
        return (owners[ended[0]], ended[0]) if ended else None

    def came_up(self, answerer: Answerer, told: str) -> None:
        """Go on with an answerer that has told its version or, after that, whether it can work."""
        if answerer.is_up and told:
            self.lose(answerer, told, for_good=True)
        elif answerer.is_up:
            answerer.starting = None
        else:
            self._load(answerer, told)

    def worked(self, answerer: Answerer) -> None:
        """Note that an answerer has answered."""
        del self._deaths[answerer.place]

    def lose(self, answerer: Answerer, reason: str, *, for_good: bool = False) -> None:
        """Let go of an answerer; another one is tried on its place, but for a lasting reason."""
        import ray

        self.answerers.remove(answerer)
        ray.kill(answerer.actor)  # it may live, out of reach
        if for_good:
            self._leave_out(answerer.place, reason)
            return
        self._deaths[answerer.place] += 1
        self._problem = f"{answerer.place.address}: {reason}"
        self._notice(f"An answerer on the node {answerer.place.address} was lost ({reason}).")

    def stop(self) -> None:
        """Kill the answerers; what they are at is given up."""
        import ray

        answerers, self.answerers = self.answerers, []
        self._look_at = self._up_by = 0.0
        for one in answerers if ray.is_initialized() else ():
            ray.kill(one.actor)

    def close(self) -> None:
        """Have the answerers stop what they started, and leave the cluster."""
        import ray

        if self.answerers and ray.is_initialized():
            ready = [one.actor for one in self.answerers if one.starting is None]
            calls = [actor.close.remote() for actor in ready]
            if calls:
                ray.wait(calls, num_returns=len(calls), timeout=_CLOSED_WITHIN)
        self.stop()
        if self._owns:
            ray.shutdown()
            self._owns = False

    def _leave_out(self, place: Place, reason: str) -> None:
        self._deaths[place] = _DEATHS
        self._problem = f"{place.address}: {reason}"
        self._notice(f"The node {place.address} is left out: {reason}")

    def _load(self, answerer: Answerer, version: str) -> None:
        try:
            require_same_version(version)
        except ClusterError as error:
            self.lose(answerer, str(error), for_good=True)
            return
        answerer.is_up = True
        answerer.starting = answerer.actor.load.remote()

    def _start(self, place: Place) -> None:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        as_actor: Any = ray.remote
        actor = (
            as_actor(RayAnswerer)
            .options(
                num_cpus=place.cores,
                num_gpus=0,  # the cards are the model server's
                max_restarts=0,
                max_concurrency=self.threads + 1,
                scheduling_strategy=NodeAffinitySchedulingStrategy(place.node, soft=False),
            )
            .remote(self.make)
        )
        self.answerers.append(Answerer(place, actor, starting=actor.version.remote()))

    def _require_hope(self, has_places: bool, now: float) -> None:
        if any(one.is_up for one in self.answerers):
            self._up_by = 0.0
            return
        self._up_by = self._up_by or now + _UP_WITHIN
        none_to_try = has_places and not self.answerers
        if none_to_try or now > self._up_by:
            raise ClusterError(
                f"No node of the Ray cluster {self.address!r} can answer ({self._problem}). What "
                "was answered is kept: see to the cluster and give the same command again, or "
                "leave out `--ray`."
            )
