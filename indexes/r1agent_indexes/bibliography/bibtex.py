"""BibTeX, as written by hand and by Zotero, JabRef and Mendeley -> entries."""

import logging
import re

from r1agent_indexes.bibliography.entry import (
    Entry,
    arxiv_id_in,
    bare_arxiv_id,
    doi_in,
    people,
    plain,
    tags_in,
    year_in,
)
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.types import PaperMetadata

_VENUES = ("journal", "journaltitle", "booktitle", "school", "institution", "publisher")
_PAPER_FILE = re.compile(r"\.(?:pdf|txt|md|html?|tex|xml|nxml)$", re.IGNORECASE)

_PARTS = 3
"""Of a file in a `file` field: description, path and type."""


def read_bibtex(text: str) -> tuple[list[Entry], list[str]]:
    """Return the entries of a BibTeX file, and what is wrong with those that it cannot give.

    Raises:
        UnreadablePaperError: It holds no entry at all.
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import NormalizeFieldKeys
    from bibtexparser.model import Entry as BibtexEntry

    for noisy in ("bibtexparser", "pylatexenc"):  # what they log is in the returned problems
        logging.getLogger(noisy).addHandler(logging.NullHandler())
    library = parse_string(text, append_middleware=[NormalizeFieldKeys()])
    entries = list(library.entries)
    problems = []
    for block in library.failed_blocks:
        if isinstance(block.ignore_error_block, BibtexEntry):
            entries.append(block.ignore_error_block)  # a key or a field twice: still a paper
        else:
            problems.append(f"line {(block.start_line or 0) + 1} begins an entry that never ends")
    if not entries:
        raise UnreadablePaperError(
            problems[0] if problems else "holds no BibTeX entry, such as `@article{key, ...}`"
        )
    return [_entry(one.key, {f.key: str(f.value) for f in one.fields}) for one in entries], problems


def _entry(key: str, fields: dict[str, str]) -> Entry:
    from bibtexparser.middlewares.names import split_multiple_persons_names

    names = split_multiple_persons_names(fields.get("author", ""))
    venue = next((fields[name] for name in _VENUES if fields.get(name)), "")
    facts = PaperMetadata(
        title=_text(fields.get("title", "")),
        authors=people(_text(name) for name in names),
        year=year_in(fields.get("year")) or year_in(fields.get("date")),
        doi=doi_in(fields.get("doi")) or doi_in(fields.get("url")),
        arxiv_id=_arxiv_id(fields),
        venue=_text(venue) or None,
        citation_key=key or None,
        tags=tags_in(_text(fields.get("keywords", ""))),
    )
    return Entry(facts, _files(fields.get("file", "")))


def _text(field: str) -> str:
    """Return a field as a reader sees it: accents, dashes, no braces, no commands."""
    from pylatexenc.latex2text import LatexNodes2Text

    whole = re.sub(r"(?<!\\)%", r"\\%", field)  # a comment to TeX, a percentage to BibTeX
    linked = re.sub(r"\\href\s*\{[^{}]*\}|\\url\s*(?=\{)", "", whole)
    try:
        return plain(LatexNodes2Text(math_mode="text").latex_to_text(linked))
    except (AttributeError, IndexError, KeyError, ValueError):  # a command without its arguments
        return plain(re.sub(r"\\[a-zA-Z]+\s*|[{}$\\]", "", linked))


def _arxiv_id(fields: dict[str, str]) -> str | None:
    kind = fields.get("archiveprefix") or fields.get("eprinttype") or ""
    eprint = bare_arxiv_id(fields.get("eprint")) if kind.lower() in ("arxiv", "") else None
    others = ("doi", "url", "journal", "note", "howpublished", "eprint", "number")
    return eprint or arxiv_id_in(*(fields.get(name) for name in others))


def _files(field: str) -> tuple[str, ...]:
    r"""Return the paths of a `file` field.

    It is a path, or has `description:path:type` for each file, parted by `;`, in which a colon, a
    semicolon and a backslash of a path are written `\:`, `\;` and `\\`. A description may look
    like a path, since Zotero describes a file by its name.
    """
    paths = map(_path, re.split(r"(?<!\\);", field))
    return tuple(dict.fromkeys(path for path in paths if _PAPER_FILE.search(path)))


def _path(field: str) -> str:
    """Return the path of one file of a `file` field."""
    parts = [part.strip() for part in re.split(r"(?<!\\):(?![\\/]{2})", field)]
    named = [part for part in parts if _PAPER_FILE.search(part)]
    path = parts[1] if len(parts) == _PARTS and parts[1] in named else next(iter(named), "")
    return re.sub(r"\\(.)", r"\1", path)
