"""The block of facts at the head of a Markdown file: kept out of the text, read as metadata.

TOML between lines of `+++`, or YAML between lines of `---`. Of YAML only plain values and lists are
read, line by line: all that title, authors, year and DOI need, with none of its references.
"""

import re
import tomllib
from collections.abc import Mapping

from r1agent_indexes.types import PaperMetadata

_BLOCK = re.compile(
    r"\A\s*(?P<fence>\+\+\+|---)[ \t]*\n(?P<facts>(?:.*\n){0,200}?)(?P=fence)[ \t]*(?:\n|\Z)"
)
_FACT = re.compile(r"^(?P<key>\w[\w-]*)[ \t]*[:=][ \t]*(?P<value>.*?)[ \t]*$", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*-[ \t]+(.+?)[ \t]*$")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def split_front_matter(text: str) -> tuple[str, PaperMetadata | None]:
    """Return the text behind the block, and what the block says; the text as it is without one."""
    found = _BLOCK.match(text)
    if found is None or not _FACT.search(found["facts"]):
        return text, None
    facts = _toml(found["facts"]) if found["fence"] == "+++" else _yaml(found["facts"])
    return text[found.end() :], _metadata(facts)


def _toml(source: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError:  # an error in the facts is no reason to refuse the paper
        return {}


def _yaml(source: str) -> Mapping[str, object]:
    facts: dict[str, object] = {}
    key = ""
    for line in source.splitlines():
        fact, item = _FACT.match(line), _ITEM.match(line)
        if fact:
            key = fact["key"]
            facts[key] = _listed(fact["value"])
        elif item and key:
            before = facts[key] if isinstance(facts[key], list) else []
            facts[key] = [*before, _plain(item[1])] if isinstance(before, list) else facts[key]
    return facts


def _listed(value: str) -> object:
    if value.startswith("[") and value.endswith("]"):
        return [_plain(one) for one in value[1:-1].split(",") if one.strip()]
    return _plain(value)


def _plain(value: str) -> str:
    return re.sub(r"^(['\"])(.*)\1$", r"\2", value.strip())


def _metadata(facts: Mapping[str, object]) -> PaperMetadata:
    known = {str(key).lower(): value for key, value in facts.items()}
    authors = known.get("authors") or known.get("author") or []
    names = authors if isinstance(authors, list) else re.split(r"\s*;\s*|\s+and\s+", str(authors))
    year = _YEAR.search(str(known.get("year") or known.get("date") or ""))
    doi = re.search(r"10\.\d{4,9}/\S+", str(known.get("doi") or ""))
    return PaperMetadata(
        title=_text(known.get("title")),
        authors=tuple(name for one in names if (name := _text(one))),
        year=int(year[0]) if year else None,
        doi=doi[0] if doi else None,
    )


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
