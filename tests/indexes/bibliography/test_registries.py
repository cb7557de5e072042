import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import unquote

import pytest

from r1agent_indexes import PaperMetadata
from r1agent_indexes.bibliography.registries import Addresses, Registries
from r1agent_indexes.bibliography.web import Web
from r1agent_indexes.bibliography.web_errors import WebError
from tests.indexes.bibliography.local_server import LocalServer, Reply, local_server

TITLE = "Distilling Groundwater in a Sand Tank"
CROSSREF = {
    "DOI": "10.1000/Sand",
    "title": [TITLE],
    "author": [{"given": "Jane", "family": "Doe"}, {"name": "The Sand Group"}],
    "issued": {"date-parts": [[2018, 3]]},
    "container-title": ["J. &amp; Sand"],
    "type": "journal-article",
}
OPENALEX = {
    "title": TITLE,
    "doi": "https://doi.org/10.48550/arxiv.1801.00001",
    "publication_year": 2018,
    "authorships": [{"author": {"display_name": "Jane Doe"}}],
    "primary_location": {"source": {"display_name": "arXiv"}},
}
FOUND = PaperMetadata(
    title=TITLE,
    authors=("Jane Doe", "The Sand Group"),
    year=2018,
    doi="10.1000/sand",
    venue="J. & Sand",
)
Answer = Callable[[str, dict[str, str]], Reply]


@contextmanager
def registries(answer: Answer, **web: float | str) -> Iterator[tuple[Registries, LocalServer]]:
    with local_server(answer) as server, Web(pause=0, attempts=3, **web) as client:  # type: ignore[arg-type]
        addresses = Addresses(f"{server.address}/crossref", f"{server.address}/openalex")
        yield Registries(addresses, web=client), server


def known_to(crossref: object = None, openalex: object = None) -> Answer:
    """Answer as two registries that know one work each, or none."""

    def answer(path: str, _headers: dict[str, str]) -> Reply:
        work = crossref if path.startswith("/crossref") else openalex
        if work is None:
            empty = '{"message": {"items": []}, "results": []}'
            return Reply(body=empty) if "?" in path else Reply(404, "not here")
        listed = {"items": [work]} if "query" in path else work
        body = {"message": listed} if path.startswith("/crossref") else work
        return Reply(body=json.dumps({"results": [work]} if "search=" in path else body))

    return answer


def test_a_doi_is_asked_of_crossref():
    with registries(known_to(crossref=CROSSREF)) as (asked, server):
        assert asked.facts_for(PaperMetadata(TITLE, doi="10.1000/sand"), "") == FOUND
    assert [unquote(path) for path in server.asked] == ["/crossref/works/10.1000/sand"]


def test_what_crossref_does_not_know_is_asked_of_openalex():
    with registries(known_to(openalex=OPENALEX)) as (asked, server):
        found = asked.facts_for(PaperMetadata(TITLE, doi="10.5/other"), "")
    assert found is not None
    assert (found.title, found.authors, found.venue) == (TITLE, ("Jane Doe",), "arXiv")
    assert server.asked[1] == "/openalex/works/doi:10.5/other"


def test_an_arxiv_id_is_asked_of_openalex_by_its_doi():
    with registries(known_to(openalex=OPENALEX)) as (asked, server):
        found = asked.facts_for(PaperMetadata("", arxiv_id="1801.00001v2"), "")
    assert found is not None
    assert (found.arxiv_id, found.year) == ("1801.00001", 2018)
    assert server.asked == ["/openalex/works/doi:10.48550/arxiv.1801.00001"]


@pytest.mark.parametrize(
    ("known", "page"),
    [
        (PaperMetadata(TITLE.upper(), authors=("J. Doe",), year=2017), ""),
        (PaperMetadata(TITLE), f"{TITLE}\nJane DOE, Sand University"),
    ],
    ids=["by its author", "by an author on its first page"],
)
def test_a_title_is_asked_where_there_is_no_id(known, page):
    with registries(known_to(crossref=CROSSREF)) as (asked, _):
        assert asked.facts_for(known, page) == FOUND


@pytest.mark.parametrize(
    ("known", "page"),
    [
        (PaperMetadata(f"{TITLE}, Part II"), "Jane Doe"),
        (PaperMetadata(TITLE, authors=("Bo Chen",)), "Jane Doe"),
        (PaperMetadata(TITLE, year=2009), "Jane Doe"),
        (PaperMetadata(TITLE), "No name that is known"),
    ],
    ids=["a sequel", "other authors", "another year", "no author on the page"],
)
def test_a_work_that_may_be_another_is_not_taken(known, page):
    with registries(known_to(crossref=CROSSREF, openalex=OPENALEX)) as (asked, _):
        assert asked.facts_for(known, page) is None


def test_a_doi_of_another_work_is_not_taken():
    with registries(known_to(crossref=CROSSREF)) as (asked, _):
        assert (
            asked.facts_for(PaperMetadata("Turbulence at low speed", doi="10.1000/sand"), "")
            is None
        )


def test_a_short_title_is_not_asked_for():
    with registries(known_to(crossref=CROSSREF)) as (asked, server):
        assert asked.facts_for(PaperMetadata("Introduction"), "") is None
    assert server.asked == []


