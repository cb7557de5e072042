import pytest

from r1agent_indexes.reading.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One two. Three four.", ["One two.", "Three four."]),
        (
            "See Fig. 3 and Eq. (2). It rose by 2.5 ms.",
            ["See Fig. 3 and Eq. (2).", "It rose by 2.5 ms."],
        ),
        ("Smith et al. Used it, e.g. Here. Yes!", ["Smith et al. Used it, e.g. Here.", "Yes!"]),
        ("升了3.5点。为何\uff1f因“好。”所以", ["升了3.5点。", "为何\uff1f", "因“好。”", "所以"]),
        ("Steps:\n• one\n• two", ["Steps:", "• one", "• two"]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, found):
    assert sentences(text) == found
