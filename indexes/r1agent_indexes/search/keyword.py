"""Text and questions as the keyword index sees them: English stemmed, Chinese in bigrams.

SQLite's FTS5 splits at spaces and stems English; it takes a Chinese sentence for one word. So
Chinese runs are stored and asked for as overlapping pairs of characters.
"""

import re

_CHINESE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_RUNS = re.compile(f"[{_CHINESE}]+|(?:(?![{_CHINESE}])[^\\W_])+")
_CJK = re.compile(f"[{_CHINESE}]")
_STOP_WORDS = frozenset(
    "a about an and are as at be by did do does for from had has have how in into is it its of on "
    "or than that the their them there these they this to was were what when where which who whom "
    "whose why will with would the can could should may might been being but if not so such".split()
)
_STOP_PAIRS = frozenset("什么 怎么 怎样 如何 哪些 哪个 为什 是否 多少 请问 的是".split())


def keyword_text(text: str) -> str:
    """Return text in which Chinese runs are written as overlapping pairs."""
    if not _CJK.search(text):
        return text
    return " ".join(word for run in _RUNS.findall(text) for word in _words(run))


def keyword_query(question: str) -> str:
    """Return the FTS5 expression for any of the words of a question; empty if it has none."""
    return " OR ".join(f'"{word}"' for word in keyword_words(question))


def keyword_words(question: str) -> list[str]:
    """Return the words of a question that tell something, each once; all where none does."""
    words = [word for run in _RUNS.findall(question.lower()) for word in _words(run)]
    telling = [word for word in words if word not in _STOP_WORDS and word not in _STOP_PAIRS]
    return list(dict.fromkeys(telling or words))


def _words(run: str) -> list[str]:
    if not _CJK.match(run) or len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]
