import re
from dataclasses import replace

from hypothesis import given
from lxml import html

from r1agent.report.printable import one_line
from r1agent.report.report_html import report_to_html
from r1agent.reports import Report, Section
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, report_of


def page(report, **options):
    return html.document_fromstring(report_to_html(report, **options))


def test_each_sentence_folds_out_to_its_quotes_and_programs():
    first, second = page(REVIEW).xpath("//article/details[not(@class)]")
    assert first.findtext("summary") == "Smoothing costs 0.6 points. "
    assert first.xpath("string(summary/sup)") == "[1, p. 3 (printed 17)]"
    assert first.xpath("string(blockquote)").startswith(
        "“Smoothed teachers lose 0.6 points.” — [1]"
    )
    assert second.xpath("string(summary/sup)") == "[1, p. 3 (printed 17)][a]"
    assert [code.text for code in second.iter("code")] == ["print(1.2 / 2)", "0.6\n"]


def test_the_contents_lead_to_every_section_and_every_quote_to_its_paper():
    shown = page(REVIEW)
    contents = shown.xpath("//nav//a")
    assert [link.text for link in contents] == [
        "Results",
        "What the papers do not say",
        "Bibliography",
    ]
    for link in shown.xpath("//a[starts-with(@href, '#')]"):
        assert len(shown.xpath(f"//*[@id='{link.get('href')[1:]}']")) == 1


def test_the_page_has_no_script_and_loads_nothing():
    shown = page(REVIEW)
    policy = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]
    loading = "script|link|img|iframe|object|embed|audio|video|source|base|form|svg"
    assert shown.xpath("|".join(f"//{tag}" for tag in loading.split("|"))) == []
    assert not re.search(r"url\(|@import|expression\(", shown.findtext(".//style"))


def test_only_dois_are_linked_to():
    links = page(REVIEW).xpath("//a[not(starts-with(@href, '#'))]/@href")
    assert links == ["https://doi.org/10.1234/kd.2020", "https://doi.org/10.48550/arxiv.1503.02531"]


def test_who_says_otherwise_stands_with_the_quote():
    (against,) = page(REVIEW).xpath("//div[@class='against']")
    assert against.findtext("p") == "Says otherwise: On teachers, p. 4 (0.9, not 0.6)"
    assert "“Teachers lose 0.9 points.”" in against.xpath("string(blockquote)")


def test_the_steps_of_a_run_are_drawn_with_their_calls_and_verdicts():
    shown = page(report_of("Words"))
    (step,) = shown.xpath("//details[@class='trace']/ol/li")
    assert step.xpath("string(ul/li/code)") == "Words Words"
    assert step.xpath("string(ul/li/small)") == "0.5 s"
    assert "width:100.0%" in step.xpath("ul/li/div/@style")[0]
    assert step.xpath("string(small[2])") == "supported; Words; Words"
    assert "Words (Words)" in shown.xpath("string(//details[@class='trace'])")


def test_a_style_is_shown_with_its_italics():
    shown = page(report_of("Words"), style="apa")
    assert [each.text for each in shown.xpath("//section[@id='bibliography']//i")] == ["Words"] * 2


def test_a_report_without_papers_has_no_bibliography():
    assert "Bibliography" not in report_to_html(Report("review", "Empty", (Section("None"),)))


def test_notebooks_get_the_same_without_a_page_around_it():
    shown = REVIEW._repr_html_()
    assert shown.startswith("<style>.r1agent-report{")
    assert "<body" not in shown
    assert REVIEW._repr_markdown_().startswith("# Label smoothing\n")


@given(telling)
def test_no_text_adds_an_element_an_attribute_or_an_address(text):
    shown, plain = page(report_of(text)), page(report_of("Words"))
    assert elements(shown) == elements(plain)
    assert one_line(text) == shown.findtext(".//h1")
    assert shown.xpath("//a[not(starts-with(@href, '#'))]") == []


def elements(shown):
    return [(each.tag, sorted(each.items())) for each in shown.iter()]


def test_a_doi_that_is_none_is_not_linked():
    report = report_of('10.1234/a<b>" onclick=')
    assert page(report).xpath("//a[contains(@href, 'doi.org')]") == []


def test_control_characters_are_left_out():
    assert "\x1b" not in report_to_html(replace(REVIEW, title="a\x1b[2Jb"))
