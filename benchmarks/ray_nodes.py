"""A Ray cluster of two nodes on this machine, in a process of its own; the second can be killed.

python benchmarks/ray_nodes.py      # prints the address; `kill` on stdin kills the second node
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LOOPBACK = "127.0.0.1"
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # otherwise 127.0.0.1 becomes an outer address
    "RAY_BACKEND_LOG_LEVEL": "error",
}
_NODE = {"node_ip_address": LOOPBACK, "num_cpus": 1, "object_store_memory": 100 << 20}
_ENDING = 60.0


class TwoNodes:
    """The cluster, as long as its block runs."""

    def __enter__(self) -> Self:
        """Start it.

        Raises:
            RuntimeError: It does not start.
        """
        os.environ.update(ENVIRONMENT)  # this process will connect, and reads the same
        self._process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self._heard()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        try:
            self._process.communicate(timeout=_ENDING)
        finally:
            self._process.kill()
            self._process.wait()

    def kill_second(self) -> None:
        """Kill the second node with all that runs there."""
        self._process.stdin.write("kill\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        self._heard()

    def _heard(self) -> str:
        line = self._process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise RuntimeError("The process of the Ray cluster ended; it said why above.")
        return line.strip()


def main() -> None:
    """Run both nodes until stdin ends."""
    with _cluster() as (cluster, second):
        print(cluster.address, flush=True)
        for command in sys.stdin:
            if command.strip() == "kill":
                cluster.remove_node(second, allow_graceful=False)
                print("killed", flush=True)


@contextmanager
def _cluster() -> Iterator[tuple[Any, Any]]:
    from ray.cluster_utils import Cluster

    make: Any = Cluster  # has no annotations
    cluster = make(initialize_head=True, head_node_args=_NODE | {"include_dashboard": False})
    try:
        yield cluster, cluster.add_node(**_NODE)
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main()
