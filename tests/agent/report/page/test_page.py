import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from lxml import html

from r1agent.report.page.page import run_to_html
from r1agent.report.printable import one_line
from r1agent.types import Claim, Contradiction
from tests.agent.report.answers import ANSWER, DOUBTED, FAILED, NOT_FOUND, REFUSED, SUPPORTED
from tests.agent.report.hostile import telling
from tests.agent.report.page_runs import (
    OTHER,
    PAGES,
    WHOLE,
    events_of,
    hostile_page,
    page_of,
    stopped_page,
    thought,
    timeline_of,
)


def parsed(page):
    return html.document_fromstring(page)


def words(element):
    return " ".join(element.text_content().split())


def section(page, name):
    (found,) = parsed(page).xpath(f"//section[@id='{name}']")
    return found


def test_each_sentence_folds_out_to_its_quote_with_paper_page_and_doi():
    first, second = section(page_of(WHOLE), "answer").xpath(".//details")
    assert words(first.find("summary")) == "Smoothing costs 0.6 points.[1]"
    assert words(first.find(".//blockquote")) == "“Smoothed teachers lose 0.6 points.”"
    assert "Distillation and smoothing. A. Author, B. Writer (2020). kd.pdf, p. 3" in words(first)
    assert first.xpath(".//a/@href") == ["#reference-1", "https://doi.org/10.1234/kd.2020"]
    assert words(second.find("summary")).endswith("[1][a] (low confidence: it rests on one quote)")
    assert [code.text for code in second.iter("code")] == ["print(1.2 / 2)", "0.6"]


def test_a_left_out_sentence_has_its_reasons_and_the_quote_that_was_nearest():
    (left_out,) = section(page_of(DOUBTED), "left-out").xpath(".//details")
    assert words(left_out.find("summary")) == "Everyone agrees. unsupported"
    assert words(left_out.find("ul")) == "no passage says so"
    assert "“Smoothed teachers lose 0.6 points.”" in words(left_out)


def test_a_contradiction_shows_both_quotes_and_what_differs():
    (against,) = section(page_of(WHOLE), "otherwise").xpath("./article")
    assert [words(quote) for quote in against.iter("blockquote")] == [
        "“Smoothed teachers lose 0.6 points.”",
        "“Smoothed teachers gain 0.9 points.”",
    ]
    assert "What differs: lose against gain" in words(against)


def test_a_contradiction_of_no_shown_sentence_shows_the_other_paper_alone():
    answer = replace(WHOLE, contradictions=(Contradiction("Another one.", OTHER, "x"),))
    (against,) = section(page_of(answer), "otherwise").xpath("./article")
    assert len(against.xpath(".//blockquote")) == 1


def test_the_plan_is_shown_with_its_revision_and_why_it_was_revised():
    shown = section(page_of(WHOLE), "plan")
    assert [words(each) for each in shown.iter("h3")] == [
        "First plan, after 2.0 s",
        "Revision 1, after 6.0 s",
        "Writing the answer",
    ]
    assert [words(each) for each in shown.iter("h4")] == [
        "1. Find losses partly",
        "2. Read page 3 not begun",
        "2. Halve them supported",
    ]
    assert "Revised because step 1 was partly: no sum." in words(shown)


def test_a_call_folds_out_to_its_arguments_and_what_was_found():
    search, program = section(page_of(WHOLE), "plan").xpath(".//details[@class='call']")
    assert words(search.find("summary")) == (
        "search_papers query=smoothing loss, k=5 → Distillation and smoothing p. 3 · 0.4 s"
    )
    assert words(search.find(".//blockquote")) == "Smoothed teachers lose 0.6 points."
    assert words(search.find(".//figcaption")) == "Distillation and smoothing, p. 3"
    assert program.findtext(".//pre/code") == "half = 1.2 / 2\nprint(half)"
    assert "failed" in words(program.find("summary"))


def test_thoughts_stand_folded_where_the_model_had_them():
    shown = section(page_of(WHOLE), "plan")
    planning, halving, writing = shown.xpath(".//details[@class='thought']")
    assert words(planning.find("summary")) == "Thought of the planner · 0.5 s · 1,200 tokens"
    assert planning.find("p").text == "Which table\nhas it?"
    assert planning.xpath("following::h3[1]/text()") == ["First plan, after 2.0 s"]
    assert words(halving.getparent().find("h4")) == "2. Halve them supported"
    assert words(halving.find("p")) == "Half of 1.2 is 0.6."
    assert writing.xpath("preceding::h3[1]/text()") == ["Writing the answer"]
    assert not shown.xpath(".//details[@open]")


def test_a_run_that_stopped_in_its_first_thought_shows_it():
    (only,) = section(stopped_page(at=2), "plan").xpath("./details")
    assert words(only.find("p")) == "Which table has it?"


def test_a_thought_that_goes_on_and_on_is_cut_and_says_so():
    events = [*events_of()[:1], thought("planner", 1.0, "so " * 10_000), events_of()[-1]]
    shown = section(run_to_html(timeline_of(events), ANSWER), "plan").find(".//p").text
    assert len(shown) < 21_000
    assert shown.endswith("\n… 10,000 more characters")


