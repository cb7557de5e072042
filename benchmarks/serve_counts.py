"""What vLLM counts by itself, the same for every client, and its cache emptied."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
from served import ServerError

_TRIES = 20
_SETTLING = 0.5
"""Seconds after the last reply in which the server still counts."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens since the server began."""

    prompt: int
    completion: int
    cache_queried: int
    cache_hit: int

    def __sub__(self, before: Counts) -> Counts:
        """Return what came since `before`."""
        return Counts(
            self.prompt - before.prompt,
            self.completion - before.completion,
            self.cache_queried - before.cache_queried,
            self.cache_hit - before.cache_hit,
        )


def counts(base_url: str) -> Counts:
    """Ask a server what it has counted until now.

    Raises:
        ServerError: It is not vLLM.
    """
    time.sleep(_SETTLING)
    text = httpx2.get(_at(base_url, "/metrics"), timeout=10, follow_redirects=True).text
    names = ("prompt_tokens", "generation_tokens", "prefix_cache_queries", "prefix_cache_hits")
    return Counts(*(counted(text, f"vllm:{name}_total") for name in names))


def counted(text: str, name: str) -> int:
    """Return the sum of a counter over its labels, from a page of metrics.

    Raises:
        ServerError: The page does not have it.
    """
    pattern = rf"^{re.escape(name)}(?:\{{.*\}})? (\S+)$"
    values = re.findall(pattern, text, flags=re.MULTILINE)
    if not values:
        raise ServerError(
            f"The server's /metrics has no {name!r}; wanted those of vLLM. Name a vLLM server "
            "with --base-url, or leave it out."
        )
    return round(sum(map(float, values)))


def empty_cache(base_url: str) -> None:
    """Have the server forget the prompts it has seen.

    Raises:
        ServerError: It does not take the request, or keeps on working.
    """
    for _ in range(_TRIES):
        reply = httpx2.post(_at(base_url, "/reset_prefix_cache"), timeout=60)
        if reply.status_code == httpx2.codes.NOT_FOUND:
            raise ServerError(
                "The server has no /reset_prefix_cache, so that who asks second would find the "
                "prompts of who asked first. Start it with VLLM_SERVER_DEV_MODE=1."
            )
        if reply.raise_for_status().json()["success"]:
            return
        time.sleep(_SETTLING)
    raise ServerError("The server did not empty its cache: it still answers someone. Leave it be.")


def _at(base_url: str, path: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}{path}"
