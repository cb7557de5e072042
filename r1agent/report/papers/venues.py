"""Where a cited paper came out: in a journal, in proceedings, or nowhere that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from r1agent.report.printable import one_line
from r1agent.types import Citation

_NONE = re.compile(r"arxiv|rxiv|preprint|working paper|预印本", re.IGNORECASE)
_MEETING = re.compile(
    r"\b(proceedings|proc\.|conference|workshop|symposium|congress|meeting of the"
    r"|advances in neural information|lecture notes|neurips|nips|icml|iclr|cvpr|iccv|eccv|aaai"
    r"|ijcai|acl|emnlp|naacl|eacl|kdd|sigir|interspeech|icassp)\b|会议|大会|研讨会",
    re.IGNORECASE,
)
_JOURNAL = re.compile(
    r"\b(journal|transactions|letters|proceedings of (the )?(national academy|royal society|ieee$"
    r"|vldb endowment)|proceedings on privacy)\b|学报",
    re.IGNORECASE,
)
"""Journals whose names sound like meetings, by how they begin or what they say of themselves."""


@dataclass(frozen=True, slots=True)
class Venue:
    """A journal, or the proceedings of a meeting."""

    name: str
    kind: Literal["journal", "proceedings"]


def venue_of(paper: Citation) -> Venue | None:
    """Return where a paper came out; None where nothing is known, or only a preprint server.

    The kind is told by the name, which is all that an index keeps.
    """
    name = one_line(paper.venue or "")
    if not name or _NONE.search(name):
        return None
    is_meeting = _MEETING.search(name) and not _JOURNAL.search(name)
    return Venue(name, "proceedings" if is_meeting else "journal")
