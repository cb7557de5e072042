"""Papers that are nearly the same, a preprint and its published version: which, and which stays.

A paper's signature is a MinHash of the runs of three words in its passages. On 49 papers of one
field the likeness of two different ones was .04 at most; of one paper and a made version of it with
a tenth of its text changed, in words, sentences or both, .46 to 1. So from .45 on two papers are
taken for one, unless their identifiers say otherwise.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from r1agent_indexes.store import Store
from r1agent_indexes.types import PaperMetadata

THRESHOLD: Final = 0.45
"""Estimated Jaccard likeness of two signatures from which on their papers are one."""
_HASHES = 256
"""The estimate is off by sqrt(.45 * .55 / 256) = .03 (Broder 1997)."""
_WORDS = 3
_FEWEST = 100
"""Different runs of words below which a paper is too short to be told from another."""
_SEED = 42
_WORD = re.compile(r"\w+")
_PREPRINT = re.compile(
    r"10\.(48550|21203|2139|20944|26434|36227|312\d\d|35542|5281|6084|17605|13140)/|10\.1101/\d"
)
"""DOIs of arXiv, bioRxiv and medRxiv, Research Square, SSRN, the OSF's servers, Zenodo, figshare
and others that hold papers before, or beside, their publication."""

Hashes = NDArray[np.uint16]


def signature_of(passages: Sequence[Document]) -> bytes | None:
    """Return the MinHash of a paper, None where it is too short for one.

    The first byte tells which algorithm made it; then 256 hashes follow, 16 bits of each (Li and
    König 2010, b-bit minwise hashing).
    """
    from rensa import RMinHash

    words = _WORD.findall(" ".join(passage.page_content for passage in passages).lower())
    runs = {" ".join(words[at : at + _WORDS]) for at in range(len(words) - _WORDS + 1)}
    if len(runs) < _FEWEST:
        return None
    hashes = RMinHash(num_perm=_HASHES, seed=_SEED)
    hashes.update(sorted(runs))
    low = np.asarray(hashes.digest(), dtype=np.uint64).astype("<u2")
    return bytes([RMinHash.ALGORITHM_VERSION]) + low.tobytes()


class Signatures:
    """The signatures of all papers that stand for themselves, compared in one go.

    512 bytes a paper, so that of 100,000 papers none is missed for want of a bucket in common and
    a look-up takes some ten milliseconds.
    """

    def __init__(self, store: Store) -> None:
        """Read the signatures that an index holds."""
        self._ids: list[str] = []
        self._rows = np.zeros((64, _HASHES), dtype=np.uint16)
        for id_, signature in store.signatures():
            self.add(id_, signature)

    def add(self, paper: str, signature: bytes | None) -> None:
        """Take in a paper; one without a signature is like no other."""
        hashes = _hashes(signature)
        if hashes is None:
            return
        if len(self._ids) == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[len(self._ids)] = hashes
        self._ids.append(paper)

    def remove(self, paper: str) -> None:
        """Leave out a paper that is gone or folded."""
        if paper not in self._ids:
            return
        at, last = self._ids.index(paper), len(self._ids) - 1
        self._ids[at], self._rows[at] = self._ids[last], self._rows[last]
        self._ids.pop()

    def alike(self, signature: bytes | None) -> list[str]:
        """Return the papers that are nearly the same, most alike first."""
        hashes = _hashes(signature)
        if hashes is None or not self._ids:
            return []
        likeness = (self._rows[: len(self._ids)] == hashes).mean(axis=1)
        order = np.argsort(-likeness, kind="stable")
        return [self._ids[at] for at in order if likeness[at] >= THRESHOLD]


def may_be_one(one: PaperMetadata, other: PaperMetadata) -> bool:
    """Tell whether identifiers allow two papers to be versions of one."""
    dois = _published_doi(one), _published_doi(other)
    numbers = _arxiv_number(one), _arxiv_number(other)
    return not any(a and b and a != b for a, b in (dois, numbers))


def is_better(one: PaperMetadata, other: PaperMetadata) -> bool:
    """Tell whether the first is a published paper and the second is not known to be."""
    return _is_published(one) and not _is_published(other)


def _hashes(signature: bytes | None) -> Hashes | None:
    """Return the hashes of a signature, None where another algorithm made it."""
    from rensa import RMinHash

    if signature is None or signature[0] != RMinHash.ALGORITHM_VERSION:
        return None
    hashes = np.frombuffer(signature[1:], dtype="<u2")
    return hashes if len(hashes) == _HASHES else None


def _is_published(metadata: PaperMetadata) -> bool:
    return bool(_published_doi(metadata) or _is_venue(metadata.venue))


def _published_doi(metadata: PaperMetadata) -> str | None:
    doi = (metadata.doi or "").lower()
    return doi if doi and not _PREPRINT.match(doi) else None


def _is_venue(venue: str | None) -> bool:
    return bool(venue) and not re.search("arxiv|rxiv|preprint|working paper", venue or "", re.I)


def _arxiv_number(metadata: PaperMetadata) -> str | None:
    return re.sub(r"v\d+$", "", metadata.arxiv_id or "") or None
