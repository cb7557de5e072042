import re

import pytest
from hypothesis import given
from lxml import html

from r1agent.report.evaluation import drawings as evaluation_drawings
from r1agent.report.evaluation.html import evaluation_to_html
from r1agent.report.printable import one_line
from tests.agent.report.evaluations import TWO, evaluation_of, telling_of
from tests.agent.report.hostile import PIECES, telling


@pytest.fixture(scope="module")
def page():
    return evaluation_to_html(TWO)


@pytest.fixture(scope="module")
def shown(page):
    return html.document_fromstring(page)


def test_scores_stand_in_a_table_with_named_rows_and_columns(shown):
    (table,) = shown.xpath("//table[caption='Systems']")
    assert table.xpath(".//th[@scope='col']/text()")[:2] == ["system", "accuracy"]
    (row,) = table.xpath(".//tr[th[@scope='row']='loop accuracy']")
    assert row.xpath("string(td[1])") == "0.875 (0.625 to 1.000)+0.750 (+0.375 to +1.000) *"
    assert row.xpath("td[1]/b/text()") == ["+0.750 (+0.375 to +1.000) *"]
    assert row.xpath("td/text()")[-3:] == ["1,000", "2.5", "8"]


def test_each_plot_says_in_words_what_it_shows(shown):
    scores, kinds, costs = shown.xpath("//figure/*[@role='img']/@aria-label")
    assert "accuracy of loop accuracy 0.875 (0.625 to 1.000)" in scores
    assert "look-up, plain accuracy 0.250" in kinds
    assert "plain accuracy 0.125" in costs
    assert all(shown.xpath("//figure/figcaption/text()"))


def test_ids_are_unique_and_lead_inside_the_page(page, shown):
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_the_page_has_no_script_and_loads_nothing(page, shown):
    assert shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]
    loading = "script|link|img|image|iframe|object|embed|audio|video|source|base|form"
    assert shown.xpath("|".join(f"//{tag}" for tag in loading.split("|"))) == []
    assert not re.search(r"url\((?!#)|@import|expression\(", page)


def test_plots_take_the_colour_of_the_text(page):
    assert "#010203" not in page
    assert "currentColor" in page


def test_the_same_evaluation_gives_the_same_page(page):
    assert evaluation_to_html(TWO) == page


def test_without_matplotlib_a_note_stands_in_place_of_the_plots(monkeypatch):
    monkeypatch.setattr(evaluation_drawings, "can_plot", lambda: False)
    page = evaluation_to_html(TWO)
    assert "<svg" not in page
    assert "matplotlib is not installed" in page


def test_one_system_without_a_model_is_drawn_without_costs():
    page = html.document_fromstring(evaluation_to_html(evaluation_of([1, 0], models=[""])))
    assert len(page.xpath("//figure")) == 2


def test_notebooks_get_the_tables_without_a_page_around_them():
    fragment = TWO._repr_html_()
    assert fragment.startswith("<style>.r1agent-report{")
    assert "<body" not in fragment


@given(telling)
def test_no_text_adds_an_element_or_an_attribute(text):
    page, plain = parsed(text), parsed("words")
    assert elements(page) == elements(plain)
    assert one_line(text) == page.findtext(".//h1")


def parsed(text):
    return html.document_fromstring(evaluation_to_html(telling_of(text), plots=False))


def elements(page):
    return [(each.tag, sorted(each.items())) for each in page.iter()]


@pytest.mark.parametrize("text", [" ".join(PIECES[:40]), " ".join(PIECES[40:]), "王 $x$ --> ]]>"])
def test_no_text_adds_an_element_to_a_plot(text):
    page = html.document_fromstring(evaluation_to_html(telling_of(text)))
    for drawing in page.xpath("//figure/*[@role='img']"):
        found = {each.tag for each in drawing.iter() if isinstance(each.tag, str)}
        assert found <= {"svg", "defs", "style", "g", "path", "use", "text", "clippath", "rect"}
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
