import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from r1agent_indexes import (
    AddProgress,
    DiskFullError,
    IndexFormatError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    NoPapersError,
    PaperIndex,
    PaperIndexError,
)
from r1agent_indexes.lock import writer_lock
from tests.indexes.made_pdfs import HashEmbeddings, make_chinese, make_pdf

KEYS = {
    *("paper", "file", "path", "title", "authors", "year", "doi", "page", "page_label"),
    *("venue", "citation_key", "start", "end", "section"),
}


@pytest.fixture
def index(tmp_path, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as opened:
        yield opened


def test_a_passage_is_found_with_its_page_and_exact_span(index, papers):
    report = index.add([papers])
    assert [p.file for p in report.added] == ["notes.md", "sand.pdf", "smoothing.pdf"]
    best = index.search("How far does the pump lower the water table?", k=3)[0]
    assert best.metadata["file"] == "sand.pdf"
    assert set(best.metadata) == KEYS | {"score", "similarity"}
    page = index.read_page(best.metadata["paper"], best.metadata["page"])
    assert set(page.metadata) == KEYS | {"hidden"}
    assert page.page_content[best.metadata["start"] : best.metadata["end"]] == best.page_content
    assert index.get_passages(["nope", best.id])[0].page_content == best.page_content


def test_chinese_is_found_by_its_words(index, papers):
    make_chinese(papers / "zh.pdf", ["知识蒸馏研究", "标签平滑使准确率提升了3.5个百分点。"])
    index.add([papers])
    assert index.search("准确率提升多少", k=1)[0].metadata["file"] == "zh.pdf"


def test_metadata_of_a_paper(index, papers):
    index.add([papers])
    paper = next(p for p in index.papers() if p.file == "smoothing.pdf")
    assert paper.title == "Label Smoothing and Distillation"
    assert paper.metadata.authors == ("Ada Miller", "Bo Chen")
    assert (paper.pages, len(paper.id)) == (2, 6)


def test_a_second_add_changes_nothing(index, papers):
    index.add([papers])
    before = index.manifest()
    report = index.add([papers])
    assert (len(report.unchanged), report.added, index.manifest()) == (3, [], before)
    os.utime(papers / "sand.pdf")
    assert len(index.add([papers]).unchanged) == 3


def test_changed_renamed_copied_and_missing_files(index, papers):
    index.add([papers])
    make_pdf(papers / "sand.pdf", [["Groundwater in a Sand Tank", "Now it is 99 cm."]])
    (papers / "notes.md").rename(papers / "calibration.md")
    (papers / "copy.md").write_bytes((papers / "calibration.md").read_bytes())
    (papers / "smoothing.pdf").unlink()
    report = index.add([papers])
    assert [p.file for p in report.changed] == ["sand.pdf"]
    assert [p.file for p in report.renamed] == ["calibration.md"]
    assert [p.name for p in report.duplicates] == ["copy.md"]
    assert [p.file for p in report.missing] == ["smoothing.pdf"]
    assert "99 cm" in index.search("water table 99 cm", k=1)[0].page_content
    assert [p.file for p in index.papers()] == ["calibration.md", "sand.pdf", "smoothing.pdf"]
    assert index.check().ok


def test_a_failed_file_is_listed_retried_and_never_stops_a_build(index, papers):
    good = (papers / "sand.pdf").read_bytes()
    (papers / "sand.pdf").write_bytes(b"not a pdf")
    report = index.add([papers])
    assert [f.file for f in report.failed] == ["sand.pdf"]
    assert len(report.added) == 2
    assert "is no PDF" in index.failures()[0].reason
    (papers / "sand.pdf").write_bytes(good)
    assert [p.file for p in index.add([papers]).added] == ["sand.pdf"]
    assert index.failures() == []


def test_progress_names_every_file_and_phase(index, papers):
    seen: list[AddProgress] = []
    index.add([papers], on_progress=seen.append)
    assert {p.file for p in seen if p.file} == {"notes.md", "sand.pdf", "smoothing.pdf"}
    assert {p.phase for p in seen} >= {"reading", "loading model", "embedding", "saving"}
    assert {p.of for p in seen if p.of} == {3}
    assert all(1 <= p.paper <= p.of for p in seen if p.of)


def test_removal_by_file_id_and_title(index, papers):
    index.add([papers])
    ids = {p.file: p.id for p in index.papers()}
    assert [p.file for p in index.remove("sand.pdf")] == ["sand.pdf"]
    assert [p.file for p in index.remove(ids["notes.md"])] == ["notes.md"]
    assert [p.file for p in index.remove("label smoothing and distillation")] == ["smoothing.pdf"]
    assert index.search("label smoothing") == []
    with pytest.raises(PaperIndexError, match=r"No paper 'sand\.pdf' in the index of 0"):
        index.remove("sand.pdf")


@pytest.mark.parametrize("named", ["name", "path"])
def test_a_file_that_could_not_be_read_is_forgotten_by_name_or_path(index, papers, named):
    broken = papers / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing else")
    index.add([papers])
    assert index.forget("sand.pdf") == []
    failed = index.failures()
    assert index.forget(broken.name if named == "name" else str(broken)) == failed
    assert index.failures() == []
    assert [each.file for each in index.add([papers]).failed] == ["broken.pdf"]


def test_search_stays_within_the_papers_asked_for(index, papers):
    index.add([papers])
    found = index.search("label smoothing", k=5, papers=["notes.md"])
    assert {p.metadata["file"] for p in found} == {"notes.md"}


def test_a_page_that_is_not_there_is_said(index, papers):
    index.add([papers])
    with pytest.raises(PaperIndexError, match="has no page 9: its pages are 1 to 2"):
        index.read_page("smoothing.pdf", 9)


def test_bad_paths_say_what_was_wanted(index, tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "a.docx").write_text("x")
    with pytest.raises(NoPapersError, match=r"found 1 other file \(1 \.docx\), wanted \.pdf"):
        index.add([tmp_path / "none"])
    with pytest.raises(PaperIndexError, match=r"There is no .*nowhere"):
        index.add([tmp_path / "nowhere"])


def test_opening_what_is_not_there_or_not_ours(tmp_path, embeddings, papers):
    with pytest.raises(IndexNotFoundError, match="Make one with"):
        PaperIndex.open(tmp_path / "index", embeddings=embeddings)
    assert not (tmp_path / "index").exists()
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
    other = HashEmbeddings()
    other.model_name = "other"
    with pytest.raises(IndexMismatchError, match="model 'hash-64', not 'other'"):
        PaperIndex.open(tmp_path / "index", embeddings=other)
    (tmp_path / "index" / "papers.sqlite").write_bytes(b"garbage " * 1000)
    with pytest.raises(IndexFormatError, match="is damaged"):
        PaperIndex.open(tmp_path / "index", embeddings=embeddings)


def test_a_second_writer_is_told_and_readers_are_not_held_up(index, papers):
    index.add([papers])
    with writer_lock(index.path):
        with pytest.raises(IndexLockedError, match=f"written by process {os.getpid()}"):
            index.add([papers])
        assert index.search("label smoothing", k=1)


@pytest.mark.parametrize("damage", ["delete", "truncate", "flip", "stale"])
def test_vectors_are_derived_again_whatever_happened_to_the_file(
    tmp_path, embeddings, papers, damage
):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers / "sand.pdf"])
        old = (index.path / "vectors.faiss").read_bytes()
        index.add([papers])
        expected = [d.id for d in index.search("label smoothing lost points", k=4)]
        _damage(index.path / "vectors.faiss", damage, old)
        assert not index.check().ok
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings) as index:
        assert [d.id for d in index.search("label smoothing lost points", k=4)] == expected
        assert index.check(repair=True).ok
        assert index.check().problems == []


