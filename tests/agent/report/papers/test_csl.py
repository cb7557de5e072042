import json

from hypothesis import given

from r1agent.report.papers.csl import report_to_csl
from r1agent.report.printable import one_line
from r1agent_indexes.bibliography.csl_json import read_json
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, report_of


def test_papers_are_written_with_the_names_of_the_schema():
    first, second = json.loads(report_to_csl(REVIEW))
    assert first == {
        "id": "author2020",
        "type": "document",
        "title": "Distillation and smoothing",
        "author": [{"family": "Author", "given": "A."}, {"family": "Writer", "given": "B."}],
        "issued": {"date-parts": [[2020]]},
        "DOI": "10.1234/kd.2020",
    }
    assert second["type"] == "article"
    assert second["author"] == [
        {"family": "van Beethoven", "given": "Ludwig"},
        {"literal": "DeepSeek-AI"},
        {"literal": "王小明"},
    ]


def test_what_is_not_known_is_left_out():
    scan = json.loads(report_to_csl(report_of("Words")))[2]
    assert scan == {"id": "words", "type": "document", "title": "Words"}


def test_what_is_written_is_read_as_it_was():
    facts = [entry.facts for entry in read_json(report_to_csl(REVIEW))]
    assert [one.citation_key for one in facts] == ["author2020", "vanbeethoven2015"]
    assert facts[1].authors == ("Ludwig van Beethoven", "DeepSeek-AI", "王小明")
    assert facts[1].arxiv_id == "1503.02531"


@given(telling)
def test_a_title_stays_what_it_is_without_control_characters(text):
    items = json.loads(report_to_csl(report_of(text)))
    assert [item["title"] for item in items] == [one_line(text)] * 3
