"""What each source stated of a paper, kept in the database beside what is shown of it."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import Any

from r1agent_indexes.search.keyword import keyword_text
from r1agent_indexes.store import Store
from r1agent_indexes.types import PaperMetadata


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """What is remembered of one paper."""

    own: PaperMetadata | None = None
    """What its file gave, where something else is shown now."""
    asked: str = ""
    """What a registry was asked last."""
    registry: PaperMetadata | None = None
    """What it answered; None where it knew nothing."""


def read_stated_facts(store: Store) -> dict[str, StatedFacts]:
    """Return what is remembered, by paper."""
    found: defaultdict[str, StatedFacts] = defaultdict(StatedFacts)
    for row in store.rows("SELECT paper, source, asked, facts FROM facts"):
        paper, facts = row["paper"], _from_json(row["facts"])
        if row["source"] == "file":
            found[paper] = replace(found[paper], own=facts)
        else:
            found[paper] = replace(found[paper], asked=row["asked"], registry=facts)
    return dict(found)


def write_known(store: Store, paper: str, known: PaperMetadata, *, own: PaperMetadata) -> None:
    """Show other facts of a paper, keep its own, and find its passages by the new title."""
    with store.transaction() as db:
        db.execute("INSERT OR IGNORE INTO facts VALUES (?, 'file', '', ?)", (paper, _as_json(own)))
        db.execute(
            "UPDATE papers SET title = ?, authors = ?, year = ?, doi = ?, arxiv_id = ?, venue = ?,"
            " citation_key = ?, tags = ? WHERE id = ?",
            (
                *(known.title, json.dumps(known.authors), known.year, known.doi, known.arxiv_id),
                *(known.venue, known.citation_key, json.dumps(known.tags), paper),
            ),
        )
        db.execute(
            "UPDATE keywords SET title = ? WHERE rowid IN (SELECT key FROM chunks WHERE paper = ?)",
            (keyword_text(known.title), paper),
        )


def write_registry_answer(
    store: Store, paper: str, asked: str, facts: PaperMetadata | None
) -> None:
    """Remember what a registry answered, so that it is asked once."""
    with store.transaction() as db:
        db.execute(
            "INSERT OR REPLACE INTO facts VALUES (?, 'registry', ?, ?)",
            (paper, asked, _as_json(facts)),
        )


def _as_json(facts: PaperMetadata | None) -> str:
    return json.dumps(asdict(facts) if facts else None, ensure_ascii=False)


def _from_json(text: str) -> PaperMetadata | None:
    values: dict[str, Any] | None = json.loads(text)
    if values is None:
        return None
    lists = {name: tuple(values[name]) for name in ("authors", "tags")}
    return PaperMetadata(**{**values, **lists})
