"""Which texts of a page a reader of it cannot see. Runs in the parser's child process.

Hidden is what is outside the page or clipped away, lower than two points, transparent, set in
the colour of what is under it, painted over by an opaque rectangle, or drawn in render mode 3
(invisible) where there is no image. Recognised text of a scan is render mode 3 over an image and
stays. Not found: text in a layer that is switched off, replacement text (`ActualText`), a font
whose shapes are other letters, and what only an odd shape or a pattern covers.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as raw

from r1agent_indexes.reading.pdfium_objects import (
    Box,
    Colour,
    Painted,
    combined,
    on_page,
    own_matrix,
    painted,
)

SMALLEST_VISIBLE = 2.0
"""Points; text below this height cannot be read."""
_FAINTEST = 12
"""Of 255: opacity below it, or a smaller difference to the ground, cannot be seen."""
_PAPER: Colour = (255, 255, 255, 255)
_MOST_PAIRS = 2_000_000
"""Texts times rectangles; a page of more is a drawing, and only its pale texts are looked at."""
_NOT_PAINTED = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_OUTLINED = (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP)


@dataclass(slots=True)
class _Scene:
    """What is on a page, by what it does to the texts."""

    texts: list[Painted] = field(default_factory=list)
    grounds: list[tuple[int, Box, Colour]] = field(default_factory=list)
    """Filled paths: order, box, colour."""
    covers: list[tuple[int, Box]] = field(default_factory=list)
    """Those of them that are opaque rectangles."""
    pictures: list[tuple[int, Box]] = field(default_factory=list)
    """Images and shadings."""


def hidden_texts(page: Any) -> set[int]:
    """Return the addresses of the text objects that a reader of the page cannot see."""
    scene = _scene(page)
    frame = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, frame)
    inside = (frame.left, frame.bottom, frame.right, frame.top)
    few = len(scene.texts) * len(scene.grounds) <= _MOST_PAIRS
    return {text.address for text in scene.texts if _is_hidden(text, scene, inside, thorough=few)}


def _scene(page: Any) -> _Scene:
    scene = _Scene()
    for thing in painted(page):
        kind = thing.kind
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            scene.texts.append(thing)
        elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            scene.pictures.append((thing.order, thing.box()))
        elif kind == raw.FPDF_PAGEOBJ_PATH and _is_filled(thing.pointer):
            box = _clipped(thing)
            scene.grounds.append((thing.order, box, thing.fill()))
            if _is_opaque_rectangle(thing):
                scene.covers.append((thing.order, box))
    return scene


def _is_filled(path: Any) -> bool:
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, mode, stroked)
    return bool(mode.value != raw.FPDF_FILLMODE_NONE)


def _is_opaque_rectangle(path: Painted) -> bool:
    if raw.FPDFPageObj_HasTransparency(path.pointer) or path.fill()[3] < 255:
        return False
    return int(raw.FPDFPath_CountSegments(path.pointer)) in (4, 5)


def _is_hidden(text: Painted, scene: _Scene, page: Box, *, thorough: bool) -> bool:
    box = text.box()
    if not _meet(box, page) or not all(_meet(box, w) for w in _windows(text)):
        return True
    mode = raw.FPDFTextObj_GetTextRenderMode(text.pointer)
    if mode in _NOT_PAINTED:
        return not any(_holds(picture, box) for _, picture in scene.pictures)
    if 0 < _height(text) < SMALLEST_VISIBLE:
        return True
    colour = text.stroke() if mode in _OUTLINED else text.fill()
    if colour[3] < _FAINTEST:
        return True
    if not thorough and min(colour[:3]) < 255 - _FAINTEST:
        return False
    return _difference(colour, _ground(text.order, box, scene)) < _FAINTEST or _is_covered(
        text.order, box, scene.covers
    )


def _ground(order: int, box: Box, scene: _Scene) -> Colour | None:
    """Return the colour under a text, None where that is a picture or shines through."""
    under = max(
        (one for one in scene.grounds if one[0] < order and _holds(one[1], box)), default=None
    )
    last = under[0] if under else -1
    if any(last < at < order and _holds(picture, box) for at, picture in scene.pictures):
        return None
    if under is None:
        return _PAPER
    return under[2] if under[2][3] == 255 else None


def _is_covered(order: int, box: Box, covers: Sequence[tuple[int, Box]]) -> bool:
    return any(at > order and _encloses(cover, box) for at, cover in covers)


def _difference(colour: Colour, ground: Colour | None) -> int:
    if ground is None:
        return 255
    return max(abs(one - other) for one, other in zip(colour[:3], ground[:3], strict=True))


def _height(text: Painted) -> float:
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(text.pointer, size)
    _, _, c, d, _, _ = combined(own_matrix(text.pointer), text.matrix)
    return float(abs(size.value) * (c * c + d * d) ** 0.5)


def _clipped(thing: Painted) -> Box:
    """Return the box of what is left of an object; empty boxes have no middle."""
    left, bottom, right, top = thing.box()
    for window in _windows(thing):
        left, bottom = max(left, window[0]), max(bottom, window[1])
        right, top = min(right, window[2]), min(top, window[3])
    return left, bottom, right, top


def _windows(thing: Painted) -> Iterator[Box]:
    """Yield the boxes around the paths that an object is clipped to."""
    clip = raw.FPDFPageObj_GetClipPath(thing.pointer)
    for number in range(max(0, raw.FPDFClipPath_CountPaths(clip))):
        count = raw.FPDFClipPath_CountPathSegments(clip, number)
        points = [_point(raw.FPDFClipPath_GetPathSegment(clip, number, at)) for at in range(count)]
        if points:
            across, up = [x for x, _ in points], [y for _, y in points]
            yield on_page((min(across), min(up), max(across), max(up)), thing.matrix)


def _point(segment: Any) -> tuple[float, float]:
    across, up = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPathSegment_GetPoint(segment, across, up)
    return across.value, up.value


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _holds(box: Box, text: Box) -> bool:
    """Tell whether the middle of a text is in a box."""
    across, up = (text[0] + text[2]) / 2, (text[1] + text[3]) / 2
    return box[0] <= across <= box[2] and box[1] <= up <= box[3]


def _encloses(box: Box, text: Box) -> bool:
    return box[0] <= text[0] and box[1] <= text[1] and text[2] <= box[2] and text[3] <= box[3]
