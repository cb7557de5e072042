"""What a summary tells of a paper: for each aspect a question, and where to look for it.

Nothing is planned by a model: both searches of an aspect are settled here.
"""

# ruff: noqa: RUF001 - Chinese marks

from __future__ import annotations

import re
from dataclasses import dataclass

from r1agent.types import Plan, PlanStep
from r1agent.words import content_words, is_chinese

_DONE = "passages of the paper tell of it"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ASKING = re.compile("多少|[几哪谁]|什么|如何|为何|怎么?样?")
_FEWEST = 2
_WORDS, _WORDS_BESIDE = 5, 2
"""Words of the title in the first search and in the second. With the whole title both found the
abstract and the conclusion of the example papers; without any, every third search counted as
failed, since no passage was near. With these, a section that tells of it is among five passages."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """What is asked of every paper, with `{topic}` where words of its title stand.

    They bring a search to the matter of the paper: a bare "State the limitations" is so far from
    any passage that the search would count as failed.
    """

    name: str
    label: str
    question: str
    """An imperative: to "What does …?" a sentence of the title's own words counts as no answer."""
    beside: str = ""
    """Searched for second, in words with which papers speak of it; empty: no second search."""

    def ask(self, topic: str) -> str:
        """Return the question about a paper."""
        return self.question.format(topic=topic)

    def plan(self, topic: str) -> Plan:
        """Return the searches: for the question, then in the words of papers."""
        goals = [self.ask(topic)]
        if self.beside:
            goals.append(f"{self.beside}: {' '.join(topic.split()[:_WORDS_BESIDE])}")
        return Plan(tuple(PlanStep(goal, "search_papers", _DONE) for goal in goals))


_ENGLISH = (
    Aspect(
        "question",
        "Question",
        "State the question that the paper “{topic}” investigates, and its aim.",
        "Introduction: we ask whether; the aim and purpose of this study",
    ),
    Aspect(
        "method",
        "Method",
        "Describe the methods of the paper “{topic}”: setup, procedure and measurements.",
        "Methods. Procedure, setup and training; each condition was repeated and measured",
    ),
    Aspect(
        "data",
        "Data",
        "State the data used in the paper “{topic}”: samples, data sets or participants, with "
        "their numbers.",
        "Methods and materials: data set, number of samples, participants, training and test set",
    ),
    Aspect(
        "findings",
        "Findings",
        "State the main findings of the paper “{topic}”, with their numbers.",
        "Results and conclusions: we found that it increased or decreased by percent",
    ),
    Aspect(
        "limits",
        "Limits",
        "State the limitations or weaknesses of the work “{topic}”.",
        "Limits: limitations of this study, we did not test, it may not hold for other settings",
    ),
)
_CHINESE = (
    Aspect("question", "问题", "说明关于“{topic}”的论文所研究的问题和目的。"),
    Aspect("method", "方法", "说明论文“{topic}”所用的方法。"),
    Aspect("data", "数据", "说明论文“{topic}”所用的数据:样本、数据集或参与者及其数字。"),
    Aspect("findings", "结果", "说明论文“{topic}”的主要结果及其数字。"),
    Aspect("limits", "局限", "说明论文“{topic}”的局限和不足。"),
)
"""One search each: a search in Chinese is followed by one in English, which the model words."""


def aspects_of(*, chinese: bool) -> tuple[Aspect, ...]:
    """Return the aspects of every summary, in its order, in the language of the paper."""
    return _CHINESE if chinese else _ENGLISH


def topic_of(title: str, first_page: str) -> str:
    """Return the telling words of a title, or of the first page where it has hardly any.

    Neither numbers nor words such as "how many" are left, which would be read as what is asked for,
    and no marks, with which a title could end its place in the question.
    """
    told = _telling(title)
    return " ".join(told if _is_enough(told) else _telling(first_page) or told)


def _telling(text: str) -> list[str]:
    words = _WORD.findall(_ASKING.sub(" ", text))
    return [word for word in words if content_words(word)][:_WORDS]


def _is_enough(words: list[str]) -> bool:
    return len(words) >= _FEWEST or is_chinese(" ".join(words))
