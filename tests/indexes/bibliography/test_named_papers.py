import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes import NoPapersError, PaperIndex
from r1agent_indexes.bibliography.named_papers import named_papers
from tests.indexes.made_pdfs import PARAGRAPH, lines_of, make_pdf

ENTRY = "@article{{{key}, title={{{title}}}, author={{Doe, Jane}}, year={{2018}}, file={{{file}}}}}"


@pytest.fixture
def collection(tmp_path):
    """A folder as Zotero exports it: one paper in `files/12`."""
    folder = tmp_path / "My Collection"
    (folder / "files" / "12").mkdir(parents=True)
    make_pdf(folder / "files/12/Doe - 2018 - Sand.pdf", [["Page title", *lines_of(PARAGRAPH)]])
    return folder


@pytest.fixture
def index(tmp_path, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as opened:
        yield opened


def export(folder, *files, name="My Collection.bib"):
    entries = (
        ENTRY.format(key=f"doe{n}", title=f"On sand {n}", file=file)
        for n, file in enumerate(files, 1)
    )
    path = folder / name
    path.write_text("\n".join(entries), encoding="utf-8")
    return path


PDF = "Doe - 2018 - Sand.pdf:files/12/Doe - 2018 - Sand.pdf:application/pdf"


def test_an_exported_collection_is_indexed_with_its_facts_and_keys(index, collection):
    report = index.add([export(collection, PDF)])
    (paper,) = report.added
    facts = paper.metadata
    assert (facts.title, facts.authors, facts.year, facts.citation_key) == (
        *("On sand 1", ("Jane Doe",), 2018),
        "doe1",
    )
    assert report.skipped == []
    assert index.search("smoothing", k=1)[0].metadata["citation_key"] == "doe1"


def test_an_entry_that_changes_describes_its_paper_anew_without_reading_it(index, collection):
    path = export(collection, PDF)
    index.add([path])
    path.write_text(path.read_text().replace("On sand 1", "On water"))
    report = index.add([path])
    assert [paper.title for paper in report.unchanged] == ["On water"]


def test_entries_without_a_paper_are_listed_with_the_reason(index, collection):
    path = export(collection, PDF, "", "PDF:files/99/gone.pdf:application/pdf", "x.docx")
    skipped = index.add([path]).skipped
    assert [(entry.entry, entry.reason) for entry in skipped] == [
        ("doe2", "names no file that is a paper"),
        ("doe3", "names 'files/99/gone.pdf', which is not there"),
        ("doe4", "names no file that is a paper"),
    ]
    assert {entry.export for entry in skipped} == {path}


def test_an_export_of_which_no_paper_is_there_is_an_error(index, collection):
    path = export(collection, "", "")
    with pytest.raises(
        NoPapersError, match="leads to none: of its 2 entries the first, 'doe1', names"
    ):
        index.add([path])


def test_an_export_that_cannot_be_read_is_an_error_where_nothing_else_was_given(index, collection):
    path = collection / "x.bib"
    path.write_text("no entry")
    with pytest.raises(NoPapersError, match=r"holds no BibTeX entry.*Export the collection again"):
        index.add([path])
    report = index.add([path, collection / "files"])
    assert len(report.added) == 1
    assert [problem.file for problem in report.failed_exports] == ["x.bib"]


def test_the_given_export_counts_where_another_one_says_otherwise(index, collection):
    older = export(collection, PDF, name="a.bib")
    older.write_text(older.read_text().replace("doe1", "older"))
    report = index.add([export(collection, PDF, name="b.bib")])
    assert report.added[0].metadata.citation_key == "doe1"


def test_two_exports_of_one_collection_are_no_doubt(index, collection):
    export(collection, PDF, name="a.bib")
    item = {"itemType": "journalArticle", "title": "On sand 1", "date": "2018"}
    item["attachments"] = [{"path": "files/12/Doe - 2018 - Sand.pdf"}]
    (collection / "b.json").write_text(json.dumps({"items": [item]}))
    assert index.add([collection]).added[0].metadata.citation_key == "doe1"


def test_of_several_files_of_an_entry_the_pdfs_are_taken(collection):
    (collection / "files" / "12" / "page.html").write_text("<p>Snapshot</p>")
    path = export(collection, f"Snapshot:files/12/page.html:text/html;{PDF}")
    assert [file.name for file in named_papers(path).files] == ["Doe - 2018 - Sand.pdf"]
    path = export(collection, "Snapshot:files/12/page.html:text/html")
    assert [file.name for file in named_papers(path).files] == ["page.html"]


def test_better_bibtex_names_files_by_their_whole_path(tmp_path, collection):
    storage = tmp_path / "Zotero" / "storage" / "ABCD"
    storage.mkdir(parents=True)
    pdf = make_pdf(storage / "a: b.pdf", [["Title"]])
    stated = str(pdf).replace(":", r"\:")
    assert named_papers(export(collection, stated)).files == [pdf]


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ("../secret.pdf", "leads out of the folder"),
        ("files/12/link.pdf", "leads out of the folder"),
        ("files/12/loop.pdf", "is not there"),
        ("files/12/pipe.pdf", "is not there"),
        ("files/12/folder.pdf", "is not there"),
        ("{folder}/secret.txt", "is no PDF, and nothing else is read outside"),
        ("{folder}/link-to-text.pdf", "is no PDF, and nothing else is read outside"),
        ("/nowhere/at/all.pdf", "is not there"),
        (r"C\:\\Users\\doe\\a.pdf", "is a path of a computer with Windows"),
    ],
)
def test_a_file_that_an_export_should_not_name_is_not_taken(tmp_path, collection, stated, reason):
    make_pdf(tmp_path / "secret.pdf", [["Secret"]])
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "link-to-text.pdf").symlink_to(tmp_path / "secret.txt")
    inside = collection / "files" / "12"
    (inside / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (inside / "loop.pdf").symlink_to(inside / "loop.pdf")
    (inside / "folder.pdf").mkdir()
    os.mkfifo(inside / "pipe.pdf")
    named = named_papers(export(collection, stated.format(folder=tmp_path)))
    assert named.files == []
    assert reason in named.skipped[0].reason


def test_a_file_that_no_work_has_is_taken_and_its_label_is_no_title(index, collection):
    alone = {
        "itemType": "attachment",
        "title": "Full Text",
        "path": "files/12/Doe - 2018 - Sand.pdf",
    }
    (collection / "x.json").write_text(json.dumps({"items": [alone]}))
    assert index.add([collection / "x.json"]).added[0].title != "Full Text"


def test_addresses_of_files_are_followed_on_this_computer_alone(tmp_path, collection):
    pdf = make_pdf(tmp_path / "a b.pdf", [["Title"]])
    items = [
        {"itemType": "book", "title": "A", "attachments": [{"path": f"file://{host}{path}"}]}
        for host, path in (("", str(pdf).replace(" ", "%20")), ("server", "/a.pdf"))
    ]
    (collection / "x.json").write_text(json.dumps(items))
    named = named_papers(collection / "x.json")
    assert named.files == [pdf]
    assert named.skipped[0].reason.endswith("which is on another computer")


@given(st.text(alphabet="abc/.\\:~%20-;{}\0é\n", max_size=40).map(lambda text: f"{text}.pdf"))
def test_no_path_in_an_export_leads_to_a_file_that_is_no_pdf(tmp_path_factory, path):
    folder = tmp_path_factory.mktemp("fuzz")
    item = {"itemType": "book", "title": "A", "attachments": [{"path": path}]}
    (folder / "x.json").write_text(json.dumps([item]))
    named = named_papers(folder / "x.json")
    assert named.files == []
    assert len(named.skipped) == 1