def _damage(path: Path, damage: str, old: bytes) -> None:
    whole = bytearray(path.read_bytes())
    whole[-3] ^= 255
    match damage:
        case "delete":
            path.unlink()
        case "truncate":
            path.write_bytes(whole[:50])
        case "flip":
            path.write_bytes(whole)
        case "stale":
            path.write_bytes(old)


def test_a_reader_sees_what_another_process_writes(index, papers, embeddings):
    index.add([papers / "sand.pdf"])
    with PaperIndex.open(index.path, embeddings=embeddings) as reader:
        assert len(reader.search("label smoothing", k=9)) == 1
        index.add([papers])
        assert reader.search("label smoothing", k=1)[0].metadata["file"] == "smoothing.pdf"
        index.remove("smoothing.pdf")
        assert {d.metadata["file"] for d in reader.search("label", k=9)} == {"sand.pdf", "notes.md"}


def test_check_finds_and_repairs_damaged_rows(index, papers):
    index.add([papers])
    with sqlite3.connect(index.path / "papers.sqlite") as db:
        db.execute("UPDATE pages SET text = 'x' || text WHERE paper IN "
                   "(SELECT id FROM papers WHERE path LIKE '%sand.pdf')")  # fmt: skip
        db.execute("INSERT INTO pages VALUES ('gone', 1, '1', 'text', '')")
        db.execute("DELETE FROM keywords")
    db.close()
    (papers / "notes.md").unlink()
    report = index.check()
    assert {p.kind for p in report.problems} == {"orphan", "span", "keywords", "source", "manifest"}
    assert not report.ok
    assert index.check(repair=True).ok
    assert [f.file for f in index.failures()] == ["sand.pdf"]
    assert [p.file for p in index.add([papers / "sand.pdf"]).added] == ["sand.pdf"]
    assert {p.kind for p in index.check().problems} == {"source"}
    assert index.search("pump lowers water table", k=1)[0].metadata["file"] == "sand.pdf"


