import hashlib
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes import Addresses, FetchProgress, PaperIndexError, PaperMetadata, fetch_papers
from r1agent_indexes.bibliography.file_names import file_name
from r1agent_indexes.bibliography.public_address import require_public
from r1agent_indexes.bibliography.wanted import wanted_paper
from r1agent_indexes.bibliography.web_errors import WebError
from tests.indexes.bibliography.local_server import Reply, local_server
from tests.indexes.made_pdfs import make_pdf

WORK = {
    "title": "Sand: a study/survey of “tanks”",
    "publication_year": 2018,
    "authorships": [{"author": {"display_name": "Jane van Doe"}}],
}


@pytest.fixture(scope="module")
def pdf(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    return make_pdf(path, [[f"Line {n} of a long page" for n in range(40)]] * 30).read_bytes()


class Site:
    """Answers by path; a test sets what."""

    def __init__(self, replies: dict[str, Reply]) -> None:
        self.replies = replies

    def __call__(self, path: str, headers: dict[str, str]) -> Reply:
        reply = self.replies.get(path.partition("?")[0], Reply(404, "nothing"))
        wanted = headers.get("range", "").removeprefix("bytes=").rstrip("-")
        if not wanted or "accept-ranges" not in {name.lower() for name in reply.headers}:
            return reply
        if headers.get("if-range") != reply.headers.get("ETag"):
            return Reply(200, reply.body, reply.headers)
        place = f"bytes {wanted}-{len(reply.body) - 1}/{len(reply.body)}"
        return Reply(206, reply.body[int(wanted) :], reply.headers | {"Content-Range": place})


def get(site, folder, *wanted: str, **options):
    """Fetch from a site that stands in for arXiv, OpenAlex, Crossref and publishers."""
    with local_server(site) as server:
        addresses = Addresses(*(f"{server.address}/{name}" for name in ("cr", "oa", "arxiv")))
        asked = [one.replace("SITE", server.address) for one in wanted]
        report = fetch_papers(asked, folder, addresses=addresses, pause=0, **options)
    return report, server


def work(*urls: str, **more) -> Reply:
    places = [{"pdf_url": url, "is_oa": True} for url in urls]
    best = {"best_oa_location": places[0] if places else None, "locations": places}
    return Reply(body=json.dumps(WORK | best | more))


def test_an_arxiv_paper_is_fetched_once(tmp_path, pdf):
    site = Site(
        {"/arxiv/pdf/1503.02531v2": Reply(body=pdf), "/arxiv/pdf/hep-th/9901001": Reply(body=pdf)}
    )
    report, _ = get(site, tmp_path / "new", "arxiv:1503.02531v2", "hep-th/9901001")
    assert [each.path.name for each in report.fetched] == ["1503.02531v2.pdf", "hep-th-9901001.pdf"]
    assert (tmp_path / "new" / "1503.02531v2.pdf").read_bytes() == pdf
    again, server = get(site, tmp_path / "new", "https://arxiv.org/abs/1503.02531v2")
    assert [each.path.name for each in again.there] == ["1503.02531v2.pdf"]
    assert server.asked == []
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "1503.02531v2.pdf",
        "hep-th-9901001.pdf",
    ]


def test_a_doi_is_fetched_from_where_it_is_open_and_named_by_what_it_is(tmp_path, pdf):
    site = Site({"/pub/x.pdf": Reply(body=pdf)})
    with local_server(site) as server:
        site.replies["/oa/works/doi:10.1000/sand"] = work(
            f"{server.address}/gone.pdf", f"{server.address}/pub/x.pdf"
        )
        addresses = Addresses(*(f"{server.address}/{name}" for name in ("cr", "oa", "arxiv")))
        report = fetch_papers(["doi:10.1000/Sand"], tmp_path, addresses=addresses, pause=0)
    (paper,) = report.fetched
    assert paper.path.name == "Doe-2018-Sand-a-study-survey-of-tanks.pdf"
    assert paper.url.endswith("/pub/x.pdf")


def test_a_doi_that_openalex_does_not_know_is_asked_of_crossref(tmp_path, pdf):
    site = Site({"/x.pdf": Reply(body=pdf)})
    with local_server(site) as server:
        link = {"URL": f"{server.address}/x.pdf", "content-type": "application/pdf"}
        message = {"title": ["Sand"], "link": [link], "author": [{"family": "Doe"}]}
        site.replies["/cr/works/10.1000%2Fsand"] = Reply(body=json.dumps({"message": message}))
        addresses = Addresses(*(f"{server.address}/{name}" for name in ("cr", "oa", "arxiv")))
        report = fetch_papers(["10.1000/sand"], tmp_path, addresses=addresses, pause=0)
    assert [each.path.name for each in report.fetched] == ["Doe-Sand.pdf"]


