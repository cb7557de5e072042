"""A web page -> blocks: the article without menus and scripts, what is not displayed apart.

Style sheets beside the file are not read; rules in the page itself are, for plain class, id and
tag selectors.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from r1agent_indexes.reading.blocks import Block, RefusedFileError, Role, StructuredPaper

_DROPPED = frozenset(
    (
        "script style noscript template nav aside footer form button select option textarea input "
        "iframe object embed svg canvas audio video map dialog head menu annotation annotation-xml"
    ).split()
)
_INLINE = frozenset(
    (
        "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math "
        "q rp rt ruby s samp small span strike strong sub sup time tt u var wbr"
    ).split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*(?:\.0+)?\s*(?:;|$)|"
    r"font-size\s*:\s*(?:0|0?\.\d+|1)(?:px|pt|em|rem|%)?\s*(?:;|!|$)|"
    r"(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|"
    r"(?<![-\w])color\s*:\s*(?:white|transparent|#fff(?:fff)?|rgba?\(\s*255\s*,\s*255\s*,\s*255)",
    re.IGNORECASE,
)
_GROUND = re.compile(r"background", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PLAIN_SELECTOR = re.compile(r"[.#]?[\w-]+")
_REFERENCES = re.compile(
    r"(?<![\w])(?:references|bibliography|reflist|ref-list|citation-list|ltx_bibliography)(?![\w])",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def html_paper(data: bytes) -> StructuredPaper:
    """Return the article of a web page, its title and authors from its `meta` elements.

    Raises:
        RefusedFileError: There is no text in it.
    """
    root = _root(data)
    walk = _Walk(_unseen_selectors(root))
    walk.element(_article(root), hidden=False, role="text")
    walk.end_block()
    if not any(block.role != "hidden" for block in walk.blocks):
        raise RefusedFileError("holds no text (perhaps a script fills the page; save it as PDF)")
    return StructuredPaper(walk.blocks, _facts(root))


def _root(data: bytes) -> Any:
    try:
        data.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None  # the page says so itself, or it is Latin-1
    parser = lxml_html.HTMLParser(
        encoding=encoding, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise RefusedFileError(f"is no HTML that can be read ({error})") from error


def _article(root: Any) -> Any:
    """Return the one element that says it is the article, otherwise the body."""
    for name in ("article", "main"):
        found = root.findall(f".//{name}")
        if len(found) == 1:
            return found[0]
    return root.find("body") if root.find("body") is not None else root


def _unseen_selectors(root: Any) -> set[str]:
    """Return the selectors that rules in the page itself keep from sight."""
    sheets = "\n".join(style.text_content() for style in root.iter("style"))
    sheets = re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)
    unseen = (names for names, rule in _RULE.findall(sheets) if _is_unseen(rule))
    selectors = (name.strip() for names in unseen for name in names.split(","))
    return {name for name in selectors if _PLAIN_SELECTOR.fullmatch(name)}


def _is_unseen(rule: str) -> bool:
    found = _UNSEEN.search(rule)
    pale = found is not None and found[0].lower().startswith("color")
    return found is not None and not (pale and _GROUND.search(rule))


@dataclass(slots=True)
class _Walk:
    """Collect blocks from elements, one after the other."""

    unseen: set[str]
    blocks: list[Block] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _hidden: list[str] = field(default_factory=list)
    _role: Role = "text"
    _as_set: bool = False
    """Whether white space is part of the block in hand, as in a program."""

    def element(self, element: Any, *, hidden: bool, role: Role) -> None:
        """Take in an element with all that is in it."""
        name = element.tag if isinstance(element.tag, str) else ""
        if not name or name in _DROPPED or element.get("role") in ("navigation", "banner"):
            return
        hidden = hidden or self._is_hidden(element, name)
        role = _role_of(element, name, role)
        is_block = name not in _INLINE and name not in ("br", "td", "th")
        if is_block:
            self.end_block(role)
        self._as_set = self._as_set or name == "pre"
        if name == "br":
            self._words.append("\n")
        elif name in ("td", "th") and self._words:
            self._words.append(" | ")
        self._text(element.text, hidden=hidden, keep=name == "pre")
        for child in element:
            self.element(child, hidden=hidden, role=role)
            self._text(child.tail, hidden=hidden, keep=name == "pre")
        if is_block:
            self.end_block()
            self._role = "text"

    def _text(self, text: str | None, *, hidden: bool, keep: bool) -> None:
        if text and hidden:
            self._hidden.append(text)
        elif text:
            self._words.append(text if keep else _SPACE.sub(" ", text))

    def end_block(self, role: Role = "text") -> None:
        """Close the paragraph in hand; the next one has a role."""
        lines = "".join(self._words).split("\n")
        if not self._as_set:
            lines = [re.sub(r" +", " ", line).strip() for line in lines]
        text = "\n".join(line.rstrip() for line in lines if line.strip(" |"))
        unseen = _SPACE.sub(" ", " ".join(self._hidden)).strip()
        if text:
            self.blocks.append(Block(text, self._role))
        if unseen:
            self.blocks.append(Block(unseen, "hidden"))
        self._words, self._hidden, self._role, self._as_set = [], [], role, False

    def _is_hidden(self, element: Any, name: str) -> bool:
        if element.get("hidden") is not None or _is_unseen(element.get("style") or ""):
            return True
        if not self.unseen:
            return False
        own = {name, f"#{element.get('id')}"}
        return bool(self.unseen & (own | {f".{one}" for one in element.get("class", "").split()}))


def _role_of(element: Any, name: str, role: Role) -> Role:
    if name in _HEADINGS:
        return "heading"
    marks = f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}"
    listed = name in ("ol", "ul", "dl", "section", "div", "li") and _REFERENCES.search(marks)
    return "reference" if role == "reference" or listed else role


def _facts(root: Any) -> dict[str, Any]:
    """Return what the page states for reference managers: Highwire, Dublin Core, Open Graph."""
    stated: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        stated.setdefault(name, []).append(_SPACE.sub(" ", meta.get("content") or "").strip())
    titles = [_SPACE.sub(" ", one.text_content()).strip() for one in root.iter("title", "h1")]
    years = re.search(
        r"\b(?:1[5-9]|20)\d\d\b",
        _one(
            stated,
            "citation_publication_date",
            "citation_date",
            "dc.date",
            "article:published_time",
        )
        or "",
    )
    facts = {
        "title": _one(stated, "citation_title", "dc.title", "og:title") or next(iter(titles), ""),
        "authors": [
            _turned(one) for one in _all(stated, "citation_author", "dc.creator", "author")
        ],
        "year": int(years[0]) if years else None,
        "doi": re.sub(
            r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", _one(stated, "citation_doi") or ""
        ),
        "arxiv_id": _one(stated, "citation_arxiv_id"),
        "venue": _one(stated, "citation_journal_title", "citation_conference_title"),
        "tags": [
            word.strip() for one in _all(stated, "citation_keywords") for word in one.split(";")
        ],
    }
    return {name: value for name, value in facts.items() if value}


def _all(stated: dict[str, list[str]], *names: str) -> Iterator[str]:
    """Yield the values of the first name that has any."""
    found = next((stated[name] for name in names if any(stated.get(name, ()))), [])
    return (value for value in found if value)


def _one(stated: dict[str, list[str]], *names: str) -> str | None:
    return next(_all(stated, *names), None)


def _turned(name: str) -> str:
    """Return "Ada Miller" for "Miller, Ada"."""
    last, comma, given = name.partition(",")
    return f"{given.strip()} {last.strip()}" if comma and "," not in given else name
