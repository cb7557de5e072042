"""What a model server tells of itself, such as the prompt tokens that its prefix cache held."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
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
    metrics = metrics_of(base_url, api_key, timeout=timeout)
    return None if metrics is None else read_prefix_cache(metrics)


def read_prefix_cache(metrics: str) -> PrefixCache | None:
    """Read the counters from Prometheus text, summed over engines; None where they are not there.

    A line that is no sample is passed over, and a count that is no whole number as well.
    """
    found = samples(metrics, (*_QUERIES, *_HITS))
    whole = {name: [int(one) for one in found[name] if one.is_integer()] for name in found}
    counted = {name: sum(counts) for name, counts in whole.items() if counts}
    for queries, hits in zip(_QUERIES, _HITS, strict=True):
        if queries in counted and hits in counted and counted[hits] <= counted[queries]:
            return PrefixCache(counted[queries], counted[hits])
    return None


def metrics_of(base_url: str, api_key: str | None = None, *, timeout: float = 3.0) -> str | None:
    """Return what a server tells of itself, as Prometheus text; None where it tells nothing.

    Args:
        base_url: The OpenAI-compatible address; the text is at `/metrics` beside it.
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
            return _text_of(response)
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return None


def samples(metrics: str, names: Collection[str]) -> dict[str, list[float]]:
    """Read the named samples of Prometheus text, a value for each engine.

    A line that is no sample, or whose value is no number from 0 on, is passed over.
    """
    found: dict[str, list[float]] = {}
    for line in metrics.splitlines():
        sample = _SAMPLE.fullmatch(line)
        if sample and sample[1] in names and (value := _number(sample[2])) is not None:
            found.setdefault(sample[1], []).append(value)
    return found


def _text_of(response: httpx2.Response) -> str:
    """Read no more than metrics can be; what is not finished by then is cut."""
    read = bytearray()
    for piece in response.iter_bytes():
        read += piece
        if len(read) >= _LARGEST:
            break
    return read[:_LARGEST].decode(errors="replace")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
