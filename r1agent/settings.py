"""What a person can set, from arguments, the environment and `r1agent.toml`."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from r1agent.errors import ArgumentError, SettingsError
from r1agent.wanted_values import wanted_value

FILE_NAME = "r1agent.toml"
PREFIX = "R1AGENT_"
_ENVIRONMENT_ONLY = ("sandbox_token", "embedding_key", "reranker_key")
"""Secrets that no settings file may hold."""
SECRETS = ("api_key", "openalex_key", *_ENVIRONMENT_ONLY)
_PATHS = ("index", "cache_dir", "runs_dir", "data", "vllm_python")


def load_settings(config: str | Path | None = None, **overrides: Any) -> Settings:
    """Load the settings: arguments first, then environment, settings file and defaults.

    Args:
        config: The settings file; otherwise the nearest `r1agent.toml` is looked for.
        **overrides: Values by field name; those that are None count as not given.

    Raises:
        SettingsError: A key, variable or value that is not known, or a file that cannot be read.
    """
    path = Path(config) if config else find_settings_file(_this_folder())
    if path and path.is_dir():
        raise ArgumentError(
            "config",
            f"is the folder {str(path)!r}; wanted a settings file. An index is named with "
            f"`index={str(path)!r}`.",
        )
    file_values = _read_file(path) if path else {}
    arguments = {key: value for key, value in overrides.items() if value is not None}
    _refuse_unknown(file_values, where=f"in {str(path)!r}")
    _refuse_secret(file_values, path)
    _refuse_unknown(_from_environment(), where="in the environment", prefix=PREFIX)
    _refuse_unknown(arguments, where="among the arguments")
    below_environment = {
        key: value for key, value in file_values.items() if key not in _from_environment()
    }
    try:
        return Settings(**below_environment | arguments)
    except ValidationError as error:
        raise _explained(error, arguments, path) from None


def _server_address(url: str) -> str:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError("an address such as 'http://127.0.0.1:8000/v1'")
    return url.rstrip("/")


def _joined(addresses: Any) -> Any:
    return ",".join(map(str, addresses)) if isinstance(addresses, list) else addresses


def _server_addresses(urls: str) -> str:
    return ",".join(_server_address(url.strip()) for url in urls.split(","))


Screening = Literal["off", "warn", "block"]
Folder = Annotated[Path, AfterValidator(Path.expanduser)]
Executable = Annotated[Path, AfterValidator(Path.expanduser)]
Address = Annotated[str, AfterValidator(_server_address)]
Addresses = Annotated[str, BeforeValidator(_joined), AfterValidator(_server_addresses)]


class Settings(BaseSettings):
    """Everything that can be set. `load_settings` also reads the settings file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    base_url: Addresses | None = None
    """An OpenAI-compatible server; None leaves it to `engine`. Several, with commas between them
    or as a list, where replicas serve the same model."""
    model: str | None = None
    """Name at the server, or of embedded weights; None takes the server's own or the default."""
    api_key: SecretStr | None = None
    engine: Literal["auto", "vllm", "embedded"] = "auto"
    """What answers without `base_url`; `auto` is vLLM where a card and a vLLM are."""
    vllm_python: Executable | None = None
    """The Python that has vLLM; None takes the one that runs."""
    precision: Literal["bf16", "fp8", "8bit", "4bit"] | None = None
    """Of the weights in vLLM; None takes the best that fits."""
    gpu_reserve_gb: float = Field(1.0, ge=0)
    """Gigabytes (10^9 bytes) of each card that vLLM leaves to others, such as FAISS."""
    index: Folder | None = None
    """Folder of the index of papers that is searched; None answers without papers."""
    embedding_model: str | None = None
    """A sentence-transformers model; None takes the packaged all-MiniLM-L6-v2."""
    embedding_url: Address | None = None
    """A server of embedding models, in which case `embedding_model` is the name it serves."""
    embedding_key: SecretStr | None = None
    """The embedding server's key, which no settings file may hold."""
    reranker: str | None = None
    """What puts found passages in a better order: `late`, or a cross-encoder; None leaves them."""
    reranker_url: Address | None = None
    """A server with `/rerank`, in which case `reranker` is the name it serves."""
    reranker_key: SecretStr | None = None
    """The reranking server's key, which no settings file may hold."""
    cache_dir: Folder = Field(default_factory=lambda: platformdirs.user_cache_path("r1agent"))
    """Where downloaded weights are kept."""
    runs_dir: Folder = Field(
        default_factory=lambda: platformdirs.user_state_path("r1agent") / "runs"
    )
    """Where the journal of every run is kept."""

    context: int = Field(8192, ge=1024)
    """Tokens of context that prompt and reply share."""
    temperature: float = Field(0.6, ge=0, le=2)
    """How freely the model chooses words; 0.6 is what the R1 model card asks for."""
    top_p: float = Field(0.95, gt=0, le=1)
    """Share of likely words it chooses from; 0.95 is what the R1 model card asks for."""
    passages: int | None = Field(None, ge=1, le=20)
    """Passages a search returns."""
    drafts: int | None = Field(None, ge=1, le=8)
    """Answers that are written apart, until two say the same; None takes what suits the model."""
    max_steps: int = Field(6, ge=1, le=20)
    """Steps a plan may have."""
    max_calls: int = Field(12, ge=1)
    """Tool calls a run may make."""
    max_tokens: int = Field(200_000, ge=1)
    """Prompt and completion tokens a run may use in total."""
    deadline_seconds: float | None = Field(None, gt=0)
    """Seconds after which a run answers with what it has; None sets no limit."""
    request_timeout_seconds: float = Field(600, gt=0)
    """How long one request to the model server may take."""
    max_retries: int = Field(2, ge=0)
    """Repeats of a request that failed on the way."""
    server_wait_seconds: float = Field(120, ge=0)
    """How long a model server that answered before may be away, for a restart."""
    max_concurrency: int = Field(64, ge=1)
    """Requests at once to each model server; the others wait their turn."""
    unsafe_python: bool = False
    """Run Python where the sandbox cannot be confined. Off: the tool refuses."""
    sandbox: Literal["local", "docker", "remote", "external"] = "local"
    """Where Python runs; `external` trusts that this machine is itself disposable."""
    sandbox_image: str = "python:3.12-slim"
    """The image of `docker`; it needs Python 3.11 or newer, and is never pulled."""
    sandbox_runtime: str | None = None
    """The runtime of `docker`, such as `runsc`; None takes the daemon's own."""
    sandbox_url: Address | None = None
    """The service of `remote`: `https`, except on this machine."""
    sandbox_token: SecretStr | None = None
    """The service's token, which no settings file may hold."""
    data: Folder | None = None
    """A folder of yours that programs may read, and nothing else may be written or read there."""
    entailment: Literal["auto", "nli", "model", "floors"] = "auto"
    """What judges whether quotes carry a sentence; `auto` takes an NLI model that is here, else
    floors of words and meaning."""
    nli_model: str | None = None
    """An NLI cross-encoder by name or folder; None takes the default one where it is here."""
    screen_question: Screening = "block"
    """What happens to a question that asks for harm."""
    screen_passages: Screening = "block"
    """What happens to a passage that gives orders to the model; `block` does not show it."""
    audit_answer: Screening = "warn"
    """What happens to a sentence that rests on little: marked, or with `block` left out."""
    provenance_mark: bool = False
    """Put an invisible mark into exported text that `r1agent provenance` finds again."""
    cache_requests: bool = True
    """Answer a request that the same model had before, word for word, from the disk."""
    hub_timeout_seconds: float = Field(10, gt=0)
    """How long to wait for a hub before the next source is tried."""
    mailto: str | None = None
    """Your address, sent to Crossref and OpenAlex, which serve those who give one first."""
    openalex_key: SecretStr | None = None
    """OpenAlex wants a key, which is free, for more than a few searches a day."""
    crossref_url: Address = "https://api.crossref.org"
    """Where Crossref is asked for metadata."""
    openalex_url: Address = "https://api.openalex.org"
    """Where OpenAlex is asked for metadata."""
    arxiv_url: Address = "https://arxiv.org"
    """Where arXiv papers are fetched."""
    threads: int | None = Field(None, ge=1)
    """Threads of the embedded engine; None takes the machine's cores."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments and environment only; `load_settings` adds the file below them."""
        return init_settings, env_settings