def test_the_time_goes_to_the_plan_the_steps_and_the_answer():
    rows = section(page_of(WHOLE), "time").xpath("./table/tbody/tr")
    assert [words(row) for row in rows] == [
        "Plan4.0planning: 0.0 to 2.0 srevising the plan: 4.0 to 6.0 s",
        "Step 1 Find losses2.0choosing an action: 2.0 to 3.0 s"
        "a tool at work: 3.0 to 3.4 schecking the step: 3.4 to 4.0 s",
        "Step 2 Halve them1.5choosing an action: 6.0 to 7.0 s"
        "a tool at work: 7.0 to 7.2 schecking the step: 7.2 to 7.5 s",
        "Answer2.5gathering the evidence: 7.5 to 8.0 swriting: 8.0 to 9.0 s"
        "checking sentences: 9.0 to 9.5 slooking who says otherwise: 9.5 to 10.0 s",
    ]
    assert rows[1].xpath(".//svg/@aria-label") == [
        "model as executor 1.0 s, tools 0.4 s, checks 0.6 s"
    ]


def test_every_role_has_its_tokens_and_seconds():
    rows = section(page_of(WHOLE), "cost").xpath(".//tr")
    assert [[words(cell) for cell in row] for row in rows[1:]] == [
        ["writer", "1", "1,000", "200", "0.0"],
        ["tools", "2 calls", "", "", "0.6"],
        ["whole run", "1", "1,000", "200", "41.2"],
    ]


def test_the_audit_and_the_notices_are_told():
    page = page_of(WHOLE)
    assert "Supported 2 of 3 sentences (67%) Confidence medium" in " ".join(
        words(each) for each in section(page, "audit").find("dl")
    )
    notes = section(page, "notes").xpath(".//li")
    assert [words(each) for each in notes] == ["a limit was reached", "A limit was near."]


@pytest.mark.parametrize(
    ("answer", "said", "badge"),
    [
        (NOT_FOUND, "The papers do not say.", "not in the papers"),
        (REFUSED, "Refused: The question asks for harm. Ask about defences instead.", "refused"),
        (FAILED, "No verified answer: two programs disagree.", "failed"),
    ],
)
def test_a_run_without_an_answer_says_why_first(answer, said, badge):
    page = page_of(answer)
    assert words(section(page, "answer").find("p")) == said
    assert words(parsed(page).find(".//header/p/span")) == badge


def test_where_the_papers_do_not_say_it_is_told_what_was_searched_for():
    queries = section(page_of(NOT_FOUND), "answer").xpath(".//li")
    assert [words(each) for each in queries] == ["“smoothing”", "“teachers”"]


def test_a_stopped_run_is_shown_as_far_as_it_came_and_how_it_goes_on():
    page = stopped_page()
    assert "This run was stopped before its end, after 9.5 s." in words(section(page, "answer"))
    assert "r1agent ask --resume r1 goes on with it." in words(section(page, "answer"))
    judged = section(page, "judged").xpath(".//summary")
    assert [words(each) for each in judged] == ["It costs 0.6. supported", "All agree. unsupported"]


def test_a_run_stopped_in_a_step_calls_the_step_and_its_call_stopped():
    shown = section(stopped_page(at=5), "plan")
    assert words(shown.find(".//h4")) == "1. Find losses stopped"
    assert words(shown.find(".//details[@class='call']/summary")).endswith("→ stopped")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere_and_ids_are_there_once(name):
    shown = parsed(PAGES[name]())
    for target in shown.xpath("//a[starts-with(@href, '#')]/@href"):
        assert len(shown.xpath(f"//*[@id='{target[1:]}']")) == 1
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_headings_skip_no_level_and_sections_have_names(name):
    shown = parsed(PAGES[name]())
    levels = [int(each.tag[1]) for each in shown.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for each in shown.iter("section"):
        (heading,) = shown.xpath(f"//h2[@id='{each.get('aria-labelledby')}']")
        assert words(heading)


def test_the_policy_lets_only_the_page_s_own_style_and_script_run():
    shown = parsed(page_of(WHOLE))
    (policy,) = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for tag in ("style", "script"):
        (source,) = shown.xpath(f"//{tag}")
        digest = base64.b64encode(hashlib.sha256(source.text.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert shown.xpath("//@style|//@src|//@srcset|//@srcdoc|//@action") == []
    assert not re.search(r"url\(|@import|expression\(", shown.findtext(".//style"))


@given(telling)
def test_no_text_adds_an_element_an_attribute_or_an_address(text):
    assert skeleton(said(text)) == skeleton(said("x"))


def said(text):
    citation = replace(OTHER, quote=text, file=text, title=text, authors=(text,), doi=text)
    claim = Claim(text, (citation,), SUPPORTED, doubt=text, original=text)
    answer = replace(
        ANSWER,
        claims=(claim,),
        dropped=(claim,),
        contradictions=(Contradiction(text, citation, text),),
        code=text,
    )
    return hostile_page(text, answer)


def skeleton(page):
    """Return the elements and attributes of a page, without words and languages."""
    return [
        (each.tag, sorted(name for name in each.attrib if name != "lang"), each.get("href", ""))
        for each in parsed(page).iter()
    ]


def test_a_false_doi_makes_no_link():
    for address in ("javascript:alert(1)", "10.1234/x y", '10.1234/"onclick="x'):
        claim = replace(ANSWER.claims[0], citations=(replace(OTHER, doi=address),))
        links = parsed(page_of(replace(ANSWER, claims=(claim,)))).xpath("//a/@href")
        assert all(each.startswith(("#", "https://doi.org/10.")) for each in links)
        assert not any("javascript" in each for each in links)


def test_chinese_is_marked_as_such():
    page = run_to_html(timeline_of(events_of()), replace(ANSWER, claims=(
        replace(ANSWER.claims[0], text="标签平滑损失0.6个百分点。"),
    )))  # fmt: skip
    assert parsed(page).xpath("//summary/span[@lang='zh']/text()") == [
        one_line("标签平滑损失0.6个百分点。")
    ]