def test_a_full_disk_loses_nothing_that_was_finished(index, papers):
    index.add([papers / "sand.pdf"])
    (papers / "long.txt").write_text("\n\n".join(f"Sentence {n} of many." for n in range(5000)))
    used = index.store.number("PRAGMA page_count")
    index.store.rows(f"PRAGMA max_page_count = {used}")
    with pytest.raises(DiskFullError, match="Every paper finished before is safe"):
        index.add([papers / "long.txt"])
    index.store.rows("PRAGMA max_page_count = 1000000")
    assert [p.file for p in index.papers()] == ["sand.pdf"]
    assert len(index.add([papers]).added) == 3
    assert index.check().problems == []


PLACES = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
BUILDER = """
import sys
sys.path[:0] = sys.argv[1].split(":")
from tests.indexes.made_pdfs import HashEmbeddings
from r1agent_indexes import PaperIndex
index = PaperIndex.open(sys.argv[2], embeddings=HashEmbeddings(), create=True)
print("ready", flush=True)
index.add([sys.argv[3]], on_progress=lambda p: print(p.paper, p.phase, flush=True))
"""


def test_a_reader_in_another_process_is_not_held_up_by_a_writer(tmp_path, embeddings, papers):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        for n in range(300):
            text = f"Paper {n} measured {n} volts and {n * 3} points of smoothing."
            (papers / f"more{n}.txt").write_text(text)
        command = [sys.executable, "-c", BUILDER, PLACES, str(index.path), str(papers)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as writer:
            seconds, held = [], set()
            while writer.poll() is None:
                started = time.monotonic()
                assert index.search("label smoothing", k=3)
                seconds.append(time.monotonic() - started)
                held.add(len(index.papers()))
        assert writer.returncode == 0
        assert len(held) > 2
        assert sorted(seconds)[len(seconds) // 2] < 2
        assert len(index.papers()) == 303


def test_one_path_may_stand_alone(index, papers):
    assert len(index.add(str(papers)).added) == 3
    assert len(index.add(papers / "sand.pdf").unchanged) == 1


def test_a_closed_index_says_so_and_keeps_its_name(index, papers):
    index.add(papers)
    index.close()
    with pytest.raises(PaperIndexError, match=r"was closed. Open it again"):
        index.search("pump")
    assert repr(index) == f"PaperIndex({str(index.path)!r})"


def test_an_index_that_is_missing_says_how_to_make_one_in_python(tmp_path, embeddings):
    with pytest.raises(IndexNotFoundError, match="create=True"):
        PaperIndex.open(tmp_path / "nowhere", embeddings=embeddings)
