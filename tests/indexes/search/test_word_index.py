"""The quick keyword index of a large collection, made large here by a low bound."""

import pytest

from r1agent_indexes import PaperIndex
from r1agent_indexes.search import word_index
from tests.indexes.made_pdfs import HashEmbeddings

TOPICS = ("pumps", "calibration", "distillation", "groundwater", "transformers", "vaccines")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "papers"
    made.mkdir()
    for number in range(12):
        topic = TOPICS[number % len(TOPICS)]
        text = (
            f"# About {topic} {number}\n\nWe study {topic} in setting number{number}. It works.\n"
        )
        (made / f"p{number}.md").write_text(text)
    return made


@pytest.fixture
def index(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(word_index, "LARGE", 5)
    with PaperIndex.open(tmp_path / "i", embeddings=HashEmbeddings(), create=True) as opened:
        opened.add([folder])
        yield opened


def words(index, question, papers=None):
    return index.store.words.search(question, k=5, papers=papers, revision=index.store.revision())


def names(index, found):
    passages = index.store.passages([key for key, _ in found])
    return {passage.metadata["file"] for passage in passages.values()}


def test_a_small_index_does_without(tmp_path, folder):
    with PaperIndex.open(tmp_path / "i", embeddings=HashEmbeddings(), create=True) as index:
        index.add([folder])
        assert words(index, "pumps") is None
        assert not (index.path / "keywords").exists()
        assert index.store.search_keywords("pumps", k=3)


def test_a_large_one_finds_what_fts5_finds(index):
    quick = words(index, "vaccines in setting number5")
    assert names(index, quick) >= {"p5.md", "p11.md"}
    assert quick == index.store.search_keywords("vaccines in setting number5", k=5)
    assert quick[0][1] >= quick[-1][1]
    index.store.words.forget()
    slow = index.store.search_keywords("vaccines in setting number5", k=5)
    assert slow[0][0] == quick[0][0]


def test_a_filter_on_papers_is_kept_to(index):
    paper = next(paper for paper in index.papers() if paper.file == "p3.md")
    assert names(index, words(index, "study of groundwater", papers=[paper.id])) == {"p3.md"}


def test_chinese_is_found(index, folder):
    (folder / "zh.md").write_text("# 标签平滑\n\n本文研究标签平滑对蒸馏的影响。\n")
    index.add([folder])
    assert names(index, words(index, "标签平滑")) == {"zh.md"}


def test_what_changes_is_followed_by_the_next_save(index, folder):
    (folder / "p1.md").write_text("# Changed\n\nNow about seismology alone.\n")
    (folder / "p12.md").write_text("# Added\n\nOn ornithology.\n")
    index.remove("p0.md")
    assert words(index, "seismology") == []
    index.add([folder / "p1.md", folder / "p12.md"])
    assert names(index, words(index, "seismology")) == {"p1.md"}
    assert names(index, words(index, "ornithology")) == {"p12.md"}
    assert "p0.md" not in names(index, words(index, "pumps"))
    assert index.check().problems == []


def test_while_it_is_behind_the_database_answers(index, folder):
    revision = index.store.revision()
    with index.store.transaction():
        pass
    assert index.store.revision() == revision + 1
    assert words(index, "pumps") is None
    assert index.store.search_keywords("pumps", k=3)


def test_a_killed_save_is_begun_anew(index, folder):
    (index.path / "keywords" / "revision.json").unlink()
    (index.path / "keywords" / "meta.json").write_text("half")
    assert index.store.search_keywords("pumps", k=3)
    assert not index.store.words.is_saved(index.store)
    index.check(repair=True)
    index.add([folder])
    assert names(index, words(index, "pumps")) == {"p0.md", "p6.md"}


def test_check_notices_another_content_and_repairs_it(index):
    (index.path / "keywords" / "papers.json").write_text("{}")
    assert [problem.kind for problem in index.check().problems] == ["keywords"]
    assert index.check(repair=True).ok
    assert index.check().problems == []
    assert names(index, words(index, "pumps")) == {"p0.md", "p6.md"}


def test_damaged_files_leave_the_answer_to_the_database_until_repaired(index):
    (index.path / "keywords" / "meta.json").write_text("half")
    with PaperIndex.open(index.path, embeddings=HashEmbeddings()) as reader:
        assert words(reader, "pumps") is None
        assert reader.store.search_keywords("pumps", k=3)
        assert "damaged" in reader.check().problems[0].text
        assert reader.check(repair=True).ok
        assert names(reader, words(reader, "pumps")) == {"p0.md", "p6.md"}
