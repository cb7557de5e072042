"""Papers made on the spot, and an embedding model that costs nothing."""

import hashlib
import re
import zlib
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

PARAGRAPH = (
    "Label smoothing replaces a one-hot target by a mixture of it and the uniform distribution. "
    "The student reached 76.3 % on the test set, 2.1 points above the baseline of Fig. 3. "
    "Distillation from a smoothed teacher lost 1.4 points (p = 0.02), cf. the earlier report. "
)


class HashEmbeddings(Embeddings):
    """Embed a text as the hashed counts of its words."""

    model_name = "hash-64"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vector = np.zeros(64)
        for word in re.findall(r"\w+", text.lower()):
            vector[hashlib.md5(word.encode()).digest()[0] % 64] += 1
        return vector.tolist()


def make_pdf(
    path: Path,
    pages: list[list[str]],
    *,
    title: str | None = None,
    author: str | None = None,
    size: float = 10,
    password: str | None = None,
) -> Path:
    """Write lines from the top of each page downwards; the first line of page one is large."""
    encryption = StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(str(path), pagesize=A4, encrypt=encryption)
    canvas.setTitle(title or "untitled")
    canvas.setAuthor(author or "anonymous")
    for number, lines in enumerate(pages):
        for row, line in enumerate(lines):
            first = number == 0 and row == 0
            canvas.setFont("Helvetica-Bold" if first else "Helvetica", 18 if first else size)
            canvas.drawString(60, 780 - 16 * row, line)
        canvas.showPage()
    canvas.save()
    return path


def make_two_columns(path: Path, left: list[str], right: list[str]) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for x, lines in ((50, left), (310, right)):
        text = canvas.beginText(x, 760)
        text.setFont("Helvetica", 9)
        text.textLines(lines)
        canvas.drawText(text)
    canvas.save()
    return path


def make_chinese(path: Path, lines: list[str]) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    for row, line in enumerate(lines):
        canvas.setFont("STSong-Light", 20 if row == 0 else 11)
        canvas.drawString(60, 780 - 24 * row, line)
    canvas.save()
    return path


def make_image_only(path: Path) -> Path:
    from PIL import Image

    canvas = Canvas(str(path), pagesize=A4)
    for _ in range(2):
        canvas.drawInlineImage(Image.new("RGB", (40, 40), "grey"), 100, 500, 200, 200)
        canvas.showPage()
    canvas.save()
    return path


def make_bomb(path: Path, *, megabytes: int) -> Path:
    """Write a PDF of a few kilobytes whose one page is that much text."""
    packer = zlib.compressobj(9)
    text = b"BT /F1 9 Tf (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET " * 20_000
    page = b"".join(packer.compress(text) for _ in range(megabytes)) + packer.flush()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(page), page),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, 1))
    path.write_bytes(b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF")
    return path


def lines_of(paragraph: str) -> list[str]:
    """Break a paragraph into lines that fit a page."""
    words, lines = paragraph.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 80:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