def _this_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise SettingsError(
            "The folder that r1agent runs in was removed. Change to one that is there."
        ) from None


def find_settings_file(start: Path) -> Path | None:
    """Find `r1agent.toml` in `start` or the parents of it that belong to the same person.

    The search ends at the home folder. A parent owned by somebody else ends it too: a file
    planted in a shared folder must not choose the model server.
    """
    home = Path.home()
    for folder in (start, *start.parents):
        if folder != start and folder.stat().st_uid != home.stat().st_uid:
            return None
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if folder == home:
            return None
    return None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The settings file {str(path)!r} cannot be read ({error.strerror}). "
            "Name an existing file with `--config`, or leave the option out."
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"The settings file {str(path)!r} is not UTF-8 text (byte {error.start}). Save it as "
            "UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"The settings file {str(path)!r} is not TOML: {error}. "
            'Each line is `name = value`, with text in "quotes".'
        ) from None
    return {key: _from_here(path.parent, key, value) for key, value in values.items()}


def _from_here(folder: Path, key: str, value: Any) -> Any:
    """Let the paths in a settings file start from its folder."""
    if key not in _PATHS or not isinstance(value, str):
        return value
    return folder / Path(value).expanduser()


def _from_environment() -> dict[str, str]:
    return {
        name[len(PREFIX) :].lower(): value
        for name, value in os.environ.items()
        if name.upper().startswith(PREFIX) and value
    }


