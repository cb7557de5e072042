"""Which pool answers a job: threads of this process, or the nodes of a Ray cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from r1agent.assistant import ResearchAssistant
from r1agent.batch.adaptive import workers_for
from r1agent.batch.pool import Pool, ThreadPool
from r1agent.settings import Settings, load_settings
from r1agent_indexes import PaperFilter


@contextmanager
def pool_for(
    assistant: ResearchAssistant,
    workers: int | None = None,
    *,
    settings: Settings | None = None,
    where: PaperFilter | None = None,
    ray: str | None = None,
    on_notice: Callable[[str], None] | None = None,
) -> Iterator[Pool]:
    """Yield what answers the questions of a job, and stop it at the end.

    Args:
        assistant: Answers in this process; on a cluster each node has one like it.
        workers: Questions in flight at once, on all nodes together; None goes by what the model
            server bears.
        settings: What `assistant` was loaded with, for the nodes.
        where: The filter that it was loaded with, for the nodes.
        ray: Address of a Ray cluster: `auto`, `HOST:PORT` or `ray://HOST:PORT`.
        on_notice: Called when a node is lost or left out; by default a warning is logged.

    Raises:
        R1AgentError: The nodes could not have the same assistant.
        ClusterError: The cluster cannot be reached or used.
    """
    if ray is None:
        yield ThreadPool(assistant, workers=workers or workers_for(assistant))
        return
    from r1agent.batch.ray_node import NodeAssistant
    from r1agent.batch.ray_pool import RayPool

    settings = settings or load_settings()
    there = NodeAssistant.of(assistant, settings, where)
    of_server = workers_for(assistant) if settings.base_url else None
    with RayPool(
        ray,
        there,
        workers=workers or of_server,
        threads=settings.max_concurrency,
        each_node=None if settings.base_url else 1,
        refuses=there.refuses,
        on_notice=on_notice,
    ) as pool:
        yield pool


def require_usable(settings: Settings, ray: str | None) -> None:
    """Refuse settings that a cluster cannot use, before a model is loaded for nothing.

    Raises:
        SettingsError: They name no model server that the nodes could reach.
    """
    if ray is not None:
        from r1agent.batch.ray_node import require_server_named

        require_server_named(settings)