def test_what_nobody_knows_is_none():
    with registries(known_to()) as (asked, _):
        assert asked.facts_for(PaperMetadata(TITLE, doi="10.1/x"), "") is None
        assert asked.facts_for(PaperMetadata(TITLE), "") is None


def in_turn(*replies: Reply) -> Answer:
    left = list(replies)
    return lambda _path, _headers: left.pop(0) if len(left) > 1 else left[0]


GOOD = Reply(body=json.dumps({"message": CROSSREF}))
KNOWN = PaperMetadata(TITLE, doi="10.1000/sand")


def test_a_busy_registry_is_asked_again_when_it_says():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=1.2), usegmt=True)
    answer = in_turn(
        Reply(429, headers={"Retry-After": "0.4"}), Reply(503, headers={"Retry-After": later}), GOOD
    )
    began = time.monotonic()
    with registries(answer) as (asked, server):
        assert asked.facts_for(KNOWN, "") == FOUND
    assert len(server.asked) == 3
    assert time.monotonic() - began >= 0.4


def test_a_failing_registry_is_asked_again():
    with registries(in_turn(Reply(500), GOOD)) as (asked, server):
        assert asked.facts_for(KNOWN, "") == FOUND
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(429, headers={"Retry-After": "7200"}), "answered 429 and asks to wait 7200 s"),
        (Reply(403), "answered 403, wanted 200"),
        (Reply(body="<html>log in</html>", headers={"Content-Type": "text/html"}), "text/html, w"),
        (Reply(body=json.dumps({"message": CROSSREF})[:-9]), "wanted JSON"),
    ],
    ids=["asks too long", "refuses", "answers in HTML", "is cut off"],
)
def test_a_registry_that_gives_no_answer_is_an_error_at_once(reply, said):
    with registries(in_turn(reply)) as (asked, server), pytest.raises(WebError, match=said):
        asked.facts_for(KNOWN, "")
    assert len(server.asked) == 1


def test_a_registry_that_stays_silent_is_given_up():
    with registries(in_turn(Reply(delay=0.5)), timeout=0.1) as (asked, server):
        with pytest.raises(WebError, match="is out of reach"):
            asked.facts_for(KNOWN, "")
        assert len(server.asked) == 3


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"message": 3}', '{"message": {"title": []}}', "null"]
)
def test_json_of_another_shape_is_no_answer(body):
    with registries(in_turn(Reply(body=body))) as (asked, _):
        found = asked.facts_for(KNOWN, "")
        assert found is None or found.title == ""
        assert asked.facts_for(PaperMetadata(TITLE), "") is None


def test_requests_to_a_host_keep_their_distance():
    with local_server(in_turn(GOOD)) as server, Web(pause=0.2) as web:
        began = time.monotonic()
        for _ in range(3):
            web.json(f"{server.address}/x")
        assert time.monotonic() - began >= 0.4


def test_an_address_of_the_user_is_sent_only_where_one_is_set():
    with registries(in_turn(GOOD), mailto="ada@example.org") as (asked, server):
        asked.facts_for(KNOWN, "")
    assert "mailto=ada%40example.org" in server.asked[0]
    assert server.headers[0]["user-agent"].endswith(" (mailto:ada@example.org)")
    with registries(in_turn(GOOD)) as (asked, server):
        asked.facts_for(KNOWN, "")
    assert "mailto" not in server.asked[0] + server.headers[0]["user-agent"]


def test_a_key_is_sent_to_openalex_only():
    with local_server(known_to(openalex=OPENALEX)) as server, Web(pause=0) as web:
        addresses = Addresses(f"{server.address}/crossref", f"{server.address}/openalex")
        asked = Registries(addresses, openalex_key="secret", web=web)
        asked.facts_for(PaperMetadata(TITLE, doi="10.5/other"), "")
    assert server.asked == [
        "/crossref/works/10.5%2Fother",
        "/openalex/works/doi:10.5/other?api_key=secret",
    ]


def test_a_registry_that_fails_three_times_is_left_alone_and_the_other_is_not():
    def answer(path: str, headers: dict[str, str]) -> Reply:
        return Reply(401) if path.startswith("/openalex") else known_to()(path, headers)

    with registries(answer) as (asked, server):
        for number in range(6):
            with pytest.raises(WebError, match="answered 401"):
                asked.facts_for(PaperMetadata(TITLE, doi=f"10.5/{number}"), "")
    assert sum(path.startswith("/openalex") for path in server.asked) == 3
    assert sum(path.startswith("/crossref") for path in server.asked) == 6


def test_a_record_that_has_moved_is_followed_at_the_same_host_only():
    moved = Reply(301, headers={"Location": "/crossref/works/new"})
    with registries(in_turn(moved, GOOD)) as (asked, server):
        assert asked.facts_for(KNOWN, "") == FOUND
    assert server.asked[1] == "/crossref/works/new"
    away = Reply(301, headers={"Location": "http://127.0.0.1:9/new"})
    with (
        registries(in_turn(away)) as (asked, server),
        pytest.raises(WebError, match="redirects to"),
    ):
        asked.facts_for(KNOWN, "")
    with (
        registries(in_turn(moved)) as (asked, server),
        pytest.raises(WebError, match="redirects to"),
    ):
        asked.facts_for(KNOWN, "")
    assert len(server.asked) == 4
