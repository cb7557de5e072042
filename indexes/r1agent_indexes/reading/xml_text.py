"""The text of XML elements, as a reader would see it."""

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree

_SPACE = re.compile(r"\s+")
_SET_APART = frozenset("p title label sec list-item break lb cell td head".split())
_TEX = re.compile(r"\\begin\{document\}(.*)\\end\{document\}", re.DOTALL)


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace, "" for what is none."""
    tag = element.tag
    return etree.QName(tag).localname if isinstance(tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children of some names."""
    return (child for child in element if local_name(child) in names)


def within(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the elements of some names anywhere inside, in order."""
    return (one for one in element.iter() if local_name(one) in names)


def first(element: etree._Element, *path: str) -> etree._Element | None:
    """Return the first element at a path of names, each anywhere inside the one before."""
    found: etree._Element | None = element
    for name in path:
        if found is None:
            return None
        found = next((one for one in within(found, name) if one is not found), None)
    return found


def text_of(element: etree._Element | None, *, without: tuple[str, ...] = ()) -> str:
    """Return the text of an element on one line; `without` are names that are left out."""
    if element is None:
        return ""
    return _SPACE.sub(" ", "".join(_parts(element, without))).strip()


def _parts(element: etree._Element, without: tuple[str, ...]) -> Iterator[str]:
    if local_name(element) == "tex-math":
        source = "".join(element.itertext())
        inside = _TEX.search(source)
        yield inside[1].strip() if inside else source
        return
    yield element.text or ""
    for child in _chosen(element):
        if isinstance(child, etree._Entity):
            yield unescape(child.text)
        elif local_name(child) and local_name(child) not in without:
            yield from _parts(child, without)
            yield " " if local_name(child) in _SET_APART else ""
        yield child.tail or ""


def _chosen(element: etree._Element) -> list[etree._Element]:
    """Return the children; of alternatives the first that holds text."""
    if local_name(element) != "alternatives":
        return list(element)
    return [child for child in element if "".join(child.itertext()).strip()][:1]
