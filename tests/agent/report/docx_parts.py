"""What stands in a Word document, read without the code that wrote it."""

from io import BytesIO
from zipfile import ZipFile

from docx import Document
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(content):
    """The document, as python-docx reads it."""
    return Document(BytesIO(content))


def parts(content):
    """Every part that is XML, by its name; a part that is none fails."""
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return {name: etree.fromstring(archive.read(name)) for name in names}


def lines(content):
    """Each paragraph's style and text; a footnote's number stands where it is referred to."""
    body = parts(content)["word/document.xml"]
    styles = {one.get(f"{W}styleId"): one for one in parts(content)["word/styles.xml"]}
    return [(_style(line, styles), _text(line)) for line in body.iter(f"{W}p")]


def footnotes(content):
    """The texts of the footnotes, by their numbers."""
    notes = parts(content)["word/footnotes.xml"]
    shown = [note for note in notes if note.get(f"{W}type") is None]
    return {int(note.get(f"{W}id")): _text(note).strip() for note in shown}


def _style(line, styles):
    named = line.find(f"{W}pPr/{W}pStyle")
    if named is None:
        return "Normal"
    return styles[named.get(f"{W}val")].find(f"{W}name").get(f"{W}val")


def _text(element):
    said = ""
    for one in element.iter(f"{W}t", f"{W}br", f"{W}tab", f"{W}footnoteReference"):
        match one.tag.removeprefix(W):
            case "t":
                said += one.text or ""
            case "br":
                said += "\n"
            case "tab":
                said += "\t" if one.getparent().tag == f"{W}r" else ""
            case _:
                said += f"^{one.get(f'{W}id')}"
    return said
