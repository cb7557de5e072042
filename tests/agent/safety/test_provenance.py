"""Marks of a run in exported text: found again, in no quote, and gone without a trace."""

from hypothesis import example, given
from hypothesis import strategies as st

from r1agent.safety.provenance import embed_mark, find_marks, strip_marks

RUN = "20260101-120000-abc123"
TEXT = """Dropout lowered the test error by 1.7 points [1]. Training took 90 minutes.

Weight decay did not help, as “the authors of it found in all runs”.

```python
print("a b c")
```

1. Miller (2020), p. 3
   > Dropout of 0.5 lowered the test error.
"""
VISIBLE = st.text(st.characters(exclude_characters="\u2062\u2064"), max_size=300)


def test_each_paragraph_carries_the_mark_alone():
    marked = embed_mark(TEXT, RUN)
    for paragraph in (0, 1, 3):
        assert RUN in find_marks(marked.split("\n\n")[paragraph])
    assert len(find_marks(marked)) > 1


def test_quotes_and_code_stay_as_they_are():
    marked = embed_mark(TEXT, RUN, keep=["Training took 90 minutes."])
    for kept in (
        "“the authors of it found in all runs”",
        '```python\nprint("a b c")\n```',
        "   > Dropout of 0.5 lowered the test error.\n",
        "Training took 90 minutes.",
    ):
        assert kept in marked


@given(VISIBLE, st.from_regex(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}", fullmatch=True))
@example(TEXT, RUN)
def test_without_its_marks_the_text_is_as_before(text, run):
    marked = embed_mark(text, run)
    assert strip_marks(marked) == text
    assert set(find_marks(marked)) <= {run}


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=30), st.text())
def test_plain_words_are_always_marked(words, before):
    assert find_marks(embed_mark(" ".join(words), RUN)) != []


@given(VISIBLE, VISIBLE, VISIBLE)
def test_no_mark_stands_inside_a_text_to_keep(before, kept, after):
    assert kept in embed_mark(before + kept + after, RUN, keep=[kept])


def test_a_damaged_mark_is_passed_over():
    marked = embed_mark("two words", RUN)
    assert find_marks(marked.replace("\u200b", "\u200c")) == []


def test_runs_with_other_names_are_found_too():
    assert set(find_marks(embed_mark("two words", "run-é"))) == {"run-é"}
