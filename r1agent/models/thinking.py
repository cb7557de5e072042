"""Tell a reasoning model's thinking from its answer, in whichever form the server sends it."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import AIMessage

_OPEN, _CLOSE = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Thought:
    """What a message thinks, and what it says."""

    thinking: str
    text: str


def split_thinking(message: AIMessage, *, starts_in_thought: bool = False) -> Thought:
    """Separate the thinking of `message` from its text; no tag is left in the text.

    Understood: `reasoning_content` or `reasoning` beside the text (a server with a reasoning
    parser), and literal `<think>…</think>`, also without its opening tag (the prompt held it) or
    without its closing tag (the token limit cut it: all thinking, no text).

    Args:
        message: As the model sent it.
        starts_in_thought: The prompt ended with `<think>`, so a text without `</think>` was cut
            in mid-thought; ignored where the server sent the thinking apart.
    """
    beside = _sent_beside(message)
    within = ThoughtFilter(starts_in_thought=starts_in_thought and not beside)
    within.feed(message.text)
    within.close()
    return Thought("\n".join(filter(None, (beside, within.thinking))), within.text.strip())


class ThoughtFilter:
    """Take a text piece by piece and let only what is not thinking through.

    A tag may be split over pieces. Where a closing tag comes without an opening one, what was
    let through before it was thinking after all: `text` is set right, though a piece that
    `feed` returned cannot be taken back; `starts_in_thought` avoids that.
    """

    def __init__(self, *, starts_in_thought: bool = False) -> None:
        """Begin before the first piece."""
        self._inside = starts_in_thought
        self._waiting = ""
        self._thinking: list[str] = []
        self._text: list[str] = []

    @property
    def thinking(self) -> str:
        """The thinking so far."""
        return "".join(self._thinking).strip()

    @property
    def text(self) -> str:
        """The text so far, with its spaces."""
        return "".join(self._text)

    def feed(self, piece: str) -> str:
        """Take the next piece and return the text in it, as far as that is certain."""
        self._waiting += piece
        return "".join(self._settled())

    def close(self) -> str:
        """Take what waits (the beginning of a tag that never came) as what it looks like."""
        rest, self._waiting = self._waiting, ""
        return self._keep(rest)

    def _settled(self) -> list[str]:
        shown: list[str] = []
        while tag := _first_tag(self._waiting):
            before, _, self._waiting = self._waiting.partition(tag)
            shown.append(self._keep(before))
            if tag == _CLOSE and not self._inside:
                self._take_back()
                shown.clear()
            self._inside = tag == _OPEN
        certain = len(self._waiting) - _length_of_tag_begun(self._waiting)
        sure, self._waiting = self._waiting[:certain], self._waiting[certain:]
        return [*shown, self._keep(sure)]

    def _keep(self, piece: str) -> str:
        (self._thinking if self._inside else self._text).append(piece)
        return "" if self._inside else piece

    def _take_back(self) -> None:
        self._thinking += self._text
        self._text = []


def _sent_beside(message: AIMessage) -> str:
    for key in ("reasoning_content", "reasoning"):
        value = message.additional_kwargs.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _first_tag(text: str) -> str | None:
    places = {tag: text.find(tag) for tag in (_OPEN, _CLOSE) if tag in text}
    return min(places, key=lambda tag: places[tag]) if places else None


def _length_of_tag_begun(text: str) -> int:
    """Return how many characters at the end of `text` may be the beginning of a tag."""
    longest = min(len(_CLOSE) - 1, len(text))
    return next(
        (
            length
            for length in range(longest, 0, -1)
            if any(tag.startswith(text[-length:]) for tag in (_OPEN, _CLOSE))
        ),
        0,
    )