def test_an_address_is_fetched_over_a_redirect_and_named_by_its_end(tmp_path, pdf):
    site = Site(
        {
            "/a/My%20Paper.PDF": Reply(302, headers={"Location": "../b/real"}),
            "/b/real": Reply(body=pdf),
        }
    )
    report, _ = get(site, tmp_path, "SITE/a/My%20Paper.PDF")
    assert [each.path.name for each in report.fetched] == ["My-Paper.pdf"]
    assert report.fetched[0].url.endswith("/b/real")


def test_a_broken_transfer_goes_on_where_it_was_cut(tmp_path, pdf):
    whole = {"Accept-Ranges": "bytes", "ETag": '"one"'}
    cut = Reply(body=pdf, headers=whole, cut_at=len(pdf) // 2)
    site = Site({"/a.pdf": cut})
    seen: list[FetchProgress] = []

    def answer(path, headers):
        reply = site(path, headers)
        site.replies["/a.pdf"] = Reply(body=pdf, headers=whole)
        return reply

    report, server = get(answer, tmp_path, "SITE/a.pdf", on_progress=seen.append)
    assert report.fetched[0].path.read_bytes() == pdf
    assert int(server.headers[1]["range"].removeprefix("bytes=").rstrip("-")) > 0
    assert seen[-1].bytes == seen[-1].whole == len(pdf)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_the_next_run_goes_on_and_another_content_begins_anew(tmp_path, pdf):
    first = {"Accept-Ranges": "bytes", "ETag": '"one"'}
    site = Site({"/arxiv/pdf/1503.02531": Reply(body=pdf, headers=first, cut_at=5000)})

    def cutting(path, headers):
        return site.replies[path] if not headers.get("range") else Reply(503)

    report, _ = get(cutting, tmp_path, "arxiv:1503.02531")
    assert "answered 503" in report.failed[0].reason
    (part,) = tmp_path.glob("*.part")
    assert part.stat().st_size == 5000
    tag = part.with_name(part.name + ".tag")
    part.rename(tmp_path / "kept")
    tag.rename(tmp_path / "kept.tag")

    other = pdf.replace(b"reportlab", b"REPORTLAB")
    second = {"Accept-Ranges": "bytes", "ETag": '"two"'}
    with local_server(Site({"/arxiv/pdf/1503.02531": Reply(body=other, headers=second)})) as server:
        url = f"{server.address}/arxiv/pdf/1503.02531"

        part = tmp_path / f".{hashlib.sha256(url.encode()).hexdigest()[:16]}.part"
        (tmp_path / "kept").rename(part)
        part.with_name(part.name + ".tag").write_text(f'{url}\n"one"')
        addresses = Addresses(arxiv=f"{server.address}/arxiv")
        report = fetch_papers(["arxiv:1503.02531"], tmp_path, addresses=addresses, pause=0)
    assert server.headers[0]["range"] == "bytes=5000-"
    assert report.fetched[0].path.read_bytes() == other


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(404, "no"), "answered 404: there is nothing at this address"),
        (Reply(403, "no"), "answered 403: not open, or not to programs; fetch it with a browser"),
        (Reply(418, "no"), "answered 418, wanted 200"),
        (
            Reply(body="<html>" + "x" * 2000, headers={"Content-Type": "text/html; charset=utf-8"}),
            "sent text/html, wanted a PDF",
        ),
        (Reply(body="short"), "sent 5 bytes that are no PDF"),
        (Reply(body=b""), "sent 0 bytes that are no PDF"),
        (Reply(body=b"%PDF-1.7\n" + b"x" * 3000), "sent a PDF that does not open"),
        (Reply(302, headers={"Location": "/x.pdf"}), "redirects more than 8 times"),
        (Reply(302, headers={"Location": "file:///etc/passwd"}), "only http and https"),
        (Reply(302, headers={"Location": "http://127.0.0.1:9/x"}), "this machine or a private"),
        (Reply(302, headers={"Location": "http://localhost:9/x"}), "this machine or a private"),
        (Reply(302, headers={"Location": "http://[::ffff:10.0.0.1]/x"}), "this machine or a pri"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.status),
)
def test_what_is_no_pdf_is_said_and_leaves_nothing(tmp_path, reply, said):
    report, _ = get(Site({"/x.pdf": reply}), tmp_path, "SITE/x.pdf")
    assert said in report.failed[0].reason
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_that_is_too_large_is_refused_before_it_is_fetched(tmp_path, pdf):
    report, _ = get(Site({"/x.pdf": Reply(body=pdf)}), tmp_path, "SITE/x.pdf", most_bytes=999)
    assert f"has {len(pdf):,} bytes, more than the 999 allowed" in report.failed[0].reason
    assert list(tmp_path.iterdir()) == []


