"""Say what is wrong with a model server, in one place: found, wanted, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from json import JSONDecodeError
from typing import Any

import httpx2
import openai

from r1agent.errors import ModelServerError
from r1agent.models.connection import printable
from r1agent.models.server_status import probe

_DOCTOR = "`r1agent doctor` shows what answers there."


class RequestRefusedError(ModelServerError):
    """The server refuses the request as it is (400 or 422), for one because of its schema."""


@dataclass(frozen=True, slots=True)
class Server:
    """A model server as far as an error message needs it; its key is never printed."""

    addresses: tuple[str, ...]
    """Several where replicas serve the model; an error names those that it is about."""
    model: str
    api_key: str | None

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn any failure of a request into a `ModelServerError`."""
        try:
            yield
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise self._explain(error) from error
        except JSONDecodeError as error:
            raise self.nonsense(f"broken JSON ({error.doc[:80]!r})") from error

    def nonsense(self, found: str) -> ModelServerError:
        """Return the error for an answer that came but is no chat completion."""
        return self._error(
            f"answered with {found} instead of a chat completion; check that the address is an "
            "OpenAI-compatible one (it mostly ends in `/v1`)."
        )

    def cut(self, reason: str) -> ModelServerError:
        """Return the error for an answer that stops in the middle."""
        return self._error(
            f"stopped in the middle of its answer ({reason}); look into the server's log, "
            "it may have crashed or run out of memory, then ask again."
        )

    def _explain(self, error: openai.OpenAIError | httpx2.HTTPError) -> ModelServerError:
        return replace(self, addresses=self._concerned(error))._explain_theirs(error)

    def _concerned(self, error: Exception) -> tuple[str, ...]:
        """Return the replica that failed, or all of them where none could be reached."""
        if isinstance(origin_of(error), httpx2.ConnectError | httpx2.ConnectTimeout):
            return self.addresses
        asked = _asked(error)
        place = (asked.host, asked.port) if asked else None
        urls = ((address, httpx2.URL(address)) for address in self.addresses)
        return tuple(one for one, url in urls if (url.host, url.port) == place) or self.addresses

    def _explain_theirs(self, error: openai.OpenAIError | httpx2.HTTPError) -> ModelServerError:
        if isinstance(error, openai.APIStatusError):
            return self._explain_status(error)
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
            return self._error(
                "did not answer in time; it may be busy or still loading: wait, or allow more "
                f"time with `timeout`. {_DOCTOR}"
            )
        origin = origin_of(error)
        if isinstance(origin, httpx2.RemoteProtocolError | httpx2.ReadError):
            return self.cut(str(origin) or "the connection was lost")
        if isinstance(error, openai.APIConnectionError):
            return self._error(
                f"cannot be reached ({origin}); start the server or correct `base_url`. {_DOCTOR}"
            )
        if isinstance(error, openai.APIResponseValidationError):
            return self.nonsense("something else")
        return self.cut(str(error))

    def _explain_status(self, error: openai.APIStatusError) -> ModelServerError:
        if _is_html(error.response):
            return self.nonsense(f"a web page (status {error.status_code})")
        said = self._said(error)
        if error.status_code in {401, 403}:
            return self._error(
                f"refused the API key (status {error.status_code}{said}); pass the server's own "
                "key as `api_key`."
            )
        if error.status_code == 404:
            return self._error(f"does not serve {self.model!r} (status 404{said}); {self._known()}")
        if error.status_code == 429:
            return self._error(f"is over its limit (status 429{said}); {_when_again(error)}")
        if error.status_code in {400, 422}:
            return RequestRefusedError(
                self._sentence(
                    f"refused the request (status {error.status_code}{said}); if it was too long, "
                    "ask for less at once or start the server with a longer context."
                )
            )
        if error.status_code < 500:
            return self._error(f"refused the request (status {error.status_code}{said}).")
        return self._error(
            f"failed (status {error.status_code}{said}); look into its log, then ask again."
        )

    def _known(self) -> str:
        status = probe(self.addresses[0], self.api_key)
        if status.models:
            return f"it serves {', '.join(map(repr, status.models))}: pass one of these as `model`."
        return "check `model`, and that `base_url` ends in `/v1` if the server wants that."

    def _said(self, error: openai.APIStatusError) -> str:
        body = error.body
        message = body.get("message") if isinstance(body, dict) else None
        if not isinstance(message, str):
            message = error.response.text
        shown = " ".join(message.split())[:300]
        return f": {self._without_key(shown)}" if shown else ""

    def _error(self, what: str) -> ModelServerError:
        return ModelServerError(self._sentence(what))

    def _sentence(self, what: str) -> str:
        where = ", ".join(printable(address) for address in self.addresses)
        return self._without_key(f"The model server at {where!r} {what}")

    def _without_key(self, text: str) -> str:
        return text.replace(self.api_key, "***") if self.api_key else text


def origin_of(error: BaseException) -> BaseException:
    """Return the HTTP client's own error behind the layers that wrapped it."""
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, httpx2.HTTPError):
        behind = behind.__cause__ or behind.__context__
    return behind or error


def _asked(error: Exception) -> httpx2.URL | None:
    """Return the address that a request went to in the end."""
    try:
        request = getattr(error, "request", None)
    except RuntimeError:  # an error of httpx2 that was raised without one
        return None
    return request.url if isinstance(request, httpx2.Request) else None


def _when_again(error: openai.APIStatusError) -> str:
    after = error.response.headers.get("Retry-After")
    if after is None:
        return "wait, or send fewer questions at once."
    return f"it asks to wait {after} s (`Retry-After`): ask again then."


def _is_html(response: Any) -> bool:
    return "html" in str(response.headers.get("Content-Type", ""))
