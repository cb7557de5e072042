"""What a reader finds in a file, before anything is made of it."""

from dataclasses import dataclass, field

from r1agent_indexes.reading.normalise import Line
from r1agent_indexes.types import PaperMetadata


@dataclass(frozen=True, slots=True)
class ParsedPaper:
    """The lines of every page, with what the file itself states about the paper."""

    pages: list[list[Line]]
    labels: list[str]
    stated: dict[str, str] = field(default_factory=dict)
    """The document information of a PDF: Title, Author, Subject, …"""
    hidden: list[str] = field(default_factory=list)
    """The text on each page that a reader cannot see; empty where no page has any."""
    metadata: PaperMetadata | None = None
    """What a structured format states in fields of its own; they are believed as they are."""
