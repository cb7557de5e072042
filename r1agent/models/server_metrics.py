"""What a model server counts about itself: the prompt tokens that its prefix cache held."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from r1agent.models.connection import certificates, is_loopback

_QUERIES = ("vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total")
_HITS = ("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total")
"""As vLLM calls its counters, and as it called them before 0.10; both count tokens."""
_SAMPLE = re.compile(
    r'([a-zA-Z_:][\w:]*)(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*',
    re.ASCII,
)
_LARGEST = 8 * 2**20  # bytes of metrics; vLLM tells some 60 kB


@dataclass(frozen=True, slots=True)
class PrefixCache:
    """How often a server found the beginning of a prompt in its cache, since it started."""

    queried_tokens: int
    """Prompt tokens that were looked up."""
    hit_tokens: int
    """Those of them that were found, and not computed again."""

    @property
    def hit_share(self) -> float:
        """The share that was found, 0 to 1; 0 where nothing was asked yet."""
        return self.hit_tokens / self.queried_tokens if self.queried_tokens else 0.0

    def __add__(self, other: PrefixCache) -> PrefixCache:
        """Sum what two servers counted."""
        return PrefixCache(
            self.queried_tokens + other.queried_tokens, self.hit_tokens + other.hit_tokens
        )

    def since(self, earlier: PrefixCache) -> PrefixCache:
        """Return what was counted after `earlier`; all of it where the server started anew."""
        queried = self.queried_tokens - earlier.queried_tokens
        hits = self.hit_tokens - earlier.hit_tokens
        return self if queried < 0 or hits < 0 else PrefixCache(queried, hits)


def prefix_cache_of(
    base_url: str, api_key: str | None = None, *, timeout: float = 3.0
) -> PrefixCache | None:
    """Ask a server for the counters of its prefix cache; None where it tells of none.

    vLLM tells them at `/metrics`, beside `/v1`, unless it was started without its log of figures.

    Args:
        base_url: The OpenAI-compatible address.
        api_key: Sent as a bearer token where given.
        timeout: Seconds for the one request.
    """
    address = urlsplit(base_url)
    url = f"{address.scheme}://{address.netloc}/metrics"
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    local = is_loopback(base_url)
    try:
        with (
            httpx2.Client(
                headers=headers, timeout=timeout, trust_env=not local, verify=certificates()
            ) as client,
            client.stream("GET", url) as response,
        ):
            response.raise_for_status()
            return read_prefix_cache(_text_of(response))
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return None


def read_prefix_cache(metrics: str) -> PrefixCache | None:
    """Read the counters from Prometheus text, summed over engines; None where they are not there.

    A line that is no sample is passed over, and a count that is no whole number as well.
    """
    counted: dict[str, int] = {}
    for line in metrics.splitlines():
        found = _SAMPLE.fullmatch(line)
        if found and found[1] in (*_QUERIES, *_HITS) and (value := _count(found[2])) is not None:
            counted[found[1]] = counted.get(found[1], 0) + value
    for queries, hits in zip(_QUERIES, _HITS, strict=True):
        if queries in counted and hits in counted and counted[hits] <= counted[queries]:
            return PrefixCache(counted[queries], counted[hits])
    return None


def _text_of(response: httpx2.Response) -> str:
    """Read no more than metrics can be; what is not finished by then is cut."""
    read = bytearray()
    for piece in response.iter_bytes():
        read += piece
        if len(read) >= _LARGEST:
            break
    return read[:_LARGEST].decode(errors="replace")


def _count(text: str) -> int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if math.isfinite(value) and value >= 0 and value.is_integer() else None
