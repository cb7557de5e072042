"""Title, authors, year, DOI and arXiv id of a paper: from the file itself, or not at all.

A wrong title is worse than a file name, so what the file states is believed only where its first
pages show it too, and the largest print only where it reads like a title.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from r1agent_indexes.reading.normalise import Line
from r1agent_indexes.reading.parsed import ParsedPaper
from r1agent_indexes.types import PaperMetadata

_DOI = re.compile(r"\b10\.\d{4,9}/[-._;()/:a-zA-Z0-9]*[a-zA-Z0-9]")
_ARXIV = re.compile(
    r"arXiv:\s?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.IGNORECASE
)
_YEAR_PATTERNS = (
    r"published(?: online)?\b\D{0,20}(?:\d{1,2}\W+)?(?:[a-z]{3,9}\W+)?(?:\d{1,2}\W+)?"
    r"((?:19|20)\d\d)",
    r"(?:©|\(c\)|copyright)\D{0,12}((?:19|20)\d\d)",
    r"et al\.,? \(((?:19|20)\d\d)\)",
    r"accepted\b\D{0,20}(?:\d{1,2}\W+)?(?:[a-z]{3,9}\W+)?((?:19|20)\d\d)",
    r"\A(?:[^\n]*\n){1,6}?\s*((?:19|20)\d\d)\s*\n",  # a line of its own near the top
)
_NO_TITLE = re.compile(
    r"microsoft word|untitled|^(?:\S+ ){0,3}template\b|\.(?:dvi|tex|docx?|pdf|indd|qxd)\b"
    r"|^(?:title|paper|main|draft|manuscript|article|document\d*|slide \d+)$",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"arxiv:|doi:|https?:|^(?:research|review|original|short|full)?\s*(?:article|paper|letter|"
    r"communication|editorial|abstract|contents)s?$",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[^\W\d_a-z][\w'’.\-]*|de|van|von|der|den|la|le|da|di|del|bin|al)")  # noqa: RUF001
_MARKS = re.compile(r"[\d*†‡§¶∗#]+(?:\s*,\s*[\d*†‡§¶∗#]+)*")  # noqa: RUF001
_INSTITUTION = re.compile(
    r"universit|institut|department|laborator|college|school|cent(?:er|re)|faculty|academy|"
    r"hospital|\b(?:inc|ltd|llc|gmbh)\b|research|edited|abstract|summary",
    re.IGNORECASE,
)
_NOT_AUTHORS = re.compile(
    r"tex|word|acrobat|admin|user|author|scan|creator|microsoft", re.IGNORECASE
)


def paper_metadata(path: Path, paper: ParsedPaper) -> PaperMetadata:
    """Return what is certain about a paper; the title falls back to the file's stem."""
    first = paper.pages[0]
    front = "\n".join(line.text for lines in paper.pages[:2] for line in lines)
    page = "\n".join(line.text for line in first)
    title = _stated_title(paper.stated, front) or _printed_title(first) or _heading(path, first)
    arxiv = _ARXIV.search(page)
    return PaperMetadata(
        title=title or path.stem,
        authors=_authors(paper.stated, front) or _byline(first, title),
        year=_year(page, arxiv[1] if arxiv else None),
        doi=_doi(paper.stated, page),
        arxiv_id=arxiv[1] if arxiv else None,
    )


def _stated_title(stated: dict[str, str], front: str) -> str | None:
    title = re.sub(r"\s+", " ", stated.get("Title", "")).strip()
    if not _reads_like_title(title) or _squash(title) not in _squash(front):
        return None
    return title


def _printed_title(lines: Sequence[Line]) -> str | None:
    """Return the largest print of the first page, if it is larger than all else there."""
    upper = [line for line in lines if line.text.strip()][:40]
    sizes = sorted({line.height for line in upper if _letters(line.text) > 2}, reverse=True)
    for size in sizes[:2]:
        at = [number for number, line in enumerate(upper) if abs(line.height - size) < 0.3]
        run = [number for number in at if number - at[0] == at.index(number)]
        title = " ".join(upper[number].text.strip() for number in run)
        if size > 0 and size > _common_height(upper) * 1.15 and _reads_like_title(title):
            return re.sub(r"\s+", " ", title)
    return None


