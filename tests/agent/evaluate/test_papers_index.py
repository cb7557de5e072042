from r1agent.evaluate.papers_index import index_of
from r1agent.evaluate.progress import Unwatched
from r1agent.settings import Settings
from r1agent_indexes import PaperIndex

TEXT = "Label smoothing of the teacher costs the student 0.6 points of accuracy on the second task."


class Listening(Unwatched):
    def __init__(self):
        self.heard = []

    def loading(self, text, fraction, detail=""):
        self.heard.append(text)


def built(tmp_path, papers="papers"):
    return index_of(tmp_path / papers, Settings(cache_dir=tmp_path / "cache"), Unwatched())


def test_papers_are_read_into_the_cache_once(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.txt").write_text(TEXT)
    listening = Listening()
    found = index_of(tmp_path / "papers", Settings(cache_dir=tmp_path / "cache"), listening)
    assert found.path.parent == tmp_path / "cache" / "eval"
    assert "reading the papers, 1" in listening.heard
    with PaperIndex.open(found.path) as index:
        assert [paper.file for paper in index.papers()] == ["one.txt"]
    assert built(tmp_path) == found
    assert len([*found.path.parent.iterdir()]) == 1


def test_other_papers_get_another_index(tmp_path):
    for name, text in (("papers", TEXT), ("others", f"{TEXT} It does.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.txt").write_text(text)
    assert built(tmp_path).path != built(tmp_path, "others").path


def test_a_paper_that_cannot_be_read_is_noted(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.txt").write_text(TEXT)
    (tmp_path / "papers" / "two.pdf").write_bytes(b"%PDF-1.4 nothing")
    (note,) = built(tmp_path).notes
    assert note.startswith("Not read: two.pdf: ")
