"""Whether an address is out in the world: what a list or a redirect names must not reach inside."""

import ipaddress
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from r1agent_indexes.bibliography.web_errors import TryAgainError, WebError


def require_public(url: str, allowed: Collection[str] = ()) -> None:
    """Refuse an address that is not http(s), or is of this machine or a private network.

    Args:
        url: The address.
        allowed: Hosts, with their ports, that are fetched from wherever they are.

    Raises:
        WebError: It is refused; the reason is in the message.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise WebError(f"has no address that can be read: {url!r}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise WebError(f"leads to {url!r}; only http and https are followed")
    if parts.netloc.rpartition("@")[2] in allowed:
        return
    for address in _addresses(host, port or (443 if parts.scheme == "https" else 80), url):
        _require_global(address, host)


def require_public_peer(response: Any, allowed: Collection[str]) -> None:
    """Refuse an answer that came from within although its name led out when it was looked up."""
    url = str(response.url)
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    if peer is None or urlsplit(url).netloc.rpartition("@")[2] in allowed or _is_proxied(url):
        return
    _require_global(str(peer[0]), urlsplit(url).hostname or "")


def _require_global(address: str, host: str) -> None:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or ip
    if not inner.is_global or inner.is_multicast:
        raise WebError(
            f"leads to {host!r}, which is this machine or a private network; papers are fetched "
            "from public addresses only"
        )


def _addresses(host: str, port: int, url: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    if _is_proxied(url) and host != "localhost":
        return []  # the proxy looks the name up, and decides
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryAgainError(f"is out of reach ({host!r}: {error})") from None
    return [str(each[4][0]) for each in found]


def _is_proxied(url: str) -> bool:
    parts = urlsplit(url)
    proxies = getproxies()
    named = parts.scheme in proxies or "all" in proxies
    return named and not proxy_bypass(parts.hostname or "")
