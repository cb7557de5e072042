"""What pdfium paints on a page, in order, in the coordinates of the page.

Objects inside a form (a "form XObject") have coordinates of their own; each is carried through the
matrices of the forms that it is in. Runs in the parser's child process.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as raw

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""
Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0 to 255."""
_SAME: Matrix = (1, 0, 0, 1, 0, 0)
_DEEPEST = 12
_MOST = 50_000
"""Objects looked at on one page; a drawing of more is no page of text."""


@dataclass(frozen=True, slots=True)
class Painted:
    """One text, image, shading or path, in the coordinates of the page."""

    pointer: Any
    order: int
    matrix: Matrix
    """From the object's surroundings to the page."""

    @property
    def kind(self) -> int:
        """Return pdfium's number of the kind of object."""
        return int(raw.FPDFPageObj_GetType(self.pointer))

    @property
    def address(self) -> int:
        """Return what pdfium knows the object by."""
        return ctypes.cast(self.pointer, ctypes.c_void_p).value or 0

    def box(self) -> Box:
        """Return where it is on the page."""
        edges = [ctypes.c_float() for _ in range(4)]
        raw.FPDFPageObj_GetBounds(self.pointer, *edges)
        left, bottom, right, top = (edge.value for edge in edges)
        return on_page((left, bottom, right, top), self.matrix)

    def fill(self) -> Colour:
        """Return the colour that it is filled with."""
        return _colour(raw.FPDFPageObj_GetFillColor, self.pointer)

    def stroke(self) -> Colour:
        """Return the colour that it is outlined in."""
        return _colour(raw.FPDFPageObj_GetStrokeColor, self.pointer)


def painted(page: Any) -> Iterator[Painted]:
    """Yield what is painted on a page, the lowest first; forms are opened."""
    count = raw.FPDFPage_CountObjects(page)
    objects = (raw.FPDFPage_GetObject(page, at) for at in range(count))
    for order, (pointer, matrix) in enumerate(_opened(objects, _SAME, 0)):
        if order >= _MOST:
            return
        yield Painted(pointer, order, matrix)


def _opened(objects: Iterator[Any], matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    for pointer in objects:
        if not pointer:
            continue
        if raw.FPDFPageObj_GetType(pointer) != raw.FPDF_PAGEOBJ_FORM:
            yield pointer, matrix
        elif depth < _DEEPEST:
            count = raw.FPDFFormObj_CountObjects(pointer)
            inside = (raw.FPDFFormObj_GetObject(pointer, at) for at in range(count))
            yield from _opened(inside, combined(own_matrix(pointer), matrix), depth + 1)


def own_matrix(pointer: Any) -> Matrix:
    """Return the matrix that an object itself has."""
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(pointer, found):
        return _SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def combined(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does one after the other (PDF 32000-1, 8.3.4)."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        *(a * p + b * r, a * q + b * s),
        *(c * p + d * r, c * q + d * s),
        *(e * p + f * r + t, e * q + f * s + u),
    )


def on_page(box: Box, matrix: Matrix) -> Box:
    """Return the upright box around a box that a matrix has moved."""
    if matrix == _SAME:
        return box
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    return min(across), min(up), max(across), max(up)


def _colour(get: Any, pointer: Any) -> Colour:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not get(pointer, red, green, blue, alpha):
        return 0, 0, 0, 255
    return red.value, green.value, blue.value, alpha.value
