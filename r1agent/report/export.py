"""Text that leaves r1agent: with the invisible mark of its run, where the settings ask for one."""

from __future__ import annotations

from r1agent.settings import Settings
from r1agent.types import Answer


def exported(text: str, answer: Answer, settings: Settings) -> str:
    """Return `text` as it is written to a file or to another program; quotes are left alone."""
    if not settings.provenance_mark:
        return text
    from r1agent.safety.provenance import embed_mark

    return embed_mark(text, answer.run, keep=[one.quote for one in answer.citations])
