"""Settings and index as the commands need them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from r1agent.settings import Settings
    from r1agent_indexes import PaperIndex


def settings_from(config: Path | None, **overrides: Any) -> Settings:
    """Load the settings with a command's options on top."""
    from r1agent.settings import load_settings

    return load_settings(config, **overrides)


def open_index(settings: Settings, *, create: bool = False) -> PaperIndex:
    """Open the index that the settings name.

    Raises:
        SettingsError: None is named.
    """
    from r1agent.errors import SettingsError
    from r1agent_indexes import PaperIndex, load_embeddings

    if settings.index is None:
        raise SettingsError(
            "No index was named: pass `--index DIR`, set `R1AGENT_INDEX`, "
            'or write `index = "DIR"` into r1agent.toml.'
        )
    embeddings = load_embeddings(settings.embedding_model)
    return PaperIndex.open(settings.index, embeddings=embeddings, create=create)
