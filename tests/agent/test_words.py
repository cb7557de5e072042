"""Sentences with exact spans, content words, and which language a text is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.words import content_words, is_chinese, split_sentences

TEXTS = st.lists(
    st.sampled_from(
        ["It rose. ", "See Fig. 3. ", "甲提高了。", "(p = 0.02)", "\n\n", " ", "a", "!?"]
    )
    | st.text(max_size=20)
).map("".join)


@given(TEXTS)
def test_the_span_of_each_sentence_is_its_text(source):
    for sentence in split_sentences(source):
        assert source[sentence.start : sentence.end] == sentence.text


@given(TEXTS)
def test_sentences_leave_out_nothing_but_white_space(source):
    joined = "".join(sentence.text for sentence in split_sentences(source))
    assert "".join(joined.split()) == "".join(source.split())


@given(TEXTS, st.integers(min_value=0, max_value=30))
def test_no_sentence_begins_before_the_given_start(source, start):
    assert all(sentence.start >= start for sentence in split_sentences(source, start=start))


def test_an_abbreviation_does_not_end_a_sentence():
    sentences = split_sentences("It fell by 1.4 points, cf. Fig. 3. Two were lost (p = 0.02).")
    assert [sentence.text for sentence in sentences] == [
        "It fell by 1.4 points, cf. Fig. 3.",
        "Two were lost (p = 0.02).",
    ]


def test_chinese_sentences_need_no_space_between_them():
    sentences = split_sentences("甲提高了2分。乙降低了。丙不变!")
    assert [sentence.text for sentence in sentences] == ["甲提高了2分。", "乙降低了。", "丙不变!"]


def test_words_are_stemmed_and_numbers_and_stop_words_left_out():
    words = content_words("The teachers' 24,000 weights were improving ResNet-50")
    assert words == ["teacher", "weight", "improv", "resnet"]


@pytest.mark.parametrize(
    "forms",
    ["lose lost loss losses", "write wrote written", "grow grew grown growth", "woman women"],
)
def test_forms_of_a_word_that_follow_no_rule_are_one(forms):
    assert len(set(content_words(forms))) == 1


def test_chinese_becomes_pairs_of_characters_without_particles():
    assert content_words("数据的增强") == ["数据", "增强"]


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("在 TidePool-30 上,教师模型的准确率是多少?", True),
        ("What does 准 mean in this long sentence?", False),
        ("81.46 %", False),
        ("", False),
    ],
)
def test_a_text_is_chinese_from_a_fifth_of_its_letters_on(text, chinese):
    assert is_chinese(text) is chinese
