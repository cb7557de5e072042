"""Texts in batches that a server can take."""

from collections.abc import Iterator, Sequence


def batches_of(
    texts: Sequence[str], *, most_texts: int, most_characters: int
) -> Iterator[list[str]]:
    """Yield texts in the order given, in batches bounded both ways; a longer text goes alone."""
    batch: list[str] = []
    characters = 0
    for text in texts:
        is_full = len(batch) == most_texts or characters + len(text) > most_characters
        if batch and is_full:
            yield batch
            batch, characters = [], 0
        batch.append(text)
        characters += len(text)
    if batch:
        yield batch
