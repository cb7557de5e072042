"""How much a model reads at once, and how long a text is to it, as its server says."""

from __future__ import annotations

import contextlib
import re
import threading
from collections import OrderedDict
from typing import Any
from urllib.parse import urlsplit

import httpx2
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from r1agent.models.connection import certificates, is_loopback, split_addresses
from r1agent.models.per_model import PerModel

_PIECE = re.compile(r"[A-Za-z]{1,3}|[^\sA-Za-z]|\s+")
_TEMPLATE_TOKENS = 64
"""For what a chat template puts around a prompt: marks, and a system text of its own."""
_REMEMBERED = 512
_PROBE_SECONDS = 5.0


class ContextWindow:
    """The window of one model: its size, and the length of texts in its own tokens.

    The server is asked on first use, and for a text once. It must be of the kind that tells (vLLM,
    llama.cpp, SGLang); of others the size is unknown, and lengths are estimated on the safe side.

    Args:
        base_url: The OpenAI-compatible address; None for a model without one. Of several, with
            commas between them, the first one that answers is asked.
        model: The name under which the server serves it.
        api_key: Sent as a bearer token where given.
        tokens: The size, where it is known already.
    """

    def __init__(
        self,
        base_url: str | None,
        model: str,
        api_key: str | None = None,
        *,
        tokens: int | None = None,
    ) -> None:
        self._addresses = split_addresses(base_url or "")
        self.model = model
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._tokens = tokens
        self._is_known = tokens is not None or not self._addresses
        self._counts = bool(self._addresses)
        self._counted: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int | None:
        """Tokens that prompt and reply share; None: nobody says."""
        with self._lock:
            if not self._is_known:
                self._tokens = self._ask_size()
                self._is_known = True
            return self._tokens

    def holds(self, prompt: str, reply_tokens: int) -> bool:
        """Tell whether `prompt` and a reply of so many tokens fit; the server counts if need be."""
        if self.tokens is None:
            return True
        room = self.tokens - reply_tokens
        return most_tokens(prompt) <= room or self.count(prompt) <= room

    def count(self, prompt: str) -> int:
        """Return how many tokens a prompt takes, with the marks of the chat template."""
        with self._lock:
            if prompt in self._counted:
                self._counted.move_to_end(prompt)
                return self._counted[prompt]
        counted = self._ask_count(prompt) if self._counts else None
        if counted is None:
            return estimated_tokens(prompt)
        with self._lock:
            self._counted[prompt] = counted + _TEMPLATE_TOKENS
            if len(self._counted) > _REMEMBERED:
                self._counted.popitem(last=False)
        return counted + _TEMPLATE_TOKENS

    def _ask_size(self) -> int | None:
        """Read it off the list of models (vLLM, SGLang, llama.cpp) or llama.cpp's properties."""
        rows = self._said("GET", "/models").get("data")
        row = next((one for one in _objects(rows) if one.get("id") == self.model), {})
        listed = row.get("max_model_len") or _object(row.get("meta")).get("n_ctx")
        if _size(listed) is not None:
            return _size(listed)
        properties = self._said("GET", "/props", at_root=True)
        return _size(_object(properties.get("default_generation_settings")).get("n_ctx"))

    def _ask_count(self, text: str) -> int | None:
        """Have the server count: vLLM wants `prompt`, llama.cpp `content`."""
        body = {"model": self.model, "prompt": text, "content": text}
        said = self._said("POST", "/tokenize", body, at_root=True)
        tokens = said.get("tokens")
        listed = len(tokens) if isinstance(tokens, list) else None
        counted = _size(said.get("count", listed))
        self._counts = counted is not None
        return counted

    def _said(
        self, method: str, path: str, body: dict[str, str] | None = None, *, at_root: bool = False
    ) -> dict[str, Any]:
        """Return the object of the first server that answers; an empty one where none does.

        That one is asked first from then on.
        """
        for address in self._addresses:
            with contextlib.suppress(httpx2.TransportError):
                said = self._answer(method, (_root(address) if at_root else address) + path, body)
                self._addresses = tuple(sorted(self._addresses, key=lambda one: one != address))
                return said
        return {}

    def _answer(self, method: str, url: str, body: dict[str, str] | None) -> dict[str, Any]:
        """Return a server's object; an empty one where it knows no such address."""
        options: dict[str, Any] = {"timeout": _PROBE_SECONDS, "trust_env": not is_loopback(url)}
        try:
            with httpx2.Client(headers=self._headers, verify=certificates(), **options) as client:
                response = client.request(method, url, json=body)
                response.raise_for_status()
                return _object(response.json())
        except httpx2.TransportError:
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
            return {}


def window_of(model: BaseChatModel) -> ContextWindow:
    """Return the window of a chat model; it is unknown for one without a server."""
    return _WINDOWS.of(model)


def most_tokens(prompt: str) -> int:
    """Return more tokens than `prompt` can have: each stands for a byte at least."""
    return len(prompt.encode(errors="replace")) + _TEMPLATE_TOKENS


def estimated_tokens(prompt: str) -> int:
    """Estimate the tokens of `prompt` on the safe side, for any tokenizer.

    Three letters, any other sign and any white space count as one.
    """
    return sum(1 for _ in _PIECE.finditer(prompt)) + _TEMPLATE_TOKENS


def _new_window(model: BaseChatModel) -> ContextWindow:
    key = getattr(model, "api_key", None)
    return ContextWindow(
        getattr(model, "addresses", None) or getattr(model, "api_base", None),
        str(getattr(model, "model_name", "")),
        key.get_secret_value() if isinstance(key, SecretStr) else None,
    )


_WINDOWS = PerModel(_new_window)


def _root(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _size(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    return value
