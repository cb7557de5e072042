"""LaTeX source -> blocks: title, abstract, sections, captions; mathematics as it is written."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pylatexenc import latexwalker
from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    SpecialsTextSpec,
    get_default_latex_context_db,
)
from pylatexenc.macrospec import MacroSpec

from r1agent_indexes.reading.blocks import Block, RefusedFileError, StructuredPaper
from r1agent_indexes.reading.latex_source import latex_source

_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?: [\w'’.-]+){1,4}")  # noqa: RUF001
_SECTIONS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph")
_LEFT_OUT = (
    "thebibliography",
    "tikzpicture",
    "pgfpicture",
    "filecontents",
    "filecontents*",
)
_SILENT_WITH_ARGUMENT = (
    "label index bibliographystyle bibliography vspace hspace thispagestyle pagestyle usepackage "
    "includegraphics phantom hphantom vphantom addbibresource date graphicspath hypersetup nocite "
    "thanks affiliation email address institute keywords"
).split()
_SILENT = (
    *_SILENT_WITH_ARGUMENT,
    *"maketitle tableofcontents setlength setcounter".split(),
    *"newcommand renewcommand providecommand".split(),
)


def latex_paper(path: Path) -> StructuredPaper:
    """Return a LaTeX document with what it inputs from its own folder.

    Raises:
        RefusedFileError: It is a part of a document, or its source cannot be read.
    """
    source = latex_source(path)
    head, _, body = source.partition(r"\begin{document}")
    body = body.partition(r"\end{document}")[0]
    nodes, front = _nodes(body), _nodes(head)
    facts = _facts([*front, *nodes])
    blocks = [Block(facts["title"], "heading")] if facts.get("title") else []
    blocks += [block for block in _blocks(nodes) if block.text]
    if len(blocks) < 2:
        raise RefusedFileError("holds no text between its \\begin{document} and \\end{document}")
    return StructuredPaper(blocks, facts)


def _nodes(source: str) -> list[Any]:
    context = latexwalker.get_default_latex_context_db()
    cites = [MacroSpec(name, "*[[{") for name in _CITES]
    extra = [MacroSpec("textcolor", "[{{"), MacroSpec("color", "[{"), MacroSpec("caption", "*[{")]
    extra += [MacroSpec(name, "*[{") for name in _SILENT_WITH_ARGUMENT]
    context.add_context_category("r1agent", prepend=True, macros=[*cites, *extra])
    walker = latexwalker.LatexWalker(source, latex_context=context, tolerant_parsing=True)
    nodes: list[Any] = walker.get_latex_nodes()[0]
    return nodes


_CITES = (
    "cite",
    "citep",
    "citet",
    "citealp",
    "citealt",
    "citeauthor",
    "citeyear",
    "parencite",
    "textcite",
    "autocite",
    "footcite",
)


def _blocks(nodes: Iterable[Any]) -> Iterator[Block]:
    """Yield blocks in order; a paragraph goes on until an empty line or what stands apart."""
    pending: list[Any] = []
    for node in nodes:
        apart = _apart(node)
        if apart is None:
            pending.append(node)
            continue
        yield from _paragraphs(pending)
        pending = []
        yield from apart
    yield from _paragraphs(pending)


def _apart(node: Any) -> Iterator[Block] | None:
    """Return the blocks of what is no part of a paragraph, None for what is."""
    if _is(node, latexwalker.LatexMacroNode):
        name = node.macroname
        if name in _SECTIONS:
            return iter([Block(_text(_last_argument(node)), "heading")])
        if name == "caption":
            return iter([Block(_text(_last_argument(node)))])
        if name == "textcolor" and "white" in node.latex_verbatim().split("}")[0]:
            return iter([Block(_text(_last_argument(node)), "hidden")])
        return iter(()) if name in ("title", "author", *_SILENT) else None
    if _is(node, latexwalker.LatexEnvironmentNode):
        return _environment(node)
    if _is(node, latexwalker.LatexGroupNode) and _is_white(node):
        return iter([Block(_text(node.nodelist), "hidden")])
    return None


def _environment(node: Any) -> Iterator[Block] | None:
    name = node.environmentname
    if name.rstrip("*") in (
        "equation",
        "align",
        "gather",
        "multline",
        "eqnarray",
        "displaymath",
        "math",
    ):
        return None
    if name in _LEFT_OUT:
        return iter(())
    if name == "abstract":
        return iter([Block("Abstract", "heading"), *_blocks(node.nodelist)])
    if name.rstrip("*") in ("tabular", "tabularx", "longtable", "array"):
        rows = _text(node.nodelist).replace("\n", " ").split("\\\\")
        return iter([Block(re.sub(r"\s+", " ", row).strip(" |")) for row in rows])
    if name in ("verbatim", "lstlisting", "minted", "Verbatim"):
        inside = node.latex_verbatim().split("}", 1)[1].rpartition("\\end{")[0]
        return iter([Block(inside.strip("\n"))])
    return _blocks(node.nodelist)


def _paragraphs(nodes: list[Any]) -> Iterator[Block]:
    for piece in re.split(r"\n[ \t]*\n\s*", _text(nodes)):
        yield Block(re.sub(r"\s+", " ", piece).strip())


def _text(nodes: Any) -> str:
    """Return nodes as text, mathematics as it is written."""
    listed = nodes if isinstance(nodes, list) else [nodes] if nodes is not None else []
    return str(_converter().nodelist_to_text(listed)).strip()


def _converter() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    shown = [MacroTextSpec(name, _cited) for name in _CITES]
    shown += [MacroTextSpec(name, "[%s]") for name in ("ref", "eqref", "autoref", "cref", "Cref")]
    shown += [MacroTextSpec("\\", " \\\\ "), MacroTextSpec("footnote", " (%(2)s)")]
    shown += [MacroTextSpec(name, "") for name in _SILENT]
    shown += [MacroTextSpec("and", "\n\n"), MacroTextSpec("item", "\n\n")]
    shown += [MacroTextSpec("textcolor", "%(3)s")]
    context.add_context_category(
        "r1agent", prepend=True, macros=shown, specials=[SpecialsTextSpec("&", " | ")]
    )
    return LatexNodes2Text(context, math_mode="verbatim", keep_comments=False, fill_text=False)


def _cited(node: Any) -> str:
    keys = node.nodeargd.argnlist[-1]
    return f"[{keys.latex_verbatim().strip('{}')}]" if keys is not None else ""


def _last_argument(node: Any) -> Any:
    arguments = [one for one in node.nodeargd.argnlist if one is not None] if node.nodeargd else []
    if not arguments:
        return None
    return getattr(arguments[-1], "nodelist", None) or arguments[-1]


def _is_white(group: Any) -> bool:
    start = group.latex_verbatim().lstrip("{ \n")
    return (
        re.match(r"\\color\s*(?:\[[^\]]*\])?\s*\{\s*(?:white|1,\s*1,\s*1|FFFFFF)\s*\}", start)
        is not None
    )


def _is(node: Any, kind: Any) -> bool:
    return node is not None and node.isNodeType(kind)


def _facts(nodes: list[Any]) -> dict[str, Any]:
    arguments = {
        node.macroname: _last_argument(node)
        for node in nodes
        if _is(node, latexwalker.LatexMacroNode) and node.macroname in ("title", "author")
    }
    facts: dict[str, Any] = {}
    if title := re.sub(r"\s*(?:\\\\)?\s+", " ", _text(arguments.get("title"))).strip():
        facts["title"] = title
    people = re.split(r"\n\s*\n", _text(arguments.get("author")))
    lines = [re.sub(r"[\d*$^{}]|\(.*?\)", "", person.partition(r"\\")[0]) for person in people]
    names = [name.strip() for line in lines for name in re.split(r",|;|\band\b", line)]
    if authors := [name for name in names if _NAME.fullmatch(name)]:
        facts["authors"] = authors
    return facts
