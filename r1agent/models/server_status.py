"""Ask a model server what it is and what it serves."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

from r1agent.models.connection import is_loopback, printable, split_addresses


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What a model server says about itself."""

    base_url: str
    """Without the password it may carry."""
    reachable: bool
    """Whether it listed its models."""
    models: tuple[str, ...]
    kind: str | None
    """`vLLM 0.32.0`, `llama.cpp`, or its own word for itself; None: it does not tell."""
    seconds: float
    problem: str | None
    """Why it is not reachable, in a few words."""


def probe(base_url: str, api_key: str | None = None, *, timeout: float = 3.0) -> ServerStatus:
    """Ask `base_url` for its models; never raise for a server that does not answer.

    Args:
        base_url: The OpenAI-compatible address, mostly ending in `/v1`. Of several, with commas
            between them, the first one that answers tells.
        api_key: Sent as a bearer token where given.
        timeout: Seconds for each of the at most two requests.
    """
    first, *others = split_addresses(base_url) or [base_url]
    status = _probe_one(first, api_key, timeout)
    if status.reachable:
        return status
    told = (_probe_one(other, api_key, timeout) for other in others)
    return next((one for one in told if one.reachable), status)


def probe_each(
    base_url: str, api_key: str | None = None, *, timeout: float = 3.0
) -> list[ServerStatus]:
    """Ask every address in `base_url`, at the same time; see `probe`."""
    addresses = split_addresses(base_url)
    with ThreadPoolExecutor(max(1, len(addresses))) as threads:
        return list(threads.map(lambda one: _probe_one(one, api_key, timeout), addresses))


def _probe_one(base_url: str, api_key: str | None, timeout: float) -> ServerStatus:
    began = time.monotonic()
    models: tuple[str, ...] = ()
    kind: str | None = None
    problem: str | None = None
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        with httpx2.Client(
            headers=headers, timeout=timeout, trust_env=not is_loopback(base_url)
        ) as client:
            rows = _listed(client, base_url)
            models = tuple(str(row["id"]) for row in rows)
            kind = _kind(client, base_url, rows)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        problem = _in_words(error)
    except (ValueError, KeyError, TypeError):
        problem = "its /models is no list of models"
    seconds = time.monotonic() - began
    return ServerStatus(printable(base_url), problem is None, models, kind, seconds, problem)


def _listed(client: httpx2.Client, base_url: str) -> list[dict[str, Any]]:
    response = client.get(f"{base_url.rstrip('/')}/models")
    response.raise_for_status()
    rows: list[dict[str, Any]] = response.json()["data"]
    return rows


def _kind(client: httpx2.Client, base_url: str, rows: list[dict[str, Any]]) -> str | None:
    owner = str(rows[0].get("owned_by", "")) if rows else ""
    if owner == "llamacpp":
        return "llama.cpp"
    if owner != "vllm":
        return owner or None
    address = urlsplit(base_url)
    try:
        version = client.get(f"{address.scheme}://{address.netloc}/version").json()["version"]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return "vLLM"
    return f"vLLM {version}"


def _in_words(error: httpx2.HTTPError | httpx2.InvalidURL) -> str:
    if isinstance(error, httpx2.HTTPStatusError):
        return f"answered {error.response.status_code}"
    if isinstance(error, httpx2.TimeoutException):
        return "did not answer in time"
    return str(error) or type(error).__name__