def _refuse_unknown(values: Mapping[str, Any], *, where: str, prefix: str = "") -> None:
    known = list(Settings.model_fields)
    for key, value in values.items():
        if key not in known:
            if isinstance(value, dict):
                raise SettingsError(
                    f"There is a section `[{key}]` {where}. Take its line out: settings stand in "
                    "no section."
                )
            spelled = (prefix + key).upper() if prefix else key
            raise SettingsError(
                f"Unknown setting `{spelled}` {where}. {_nearest(key, known, prefix)}"
            )


def _refuse_secret(values: Mapping[str, Any], path: Path | None) -> None:
    for name in _ENVIRONMENT_ONLY:
        if name in values:
            raise SettingsError(
                f"The setting `{name}` is in {str(path)!r}, where others may read it. Take it out, "
                f"and put the secret into the environment variable `{PREFIX}{name.upper()}`."
            )


def _nearest(key: str, known: Iterable[str], prefix: str) -> str:
    spelled = {name: (prefix + name).upper() if prefix else name for name in known}
    close = difflib.get_close_matches(key.replace("-", "_"), spelled, n=1, cutoff=0.5)
    if close:
        return f"Did you mean `{spelled[close[0]]}`?"
    return f"Known settings: {', '.join(spelled.values())}."


def _explained(
    error: ValidationError, arguments: Mapping[str, Any], path: Path | None
) -> SettingsError:
    first = error.errors(include_url=False)[0]
    key = str(first["loc"][0])
    found = "cannot be used" if key in SECRETS else f"is {_found(first, key)!r}"
    problem = f"{found}; wanted {wanted_value(first['msg'])}."
    if key in arguments:
        return ArgumentError(key, problem)
    return SettingsError(f"{_where(key, path)} {problem}")


def _found(first: Any, key: str) -> Any:
    value = _from_environment().get(key, first["input"])
    return str(value) if isinstance(value, Path) else value


def _where(key: str, path: Path | None) -> str:
    if key in _from_environment():
        return f"The environment variable `{PREFIX}{key.upper()}`"
    return f"The setting `{key}` in {str(path)!r}"
