"""How model servers are reached: no proxy for this machine, no password in what is printed."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit, urlunsplit


def is_loopback(url: str) -> bool:
    """Say whether `url` names this machine, which no proxy setting may reroute."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_proxy(addresses: Iterable[str]) -> dict[str, None]:
    """Return the `mounts` of an HTTP client that reaches those on this machine directly."""
    near = (urlsplit(printable(address)) for address in addresses if is_loopback(address))
    return {f"all://{parts.netloc}": None for parts in near}


def split_addresses(base_url: str) -> tuple[str, ...]:
    """Return the addresses in a `base_url` that may name several, separated by commas."""
    addresses = (address.strip().rstrip("/") for address in base_url.split(","))
    return tuple(dict.fromkeys(address for address in addresses if address))


def printable(url: str) -> str:
    """Return `url` without the user name and password it may carry."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@cache
def certificates() -> ssl.SSLContext:
    """Return the certificates, read once: reading them takes longer than building a client."""
    import httpx2

    return httpx2.create_ssl_context()
