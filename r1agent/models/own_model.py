"""Says what is wrong with a chat model of the user's own: found, wanted, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import openai
from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from r1agent.errors import ModelServerError
from r1agent.models.failures import RequestRefusedError, origin_of

_LONGEST = 300
"""Characters of what a client says."""
_Kinds = tuple[type[Exception], ...]
_REFUSED: _Kinds = (
    ModelInvalidRequestError,
    ContextOverflowError,
    openai.BadRequestError,
    openai.UnprocessableEntityError,
)
_TOLD: tuple[tuple[_Kinds, str], ...] = (
    (
        (
            ModelAuthenticationError,
            ModelPermissionDeniedError,
            openai.AuthenticationError,
            openai.PermissionDeniedError,
        ),
        "was refused its API key ({said}). Give the model the key of its server.",
    ),
    (
        (ModelNotFoundError, openai.NotFoundError),
        "names a model or an address that its server does not have ({said}). Correct them.",
    ),
    (
        (ModelRateLimitError, openai.RateLimitError),
        "is over the limit of its server ({said}). Wait, or send fewer questions at once.",
    ),
    (
        (ModelTimeoutError, openai.APITimeoutError, httpx2.TimeoutException),
        "got no answer in time ({said}). Wait until its server is ready, or allow it more time.",
    ),
    (
        (ModelConnectionError, openai.APIConnectionError, httpx2.ConnectError),
        "cannot reach its server ({said}). Start the server, or correct the model's address.",
    ),
    (
        (ModelAPIError, openai.InternalServerError),
        "met an error of its server ({said}). Look into the server's log, then ask again.",
    ),
)
"""What is wrong and what to do, by the kind of error; the first that fits counts."""


@contextmanager
def explained(model: BaseChatModel) -> Iterator[None]:
    """Turn any failure of a chat model, by langchain-core's or openai's errors, into ours.

    Our own client raises none of these: it tells more of its server.

    Raises:
        RequestRefusedError: The request is refused as it is.
        ModelServerError: The model's server cannot be used.
    """
    try:
        yield
    except (ModelError, openai.OpenAIError, httpx2.HTTPError) as error:
        said = _said(error, model)
        name = f"The chat model {type(model).__name__}"
        if isinstance(error, _REFUSED):
            raise RequestRefusedError(f"{name} refused the request: {said}") from error
        raise ModelServerError(f"{name} {_told(error).format(said=said)}") from error


def _told(error: Exception) -> str:
    for kinds, told in _TOLD:
        if isinstance(error, kinds):
            return told
    return "failed ({said}). Look into the log of its server, then ask again."


def _said(error: Exception, model: BaseChatModel) -> str:
    """Return what the client says, or what stopped it from reaching a server; no secret."""
    lost = isinstance(error, ModelConnectionError | openai.APIConnectionError)
    text = " ".join(str(origin_of(error) if lost else error).split())
    return _without_keys(text, model)[:_LONGEST].rstrip(".") or type(error).__name__


def _without_keys(text: str, model: BaseChatModel) -> str:
    fields = (getattr(model, name, None) for name in type(model).model_fields)
    keys = [one.get_secret_value() for one in fields if isinstance(one, SecretStr)]
    for key in filter(None, keys):
        text = text.replace(key, "***")
    return text
