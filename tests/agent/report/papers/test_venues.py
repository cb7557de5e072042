"""A journal is told from proceedings by its name, and from a preprint server."""

import json
from dataclasses import replace

import pytest
from bibtexparser.entrypoint import parse_string

from r1agent.report.papers.bibtex import report_to_bibtex
from r1agent.report.papers.csl import report_to_csl
from r1agent.report.papers.venues import Venue, venue_of
from r1agent.reports import Entry, Report, Section
from r1agent_indexes.bibliography.bibtex import read_bibtex
from r1agent_indexes.bibliography.csl_json import read_json
from tests.agent.report.answers import ANSWER, QUOTE


def in_venue(name):
    answer = replace(ANSWER, claims=(), extracts=(replace(QUOTE, venue=name),))
    return Report("answer", "Why?", (Section("", (Entry(answer),)),))


@pytest.mark.parametrize(
    "name",
    [
        "Nature",
        "Journal of Machine Learning Research",
        "Transactions of the ACL",
        "Proceedings of the National Academy of Sciences",
        "Proceedings of the VLDB Endowment",
        "Proceedings of the IEEE",
        "计算机学报",
    ],
)
def test_a_journal(name):
    assert venue_of(replace(QUOTE, venue=name)) == Venue(name, "journal")


@pytest.mark.parametrize(
    "name",
    [
        "Proceedings of the 36th International Conference on Machine Learning",
        "2016 IEEE Conference on Computer Vision and Pattern Recognition (CVPR)",
        "Advances in Neural Information Processing Systems",
        "Proceedings of the IEEE/CVF Conference on Computer Vision and Pattern Recognition",
        "NeurIPS",
        "Findings of ACL",
        "全国计算语言学大会",
    ],
)
def test_proceedings(name):
    assert venue_of(replace(QUOTE, venue=name)) == Venue(name, "proceedings")


@pytest.mark.parametrize("name", [None, " ", "arXiv preprint arXiv:1503.02531", "bioRxiv", "arXiv"])
def test_a_preprint_server_is_no_venue(name):
    assert venue_of(replace(QUOTE, venue=name)) is None


@pytest.mark.parametrize(
    ("name", "bibtex", "field", "csl"),
    [
        ("Nature & Science", "article", "journal", "article-journal"),
        ("ICML Workshop", "inproceedings", "booktitle", "paper-conference"),
    ],
)
def test_a_bibliography_says_where_a_paper_came_out(name, bibtex, field, csl):
    written = report_to_bibtex(in_venue(name))
    (entry,) = parse_string(written).entries
    assert (entry.entry_type, entry[field]) == (bibtex, name.replace("&", r"\&"))
    assert read_bibtex(written)[0][0].facts.venue == name
    (item,) = json.loads(report_to_csl(in_venue(name)))
    assert (item["type"], item["container-title"]) == (csl, name)
    assert read_json(json.dumps([item]))[0].facts.venue == name
