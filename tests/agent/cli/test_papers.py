from io import StringIO
from pathlib import Path

from rich.console import Console

from r1agent.cli.papers import added_data, added_lines, paper_line
from r1agent_indexes import AddReport, Paper, PaperMetadata

KEPT = Paper("abc123", "abc123" * 10, Path("/p/article.pdf"), PaperMetadata("One Paper"), 9, 40)
FOLDED = Paper(
    "def456",
    "def456" * 10,
    Path("/p/draft.pdf"),
    PaperMetadata("One Paper"),
    8,
    0,
    same_as="abc123",
)


def shown(*lines) -> str:
    console = Console(width=100, record=True, file=StringIO())
    console.print(*lines, sep="\n")
    return console.export_text()


def test_a_folded_paper_names_the_one_it_is_the_same_as():
    assert "9 pages, 40 passages" in shown(paper_line(KEPT))
    assert "8 pages, same as abc123" in shown(paper_line(FOLDED))
    text = shown(*added_lines(AddReport(added=[KEPT], folded=[FOLDED])))
    assert "1 added, 1 near-duplicates folded" in text
    assert "draft.pdf: same as abc123" in text


def test_folded_papers_stand_in_the_json_of_an_add():
    data = added_data(AddReport(added=[KEPT], folded=[FOLDED]))
    assert [paper["same_as"] for paper in data["folded"]] == ["abc123"]
    assert [paper["same_as"] for paper in data["added"]] == [None]