def test_a_paper_that_is_not_open_says_where_to_get_it(tmp_path):
    site = Site({"/oa/works/doi:10.1000/sand": work()})
    report, _ = get(site, tmp_path, "doi:10.1000/sand", "doi:10.1000/none")
    assert "no open PDF of 'Sand: a study/survey" in report.failed[0].reason
    assert "https://doi.org/10.1000/sand" in report.failed[0].reason
    assert "neither OpenAlex nor Crossref knows the DOI '10.1000/none'" in report.failed[1].reason


def test_one_failure_stops_no_other(tmp_path, pdf):
    site = Site({"/arxiv/pdf/1503.02531": Reply(body=pdf)})
    report, _ = get(site, tmp_path, "nonsense", "arxiv:1801.00001", "arxiv:1503.02531")
    assert [failure.asked for failure in report.failed] == ["nonsense", "arxiv:1801.00001"]
    assert [each.path.name for each in report.fetched] == ["1503.02531.pdf"]


def test_a_file_with_other_content_is_never_written_over(tmp_path, pdf):
    (tmp_path / "x.pdf").write_text("mine")
    site = Site({"/x.pdf": Reply(body=pdf)})
    report, _ = get(site, tmp_path, "SITE/x.pdf")
    assert (report.fetched[0].path.name, (tmp_path / "x.pdf").read_text()) == ("x-2.pdf", "mine")
    report, _ = get(site, tmp_path, "SITE/x.pdf")
    assert [each.path.name for each in report.there] == ["x-2.pdf"]


def test_a_folder_is_left_only_where_something_came(tmp_path, pdf):
    get(Site({}), tmp_path / "none", "arxiv:2301.00001")
    assert not (tmp_path / "none").exists()
    (tmp_path / "own").mkdir()
    get(Site({}), tmp_path / "own", "arxiv:2301.00001")
    assert (tmp_path / "own").is_dir()


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(PaperIndexError, match="is a file; name a folder"):
        fetch_papers(["arxiv:1503.02531"], tmp_path / "file")


@pytest.mark.parametrize(
    ("asked", "kind", "value"),
    [
        ("arxiv:1503.02531", "arxiv", "1503.02531"),
        ("arXiv: 1503.02531v2", "arxiv", "1503.02531v2"),
        ("hep-th/9901001", "arxiv", "hep-th/9901001"),
        ("https://arxiv.org/pdf/1503.02531v2.pdf", "arxiv", "1503.02531v2"),
        ("https://arxiv.org/abs/cs.CL/0101001", "arxiv", "cs.cl/0101001"),
        ("doi:10.48550/arXiv.1503.02531", "arxiv", "1503.02531"),
        ("doi:10.1000/ABC.1", "doi", "10.1000/abc.1"),
        ("10.1000/(x)1-2", "doi", "10.1000/(x)1-2"),
        ("https://doi.org/10.1000/a%2Fb", "doi", "10.1000/a/b"),
        ("https://example.org/a.pdf?x=1", "url", "https://example.org/a.pdf?x=1"),
    ],
)
def test_what_is_wanted_is_read(asked, kind, value):
    wanted = wanted_paper(asked)
    assert (wanted.kind, wanted.value) == (kind, value)


@pytest.mark.parametrize("asked", ["", "paper.pdf", "arxiv:", "doi:x", "ftp://x/a.pdf", "https://"])
def test_what_names_no_paper_is_refused(asked):
    with pytest.raises(PaperIndexError):
        wanted_paper(asked)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(asked):
    with suppress(PaperIndexError):
        assert wanted_paper(asked).value


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "https://localhost/x", "http://10.1.2.3/", "http://192.168.0.1:80/"),
        *("http://169.254.169.254/latest", "http://[::1]/", "http://0.0.0.0/", "http://[fe80::1]/"),
        *("file:///etc/passwd", "gopher://x", "https:///x", "http://[x"),
    ],
)
def test_addresses_within_are_refused(url):
    with pytest.raises(WebError):
        require_public(url)


def test_an_address_out_in_the_world_passes():
    assert require_public("https://93.184.216.34/x.pdf") is None


def test_an_address_within_passes_only_where_that_port_is_allowed():
    assert require_public("http://127.0.0.1:8000/x.pdf", allowed={"127.0.0.1:8000"}) is None
    with pytest.raises(WebError):
        require_public("http://127.0.0.1:8001/x.pdf", allowed={"127.0.0.1:8000"})


@given(st.text(max_size=400), st.text(max_size=30))
def test_a_file_name_is_always_one_plain_name(title, author):
    authors = (f"Ada {author}",) if author.strip() else ()
    name = file_name(PaperMetadata(title, authors=authors, year=2020))
    assert Path(name).name == name
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 150
