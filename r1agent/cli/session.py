"""Settings and index as the commands need them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from r1agent.settings import Settings
    from r1agent_indexes import PaperIndex, Registries


def settings_from(config: Path | None, **overrides: Any) -> Settings:
    """Load the settings with a command's options on top."""
    from r1agent.settings import load_settings

    return load_settings(config, **overrides)


def require_named_index(settings: Settings) -> None:
    """Refuse an index that is not there, before anything is imported that takes seconds.

    Raises:
        IndexNotFoundError: The settings name a folder that holds none.
    """
    from r1agent_indexes.folder import require_index

    if settings.index is not None:
        require_index(settings.index)


def open_index(settings: Settings, *, create: bool = False) -> PaperIndex:
    """Open the index that the settings name.

    Raises:
        SettingsError: None is named.
    """
    from r1agent.errors import SettingsError
    from r1agent.index_models import embeddings_of
    from r1agent_indexes import PaperIndex

    if settings.index is None:
        raise SettingsError(
            "No index was named: pass `--index DIR`, set `R1AGENT_INDEX`, "
            'or write `index = "DIR"` into r1agent.toml.'
        )
    return PaperIndex.open(settings.index, embeddings=embeddings_of(settings), create=create)


def registries_of(settings: Settings) -> Registries:
    """Return where to look papers up, as the settings say."""
    from r1agent_indexes import Addresses, Registries

    addresses = Addresses(settings.crossref_url, settings.openalex_url, settings.arxiv_url)
    key = settings.openalex_key.get_secret_value() if settings.openalex_key else None
    return Registries(addresses, mailto=settings.mailto, openalex_key=key)
