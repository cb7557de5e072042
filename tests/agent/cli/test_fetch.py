import json

import pytest

from tests.agent.cli.commands import run
from tests.indexes.bibliography.local_server import Reply, local_server
from tests.indexes.made_pdfs import make_pdf

WORK = {"title": "Sand", "publication_year": 2018, "locations": []}


@pytest.fixture
def world(folder, monkeypatch):
    """A server that stands in for arXiv, OpenAlex and Crossref."""
    pdf = make_pdf(folder / "made.pdf", [["A Paper on Sand", "It lowers the table."]]).read_bytes()

    def answer(path, _headers):
        if path.startswith("/pdf/1503.02531"):
            return Reply(body=pdf)
        if "10.1000" in path:
            return Reply(body=json.dumps(WORK))
        return Reply(404)

    with local_server(answer) as server:
        for name in ("ARXIV", "OPENALEX", "CROSSREF"):
            monkeypatch.setenv(f"R1AGENT_{name}_URL", server.address)
        yield server


def test_a_paper_is_fetched_and_then_there(world, folder):
    first = run("papers", "get", "arxiv:1503.02531", "--to", "got")
    assert (first.exit_code, first.stdout) == (0, "got/1503.02531.pdf\n")
    assert (folder / "got" / "1503.02531.pdf").read_bytes().startswith(b"%PDF-")
    again = run("papers", "get", "arxiv:1503.02531", "--to", "got", "-q")
    assert (again.exit_code, again.stdout) == (0, "got/1503.02531.pdf  there before\n")
    assert again.stderr == ""


def test_what_could_not_be_had_is_listed_and_exits_with_1(world):
    result = run(
        "papers", "get", "arxiv:1503.02531", "doi:10.1000/x", "--to", "got", "--json", "-q"
    )
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert [each["path"] for each in data["fetched"]] == ["got/1503.02531.pdf"]
    assert data["failed"][0]["asked"] == "doi:10.1000/x"
    assert "https://doi.org/10.1000/x" in data["failed"][0]["reason"]


@pytest.mark.parametrize("name", ["list.txt", "-"])
def test_a_list_is_read(world, folder, name):
    lines = "# to read\n\narxiv:1503.02531\n"
    (folder / "list.txt").write_text(lines)
    result = run("papers", "get", "--from", name, "--to", "got", "-q", input=lines)
    assert (result.exit_code, result.stdout) == (0, "got/1503.02531.pdf\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Name a paper, or a list"),
        (["--from", "none.txt"], "'none.txt' cannot be read"),
        (["--max-mb", "0", "arxiv:1503.02531"], "--max-mb"),
    ],
)
def test_wrong_usage_exits_with_2(words, said):
    result = run("papers", "get", *words)
    assert result.exit_code == 2 or not words
    assert not words or said in result.stderr


def test_papers_are_looked_up_only_with_online(world, folder):
    (folder / "made.md").write_text("# Groundwater in a long sand tank\n\nJane Doe\n\nText.\n")
    assert run("index", "add", "made.md", "--index", "idx", "-q").exit_code == 0
    assert world.asked == []
    result = run("index", "add", "made.md", "--index", "idx", "--online", "--json", "-q")
    assert result.exit_code == 0, result.output
    assert any("Groundwater" in path for path in world.asked)
    assert json.loads(result.stdout)["described"] == 0


def test_an_export_is_told_of_and_a_broken_one_is_listed(folder):
    (folder / "p").mkdir()
    (folder / "p" / "doe2018.md").write_text("# Sand\n\nIt lowers the table.\n")
    (folder / "p" / "x.bib").write_text("@article{doe2018, title={On Sand}, keywords={tank}}")
    (folder / "p" / "y.ris").write_text("garbage")
    result = run("index", "add", "p", "--index", "idx", "-q")
    assert result.exit_code == 0
    assert ", 1 described by exports or registries in " in result.stdout
    assert "failed  y.ris: holds no RIS record" in result.stdout
    found = run("search", "table", "--index", "idx", "--tag", "tank", "--json", "-q")
    assert json.loads(found.stdout)[0]["title"] == "On Sand"
