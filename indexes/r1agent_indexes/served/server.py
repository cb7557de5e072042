"""A model server: asked again where that can help, and explained where it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from r1agent_indexes.bibliography.web_errors import TryAgainError, WebError
from r1agent_indexes.errors import EmbeddingModelError
from r1agent_indexes.repeats import pause
from r1agent_indexes.served.connection import Connection, printable

_REFUSED = frozenset({400, 422})
"""How servers refuse a field that they do not know, and a text that is too long."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a server is for, in the words of its messages."""

    name: str
    setting: str
    """What names its address."""
    key: str
    """The environment variable that holds its key."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a server is asked."""

    timeout: float = 120.0
    """Seconds that one request may take in all."""
    attempts: int = 5
    """How often a request is made while the server is busy, broken or out of reach."""
    at_once: int = 8
    """How many requests may be under way, from all threads."""


class ModelServer:
    """Ask a server of models.

    Args:
        role: What it is for.
        url: Its address, as far as all its paths share it.
        api_key: Sent as a bearer token; never shown.
        patience: How long and how often it is asked.
    """

    def __init__(
        self, role: Role, url: str, *, api_key: SecretStr | None, patience: Patience
    ) -> None:
        self._role = role
        self._attempts = patience.attempts
        self._takes_extra = True
        self._connection = Connection(
            url, api_key=api_key, timeout=patience.timeout, at_once=patience.at_once
        )

    def post(self, path: str, body: Mapping[str, Any], extra: Mapping[str, Any]) -> Any:
        """Return what the server answers in JSON.

        Args:
            path: What follows the address.
            body: What every server takes.
            extra: What some servers refuse; one that does is never sent it again.

        Raises:
            EmbeddingModelError: No answer came, after repeats where those could help.
        """
        try:
            if not self._takes_extra:
                return self._repeated("POST", path, body)
            try:
                return self._repeated("POST", path, {**body, **extra})
            except WebError as error:
                if error.status not in _REFUSED:
                    raise
            answer = self._repeated("POST", path, body)
        except WebError as error:
            raise self._failure(error) from error
        self._takes_extra = False
        return answer

    def models(self) -> list[str]:
        """Return the names of the models that the server serves, at least one.

        Raises:
            EmbeddingModelError: It does not tell.
        """
        try:
            names = self._listed()
        except WebError as error:
            raise self._failure(error) from error
        if not names:
            raise self.nonsense("`/models` without a model")
        return names

    def nonsense(self, found: str) -> EmbeddingModelError:
        """Return the error of a server that answers something else than what was asked for."""
        return self._error(f"answered {found}", self._wrong_place())

    def _listed(self) -> list[str]:
        found = self._repeated("GET", "/models", None)
        rows = found.get("data") if isinstance(found, dict) else None
        if not isinstance(rows, list):
            raise WebError("answered JSON without a list of models")
        return [row["id"] for row in rows if isinstance(row, dict) and type(row.get("id")) is str]

    def _repeated(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        again = Retrying(
            retry=retry_if_exception_type(TryAgainError),
            stop=stop_after_attempt(self._attempts),
            wait=pause,
            reraise=True,
        )
        return again(self._connection.ask, method, path, body)

    def _failure(self, error: WebError) -> EmbeddingModelError:
        if error.status in (401, 403):
            return self._error(str(error), f"Put its key into `{self._role.key}`.")
        if error.status == 404:
            return self._error(str(error), f"{self._served()}{self._wrong_place()}")
        if error.status in _REFUSED:
            do = "Its message says what it wants; a text too long needs a server with more context."
            return self._error(str(error), do)
        if isinstance(error, TryAgainError) or error.status is not None:
            do = f"Start it, see its log, or correct `{self._role.setting}`; then try again."
            return self._error(str(error), do)
        return self._error(str(error), self._wrong_place())

    def _served(self) -> str:
        """Return a sentence on the models that are there, nothing where the server is silent."""
        try:
            names = ", ".join(map(repr, self._listed()[:5]))
        except WebError:
            return ""
        return f"It serves {names}: ask for one of these. " if names else ""

    def _wrong_place(self) -> str:
        return (
            f"Check that `{self._role.setting}` is the address of such a server, which mostly ends "
            "in `/v1`, and see its log."
        )

    def _error(self, found: str, do: str) -> EmbeddingModelError:
        place = printable(self._connection.url)
        return EmbeddingModelError(f"The {self._role.name} at {place!r} {found}. {do}")
