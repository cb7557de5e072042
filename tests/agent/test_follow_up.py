"""Follow-ups become questions that stand alone, by rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.follow_up import FollowUp, depends, papers_of, resolve
from r1agent.types import Citation


def cited(paper, title, quote="q"):
    return Citation("p", quote, paper, f"{paper}.pdf", title, 1, "1", 0, 1)


HURTS = cited("aa", "Smoothing Hurts")
HELPS = cited("bb", "Smoothing Helps")
BEFORE = "Does label smoothing of the teacher hurt distillation at temperature 1?"


@pytest.mark.parametrize(
    ("text", "question", "file"),
    [
        (
            "What dataset did that paper use?",
            "What dataset did “Smoothing Hurts” use?",
            "aa.pdf",
        ),
        ("What did the second one find?", "What did “Smoothing Helps” find?", "bb.pdf"),
        ("What did the first paper find?", "What did “Smoothing Hurts” find?", "aa.pdf"),
        ("Who wrote the last one?", "Who wrote “Smoothing Helps”?", "bb.pdf"),
        ("And the other paper?", f"{BEFORE[:-1]}, for “Smoothing Helps”?", "bb.pdf"),
        (
            "How many seeds were used in [3]?",
            "How many seeds were used in “Smoothing Helps”?",
            "bb.pdf",
        ),
        ("And for CIFAR?", f"{BEFORE[:-1]} for CIFAR?", ""),
        ("for CIFAR?", f"{BEFORE[:-1]} for CIFAR?", ""),
        ("what about CIFAR?", f"{BEFORE[:-1]}, for CIFAR?", ""),
        (
            "and at temperature 8?",
            "Does label smoothing of the teacher hurt distillation at temperature 8?",
            "",
        ),
        ("Why?", "Why does label smoothing of the teacher hurt distillation at temperature 1?", ""),
        (
            "Does it help calibration?",
            "Does it help calibration? "
            "(about label smoothing, teacher, distillation, temperature 1)",
            "",
        ),
        (
            "And does it help?",
            "Does it help? (about label smoothing, teacher, distillation, temperature 1)",
            "",
        ),
    ],
)
def test_what_a_follow_up_points_at_is_named(text, question, file):
    assert depends(text)
    assert resolve(text, BEFORE, [HURTS, HURTS, HELPS]) == FollowUp(question, file)


def test_the_paper_that_was_cited_most_is_that_paper():
    assert resolve("Who wrote that paper?", BEFORE, [HURTS, HELPS, HELPS]).file == "bb.pdf"


@pytest.mark.parametrize(
    "text",
    [
        "Which papers say that smoothing helps?",
        "What is the sum of the whole numbers from 1 to 100?",
        "Is it true that dropout hurts?",
        "Which of the three temperatures was best?",
        "Does label smoothing help?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(text):
    assert not depends(text)


def test_a_paper_that_was_not_cited_is_not_made_up():
    assert resolve("What did the fifth one find?", BEFORE, [HURTS]) == FollowUp(
        "What did the fifth one find?", "", follows=False
    )
    assert resolve("What did that paper find?", BEFORE, []).file == ""


def test_the_first_step_is_not_the_first_paper():
    assert resolve("What is the first step of training?", BEFORE, [HURTS]).file == ""


@pytest.mark.parametrize(
    ("text", "question", "file"),
    [
        ("那篇论文用了什么数据?", "“Smoothing Hurts”用了什么数据?", "aa.pdf"),
        ("第二篇呢?", "“Smoothing Helps”呢?", "bb.pdf"),
        ("那CIFAR呢?", "标签平滑有害吗(对于CIFAR)?", ""),
        ("它有用吗?", "它有用吗?(关于标签平滑有害吗)", ""),
    ],
)
def test_follow_ups_in_chinese(text, question, file):
    assert depends(text)
    assert resolve(text, "标签平滑有害吗?", [HURTS, HELPS]) == FollowUp(question, file)


def test_papers_come_in_the_order_in_which_they_were_cited():
    assert papers_of([HELPS, HURTS, HELPS]) == [HELPS, HURTS]


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_a_question(text, before):
    found = resolve(text, before, [HURTS, HELPS])
    assert isinstance(found.question, str)
    assert found.file in {"", "aa.pdf", "bb.pdf"}
