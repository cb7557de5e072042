"""Keep the beginning of a stream, count the rest."""

_LONGEST_NAME = 500


def clean_text(text: object, characters: int) -> str:
    """Return a text that came as JSON, cut, and without the halves of characters JSON allows."""
    return str(text)[:characters].encode("utf-8", errors="replace").decode("utf-8")


def cut_text(text: object, characters: int) -> str:
    """Return a text that came as JSON, with a note where it is longer than `characters`."""
    whole = str(text)
    note = f"\n[cut: {characters} characters kept]" if len(whole) > characters else ""
    return clean_text(whole, characters) + note


def clean_name(path: str) -> str:
    """Return a file's name that can be printed anywhere: odd bytes and controls as a mark."""
    shown = path[:_LONGEST_NAME]
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in shown)


class Capture:
    """The first characters of what a program wrote, in memory that does not grow."""

    def __init__(self, characters: int) -> None:
        """Keep up to `characters`."""
        self._characters = characters
        self._kept = bytearray()
        self.total_bytes = 0

    def add(self, chunk: bytes) -> None:
        """Take a piece of the stream."""
        self.total_bytes += len(chunk)
        room = 4 * self._characters - len(self._kept)  # UTF-8 has four bytes at most
        self._kept += chunk[: max(room, 0)]

    def text(self) -> str:
        """Return the text, with a note where something was cut."""
        text = self._kept.decode("utf-8", errors="replace")
        if len(text) <= self._characters and self.total_bytes == len(self._kept):
            return text
        note = f"\n[output cut: {self._characters} characters kept of {self.total_bytes} bytes]\n"
        return text[: self._characters] + note
