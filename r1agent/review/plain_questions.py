"""Sub-questions without a model: from the topic, and from what the index holds on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from r1agent.review.outline import SubQuestion
from r1agent.words import content_words, is_chinese
from r1agent_indexes import Paper, PaperFilter, PaperIndex

_DEPTH = 60
"""Passages on the topic whose papers say what the index holds."""
_SHORTEST = 4  # letters
_UNTELLING = frozenset(
    content_words(
        "approach better deep different efficient fast general good high improved large learned "
        "low method model new novel robust short simple small strong toward various via"
    )
)
"""Words of titles that name no theme."""
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_ENGLISH = (
    ("Findings", "What do the papers find about {topic}?"),
    ("Methods and data", "Which methods and data are used to study {topic}?"),
    ("Limits", "Which limits and open questions are named about {topic}?"),
)
_THEME = ("{theme}", "What do the papers report about {topic} and {theme}?")
_CHINESE = (
    ("主要发现", "关于{topic},论文有哪些发现?"),
    ("方法与数据", "研究{topic}使用了哪些方法和数据?"),
    ("局限", "关于{topic},论文指出了哪些局限和未解决的问题?"),
)
_CHINESE_THEME = ("{theme}", "关于{topic}与{theme},论文报告了什么?")


def plain_questions(
    index: PaperIndex, topic: str, *, where: PaperFilter | None = None, most: int
) -> tuple[SubQuestion, ...]:
    """Ask what was found, how, and within which limits, and then after what papers share.

    Args:
        index: Its papers on the topic give the themes: tags and words of titles that two have.
        topic: Of the review; a question is asked as it is.
        where: The papers that the review is about.
        most: How many questions, at most.
    """
    chinese = is_chinese(topic)
    plain, of_theme = (_CHINESE, _CHINESE_THEME) if chinese else (_ENGLISH, _THEME)
    subject = topic.strip().rstrip("?？.。! ")  # noqa: RUF001 - the ends of Chinese sentences
    asked = [_filled(one, topic=subject) for one in plain]
    if topic.strip().endswith(("?", "？")):  # noqa: RUF001
        asked[0] = SubQuestion(asked[0].heading, topic.strip())
    themes = _themes(_papers_on(index, topic, where), topic, max(0, most - len(asked)))
    found = [_filled(of_theme, topic=subject, theme=theme) for theme in themes]
    return (asked[0], *found, *asked[1:])[:most] if most > len(asked) else tuple(asked[:most])


def _filled(template: tuple[str, str], *, topic: str, theme: str = "") -> SubQuestion:
    heading, question = template
    headed = heading.format(theme=theme[:1].upper() + theme[1:])
    return SubQuestion(headed, question.format(topic=topic, theme=theme))


def _papers_on(index: PaperIndex, topic: str, where: PaperFilter | None) -> list[Paper]:
    found = {doc.metadata["paper"] for doc in index.search(topic, k=_DEPTH, where=where)}
    return [paper for paper in index.papers(where) if paper.id in found]


def _themes(papers: Iterable[Paper], topic: str, most: int) -> list[str]:
    """List what some papers, and less than half, share beside the topic, the most common first."""
    papers = tuple(papers)
    known = set(content_words(topic)) | _UNTELLING
    spelled: dict[str, str] = {}
    shared: Counter[str] = Counter()
    for paper in papers:
        stems = {" ".join(content_words(term)): term for term in _terms(paper)}
        own = {stem: term for stem, term in stems.items() if not set(stem.split()) & known}
        shared.update(own.keys())
        spelled = own | spelled
    telling = [stem for stem in shared if 1 < shared[stem] < len(papers) / 2]
    return [spelled[stem] for stem in sorted(telling, key=lambda one: (-shared[one], one))][:most]


def _terms(paper: Paper) -> Iterator[str]:
    """Yield the words of a title, which are letters and hyphens only, and tags made of such."""
    for tag in paper.metadata.tags:
        if all(map(_WORD.fullmatch, tag.split())):
            yield tag.lower()
    for word in _WORD.findall(paper.title):
        if len(word) >= _SHORTEST and content_words(word):
            yield word.lower()