def _heading(path: Path, lines: Sequence[Line]) -> str | None:
    """Return the first Markdown heading of a `.md` file."""
    if path.suffix.lower() != ".md":
        return None
    match = next((m for line in lines if (m := re.fullmatch(r"#\s+(.+?)\s*#*", line.text))), None)
    return match[1] if match else None


def _reads_like_title(title: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", title)
    wordy = len(words) >= 2 or len(re.findall("[\u3400-\u9fff]", title)) >= 4
    plain = not _NO_TITLE.search(title) and not _LABELS.search(title)
    spaced_out = re.fullmatch(r"(?:\w\s+)+\w", title) is not None
    return wordy and plain and not spaced_out and 8 <= len(title) <= 300


def _common_height(lines: Sequence[Line]) -> float:
    heights = sorted(line.height for line in lines for _ in range(len(line.text)))
    return heights[len(heights) // 2] if heights else 0.0


def _authors(stated: dict[str, str], front: str) -> tuple[str, ...]:
    """Return the stated authors whose last words stand on the first pages."""
    text = stated.get("Author", "").strip()
    if not text or _NOT_AUTHORS.search(text):
        return ()
    names = _separated(re.sub(r",?\s+et al\.?$", "", text))
    squashed = _squash(front)
    return tuple(names) if all(_squash(name.split()[-1]) in squashed for name in names) else ()


def _separated(text: str) -> list[str]:
    """Return names written "A B, C D and E F", "A B; C D" or, as BibTeX has it, "B, A and D, C"."""
    pieces = [piece.split(",") for piece in re.split(r"\s+and\s+", text)]
    if all(len(piece) == 2 and len(piece[1].split()) == 1 for piece in pieces):
        return [f"{first.strip()} {last.strip()}" for last, first in pieces]
    separator = ";" if ";" in text else r",|，|、|\band\b|&"  # noqa: RUF001
    return [name.strip() for name in re.split(separator, text) if name.strip()]


def _byline(lines: Sequence[Line], title: str | None) -> tuple[str, ...]:
    """Return the names under the title, where a line holds nothing but names."""
    if not title:
        return ()
    filled = [line for line in lines if line.text.strip()]
    last = next((n for n, line in enumerate(filled) if _ends(title, line.text)), None)
    if last is None:
        return ()
    following = _of_one_print(filled[last + 1 : last + 21])
    joined = (_names(" ".join(following[:count])) for count in range(len(following), 0, -1))
    return tuple(next((names for names in joined if names), ()))


def _ends(title: str, line: str) -> bool:
    return len(_squash(line)) > 3 and _squash(title).endswith(_squash(line))


def _of_one_print(lines: Sequence[Line]) -> list[str]:
    """Return the lines as large as the first; what is under them in other print is no name."""
    size = next((line.height for line in lines if _letters(line.text) > 2), 0.0)
    other = (
        n
        for n, line in enumerate(lines)
        if _letters(line.text) > 2 and abs(line.height - size) > 0.15 * size
    )
    return [line.text.strip() for line in lines[: next(other, len(lines))]]


def _names(text: str) -> list[str]:
    if _INSTITUTION.search(text):
        return []
    plain = re.sub(r"\bID\b", " ", _MARKS.sub(",", text))
    parts = [part.strip(" .") for part in re.split(r",|;|&|\band\b", plain) if part.strip(" .")]
    good = [part for part in parts if _is_name(part)]
    return good if parts and len(good) == len(parts) else []


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 5 and all(_NAME.fullmatch(word) for word in words)


def _year(page: str, arxiv_id: str | None) -> int | None:
    for pattern in _YEAR_PATTERNS:
        match = re.search(pattern, page, re.IGNORECASE)
        if match:
            return int(match[1])
    if arxiv_id and arxiv_id[0].isdigit():
        return 2000 + int(arxiv_id[:2])
    return None


def _doi(stated: dict[str, str], page: str) -> str | None:
    for key in ("doi", "DOI", "Subject", "Keywords"):
        match = _DOI.search(stated.get(key, ""))
        if match:
            return match[0]
    labelled = re.search(r"doi(?:\.org/|[:\s]\s*)" + _DOI.pattern[2:], page, re.IGNORECASE)
    found = _DOI.search(labelled[0]) if labelled else None
    return found[0] if found else None


def _squash(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)
