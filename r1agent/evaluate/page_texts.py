"""The texts of pages as several readers have them, and whether a quote stands in one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from r1agent.evaluate.errors import EvaluationError

Readings = Sequence[Sequence[str]]
"""For each page of a paper its text, as each reader has it."""

_UNSEEN_HYPHEN = re.compile("[\u00ad\ufffe\u0002]\\s*")
"""A soft hyphen, and what pdfium and some fonts have for a hyphen at the end of a line."""
_BROKEN = re.compile(r"(?<=\w)([-\u2010\u2011])[ \t]*\n\s*(?=\w)")
_CJK = "\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef"
_BETWEEN_CJK = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")
_FEWEST_LETTERS = 4
_KEPT = TypeAdapter(dict[str, list[str | dict[str, str]]])


def read_pages(kept: Path, papers: Path) -> PageTexts:
    """Return the pages of papers: from a file of their texts, or else from the papers themselves.

    Args:
        kept: JSON of `{file: [page, …]}`, each page a text or the texts of several readers by
            their names. Where it is missing, papers are read as an index reads them.
        papers: Folder of the papers.

    Raises:
        EvaluationError: The file is of another form.
    """
    if not kept.is_file():
        return PageTexts(cache(partial(_read_paper, papers)))
    try:
        pages = _KEPT.validate_json(kept.read_bytes())
    except ValidationError as error:
        raise EvaluationError(
            f"{str(kept)!r} holds no texts of pages ({error.errors()[0]['msg']}). Wanted: "
            '{"a.pdf": [{"reader": "text of page 1"}, …]}. Mend it, or take it away: the papers '
            "are read then."
        ) from None
    readings = {file: [_readers(page) for page in each] for file, each in pages.items()}
    return PageTexts(lambda file: readings.get(file, ()))


class PageTexts:
    """Look quotes up on pages.

    Args:
        read: Returns the readings of the pages of a file, in order; none for an unknown file.
    """

    def __init__(self, read: Callable[[str], Readings]) -> None:
        self._read = read
        self._verbatim = cache(self._wordings_of)
        self._letters = cache(self._letters_of)

    def holds(self, file: str, page: int, quote: str) -> bool:
        """Tell whether a quote stands on a page word for word.

        White space is folded, and a word that a line breaks may be whole in the quote.
        """
        wanted = {wording for wording in _wordings(quote) if wording}
        return any(one in text for text in self._verbatim(file, page) for one in wanted)

    def holds_letters(self, file: str, page: int, quote: str) -> bool:
        """Tell whether the letters and digits of a quote stand on a page in their order."""
        wanted = _letters(quote)
        if len(wanted) < _FEWEST_LETTERS:
            return False
        return any(wanted in text for text in self._letters(file, page))

    def _wordings_of(self, file: str, page: int) -> tuple[str, ...]:
        return tuple(wording for text in self._texts(file, page) for wording in _wordings(text))

    def _letters_of(self, file: str, page: int) -> tuple[str, ...]:
        return tuple(_letters(text) for text in self._texts(file, page))

    def _texts(self, file: str, page: int) -> Sequence[str]:
        pages = self._read(file)
        return pages[page - 1] if 1 <= page <= len(pages) else ()


def _readers(page: str | dict[str, str]) -> list[str]:
    return [page] if isinstance(page, str) else [text for text in page.values() if text]


def _read_paper(papers: Path, file: str) -> Readings:
    from r1agent_indexes import PaperLoader

    found = next((path for path in sorted(papers.rglob("*")) if path.name == file), None)
    return [[page.page_content] for page in PaperLoader(found).lazy_load()] if found else ()


def _wordings(text: str) -> tuple[str, str, str]:
    """Return a text with its broken words joined, with their hyphens kept, and as it is."""
    lines = re.sub(r"\r\n?", "\n", text).replace("\u00a0", " ")
    lines = _UNSEEN_HYPHEN.sub("", lines)
    return (
        _on_one_line(_BROKEN.sub("", lines)),
        _on_one_line(_BROKEN.sub(r"\1", lines)),
        _on_one_line(lines),
    )


def _on_one_line(text: str) -> str:
    """Fold white space; a line that breaks between Chinese characters is no space."""
    return _BETWEEN_CJK.sub("", " ".join(text.split()))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(character for character in folded if character.isalnum())
