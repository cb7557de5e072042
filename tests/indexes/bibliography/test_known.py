import json

import pytest

from r1agent_indexes import PaperFilter, PaperIndex
from r1agent_indexes.bibliography.registries import Addresses, Registries
from r1agent_indexes.bibliography.web import Web
from tests.indexes.bibliography.local_server import Reply, local_server

ENTRY = (
    "@article{{miller2019, title={{{title}}}, author={{Miller, Ada}}, year={{{year}}},"
    " journal={{J. Sand}}, keywords={{water, {tag}}}, file={{:sand.pdf:PDF}}}}\n"
)


@pytest.fixture
def index(tmp_path, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as opened:
        yield opened


def write_export(papers, *, title="The Tank of Sand", year=2019, tag="pump") -> None:
    (papers / "library.bib").write_text(ENTRY.format(title=title, year=year, tag=tag))


def sand(index):
    return next(paper for paper in index.papers() if paper.file == "sand.pdf")


def test_an_export_beside_the_papers_describes_them(index, papers):
    write_export(papers)
    report = index.add([papers])
    assert (report.described, report.failed_exports) == (1, [])
    facts = sand(index).metadata
    assert (facts.title, facts.authors, facts.year) == ("The Tank of Sand", ("Ada Miller",), 2019)
    assert (facts.venue, facts.citation_key, facts.tags) == (
        *("J. Sand", "miller2019"),
        ("water", "pump"),
    )
    assert next(p for p in report.added if p.file == "sand.pdf").metadata == facts
    best = index.search("water table", k=1, where=PaperFilter(tags=("Pump",), years=(2019, 2019)))
    assert best[0].metadata["title"] == "The Tank of Sand"
    assert index.check().problems == []


def test_a_changed_export_takes_effect_without_reading_a_paper_again(index, papers):
    index.add([papers])
    own = sand(index).metadata
    assert own.title == "Groundwater in a Sand Tank"
    for title, year in (("First Heading", 2001), ("Wholly Zymurgic", 2002)):
        write_export(papers, title=title, year=year)
        phases = []
        report = index.add([papers], on_progress=lambda step, seen=phases: seen.append(step.phase))
        assert (len(report.unchanged), report.described) == (3, 1)
        assert not {"reading", "embedding", "loading model"} & set(phases)
        assert (sand(index).title, sand(index).metadata.year) == (title, year)
    assert index.store.search_keywords("zymurgic", k=5)
    assert not index.store.search_keywords("heading", k=5)
    assert index.check().problems == []
    (papers / "library.bib").unlink()
    assert index.add([papers]).described == 0
    assert sand(index).metadata == own
    assert not index.store.search_keywords("zymurgic", k=5)


def test_an_unchanged_export_writes_nothing(index, papers):
    write_export(papers)
    index.add([papers])
    before = index.manifest()
    assert index.add([papers]).described == 1
    assert index.manifest() == before


def test_a_broken_export_is_listed_and_stops_nothing(index, papers):
    write_export(papers)
    (papers / "broken.ris").write_text("garbage")
    report = index.add([papers])
    assert [problem.file for problem in report.failed_exports] == ["broken.ris"]
    assert (len(report.added), report.described) == (3, 1)


CROSSREF = {
    "title": ["Groundwater in a Sand Tank"],
    "author": [{"given": "Jane", "family": "Tank"}],
    "issued": {"date-parts": [[1999]]},
    "DOI": "10.1000/tank",
}


def test_a_registry_is_asked_only_when_given_and_only_once(index, papers):
    def answer(path, _headers):
        known = path.startswith("/crossref") and "Groundwater" in path
        return Reply(body=json.dumps({"message": {"items": [CROSSREF] if known else []}}))

    with local_server(answer) as server, Web(pause=0) as web:
        registries = Registries(
            Addresses(f"{server.address}/crossref", f"{server.address}/openalex"), web=web
        )
        index.add([papers])
        assert server.asked == []
        report = index.add([papers], registries=registries)
        asked = len(server.asked)
        assert asked >= 3
        assert (report.described, report.not_looked_up) == (1, "")
        assert (sand(index).metadata.year, sand(index).metadata.doi) == (1999, "10.1000/tank")
        index.add([papers], registries=registries)
        assert len(server.asked) == asked
    assert index.add([papers]).described == 1
    assert sand(index).metadata.year == 1999
    write_export(papers, title="The Tank of Sand")
    index.add([papers])
    assert (sand(index).metadata.year, sand(index).metadata.doi) == (2019, "10.1000/tank")


def test_a_registry_out_of_reach_is_said_and_tried_again_next_time(index, papers):
    with local_server(lambda _path, _headers: Reply(403)) as server, Web(pause=0) as web:
        for times in (1, 2):
            registries = Registries(Addresses(server.address, server.address), web=web)
            report = index.add([papers], registries=registries)
            assert report.not_looked_up.startswith(
                "Not looked up: 3 papers, since 127.0.0.1 answered 403"
            )
            assert len(server.asked) == 3 * times
