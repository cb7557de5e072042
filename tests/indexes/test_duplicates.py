import random

import pytest
from langchain_core.documents import Document

from r1agent_indexes import PaperIndex, PaperMetadata
from r1agent_indexes.duplicates import THRESHOLD, is_better, may_be_one, signature_of
from r1agent_indexes.writing import remove_paper

WORDS = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "l", "m")]


def sentences(seed: int, count: int = 90) -> list[str]:
    """Return sentences of nine words each, the same for the same seed."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=9)).capitalize() + "." for _ in range(count)]


def changed(text: list[str], share: float, seed: int = 99) -> list[str]:
    """Put other sentences in place of a share of them."""
    chance = random.Random(seed)
    other = (sentences(chance.randrange(10**6), 1)[0] for _ in text)
    return [new if chance.random() < share else one for one, new in zip(text, other, strict=True)]


def write(path, text: list[str], *, doi: str | None = None):
    head = f"# {path.stem.capitalize()} of a Method\n\n" + (
        f"https://doi.org/{doi}\n\n" if doi else ""
    )
    path.write_text(head + "\n".join(text) + "\n")
    return path


def signature(text: list[str]) -> bytes | None:
    return signature_of([Document(page_content=" ".join(text))])


@pytest.fixture
def index(tmp_path, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def test_a_second_version_is_folded_and_its_pages_stay_readable(index, folder):
    write(folder / "a.txt", sentences(1))
    assert [p.file for p in index.add([folder]).added] == ["a.txt"]
    write(folder / "b.txt", changed(sentences(1), 0.1))
    write(folder / "c.txt", sentences(2))
    report = index.add([folder])
    assert [p.file for p in report.folded] == ["b.txt"]
    assert [p.file for p in report.added] == ["c.txt"]
    kept = next(p for p in index.papers() if p.file == "a.txt")
    folded = next(p for p in index.papers() if p.file == "b.txt")
    assert (folded.same_as, folded.chunks) == (kept.id, 0)
    assert {d.metadata["file"] for d in index.search(sentences(1)[3], k=30)} <= {"a.txt", "c.txt"}
    assert index.read_page("b.txt", 1).page_content == "# B of a Method"
    assert index.check().problems == []
    assert len(index.add([folder]).unchanged) == 3


def test_two_versions_in_one_add_are_folded_into_one(index, folder):
    write(folder / "a.txt", sentences(1))
    write(folder / "b.txt", changed(sentences(1), 0.1))
    report = index.add([folder])
    assert (len(report.added), len(report.folded)) == (1, 1)
    assert report.folded[0].same_as == report.added[0].id


@pytest.mark.parametrize("published_first", [True, False])
def test_the_published_version_is_kept_whichever_comes_first(index, folder, published_first):
    papers = {
        "preprint.txt": (sentences(1), "10.48550/arXiv.2001.00001"),
        "article.txt": (changed(sentences(1), 0.1), "10.1038/s41586-020-0001"),
        "draft.txt": (changed(sentences(1), 0.1, seed=7), None),
    }
    order = sorted(papers, key=lambda name: (name == "article.txt") != published_first)
    for name in order:
        text, doi = papers[name]
        index.add([write(folder / name, text, doi=doi)])
    kept = {p.file: p.same_as for p in index.papers()}
    article = next(p for p in index.papers() if p.file == "article.txt")
    assert kept == {"article.txt": None, "preprint.txt": article.id, "draft.txt": article.id}
    assert {d.metadata["file"] for d in index.search(sentences(1)[5], k=30)} == {"article.txt"}
    assert index.check().problems == []


def test_removing_the_kept_paper_lets_the_next_add_read_the_folded_one(index, folder):
    write(folder / "a.txt", sentences(1))
    index.add([folder])
    write(folder / "b.txt", changed(sentences(1), 0.1))
    index.add([folder])
    assert [p.file for p in index.remove("a.txt")] == ["a.txt", "b.txt"]
    assert index.papers() == []
    (folder / "a.txt").unlink()
    assert [p.file for p in index.add([folder]).added] == ["b.txt"]
    assert index.search(sentences(1)[40], k=1)[0].metadata["file"] == "b.txt"


def test_a_kept_paper_that_becomes_another_one_frees_what_was_folded_into_it(index, folder):
    write(folder / "a.txt", sentences(1))
    index.add([folder])
    write(folder / "b.txt", changed(sentences(1), 0.1))
    index.add([folder])
    write(folder / "a.txt", sentences(5))
    report = index.add([folder])
    assert [p.file for p in report.changed] == ["a.txt"]
    assert [p.file for p in report.added] == ["b.txt"]
    assert all(p.same_as is None for p in index.papers())
    assert index.check().problems == []


def test_a_folded_file_that_takes_the_place_of_its_paper_is_read_again(index, folder):
    write(folder / "a.txt", sentences(1))
    index.add([folder])
    write(folder / "b.txt", changed(sentences(1), 0.1))
    index.add([folder])
    (folder / "b.txt").replace(folder / "a.txt")
    index.add([folder])
    assert [(p.file, p.same_as) for p in index.papers()] == [("a.txt", None)]
    assert index.search(sentences(1)[3], k=1)
    assert index.check().problems == []


def test_a_paper_folded_into_nothing_is_found_and_taken_out(index, folder):
    write(folder / "a.txt", sentences(1))
    index.add([folder])
    write(folder / "b.txt", changed(sentences(1), 0.1))
    kept = index.add([folder]).unchanged[0]
    index.store.rows("PRAGMA foreign_keys = OFF")
    remove_paper(index.store, kept.id)
    assert {p.kind for p in index.check(repair=True).problems} >= {"orphan"}
    assert index.papers() == []
    assert [f.file for f in index.failures()] == ["b.txt"]


def test_short_texts_and_other_papers_are_never_folded(index, folder):
    for number in range(4):
        write(folder / f"short{number}.txt", [f"The pump lowers the water table by {number} cm."])
        write(folder / f"long{number}.txt", sentences(number) + sentences(100, 10))
    report = index.add([folder])
    assert (len(report.added), report.folded) == (8, [])


def test_identifiers_keep_two_papers_apart():
    one = PaperMetadata("A", doi="10.1038/one")
    other = PaperMetadata("A", doi="10.1038/two")
    preprint = PaperMetadata("A", doi="10.48550/arXiv.1", arxiv_id="2001.00001v2")
    assert not may_be_one(one, other)
    assert may_be_one(one, preprint)
    assert may_be_one(preprint, PaperMetadata("A", arxiv_id="2001.00001v1"))
    assert not may_be_one(preprint, PaperMetadata("A", arxiv_id="2001.99999"))
    assert is_better(one, preprint)
    assert not is_better(preprint, one)
    assert not is_better(one, other)
    assert is_better(PaperMetadata("A", venue="Nature"), PaperMetadata("A", venue="arXiv"))


def test_a_signature_is_the_same_on_every_day_and_tells_versions_from_others():
    assert signature(sentences(1)) == signature(sentences(1))
    assert signature(sentences(1, 5)) is None
    assert len(signature(sentences(1))) == 513
    assert 0.04 < THRESHOLD < 0.5
