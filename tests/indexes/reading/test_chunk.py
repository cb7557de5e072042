import re

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document

from r1agent_indexes.reading.chunk import SentenceChunker, weight, without_title_block

ENGLISH = "the loss fell to 0.35 kg ± 12 ms. Fig. 3 We saw it. e.g. (p < 0.01)."
CHINESE = "模型 准确率 提升了3.5个百分点。"
WORDS = st.sampled_from([*ENGLISH.split(), *CHINESE.split(), "\n", "\n\n", "x" * 40])


def page(text: str, **metadata: object) -> Document:
    return Document(page_content=text, metadata={"page": 1, **metadata})


def cut(text: str, **metadata: object) -> list[Document]:
    chunker = SentenceChunker(target=120, most=160, least=40)
    return chunker.transform_documents([page(text, **metadata)])


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=150).map(" ".join))
def test_a_passage_is_its_span_and_never_starts_or_ends_inside_a_word(text):
    last = 0
    for passage in cut(text):
        start, end = passage.metadata["start"], passage.metadata["end"]
        assert text[start:end] == passage.page_content == passage.page_content.strip()
        assert last <= start < end
        last = end
        for at in (start, end):
            around = text[max(at - 1, 0) : at + 1]
            assert not re.fullmatch(r"[0-9A-Za-z]{2}", around), around


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_spans_hold_for_any_text(text):
    for passage in cut(text):
        start, end = passage.metadata["start"], passage.metadata["end"]
        assert text[start:end] == passage.page_content


def test_every_sentence_is_in_one_passage():
    text = " ".join(f"Sentence number {n} says something about the loss." for n in range(40))
    passages = cut(text)
    assert " ".join(p.page_content for p in passages) == text
    assert all(p.page_content.endswith(".") and weight(p.page_content) <= 160 for p in passages)


def test_a_number_keeps_its_unit_when_a_long_sentence_is_cut():
    text = "values " + " ".join(f"of {n} ms" for n in range(100))
    assert not any(re.search(r"\d$", p.page_content) for p in cut(text))


def test_chinese_counts_three_and_ends_on_its_own_stops():
    passages = cut("模型的准确率在测试集上提升了三个百分点。" * 10)
    assert len(passages) > 3
    assert all(p.page_content.endswith("。") for p in passages)


def test_a_passage_carries_its_section_and_leaves_out_what_is_to_be_skipped():
    text = (
        "Intro text that goes on for long enough.\nResults\nIt rose by four points overall.\nHead 7"
    )
    at = text.index("Results")
    found = cut(
        text, section="Abstract", headings=[[at, "Results"]], skip=[[len(text) - 6, len(text)]]
    )
    assert [p.metadata["section"] for p in found] == ["Abstract", "Results"]
    assert found[1].page_content == "Results\nIt rose by four points overall."


def test_a_passage_of_title_and_authors_alone_is_left_out():
    block = page("On Tides\nAda Ebb, Bo Flow")
    text = page("The tide fell by 3 m.")
    assert without_title_block([block, text], "On Tides") == [text]
    assert without_title_block([text, block], "On Tides") == [text, block]
    assert without_title_block([block], "On Tides") == [block]
    markdown = Document(page_content="# On Tides")
    assert without_title_block([markdown, text], "On Tides") == [text]
