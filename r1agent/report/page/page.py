"""A run as a page of HTML: the answer with its quotes, how it came about, how it was checked."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from r1agent.report.page.answer import (
    answer_to_html,
    judged_to_html,
    left_out_to_html,
    otherwise_to_html,
    programs_to_html,
)
from r1agent.report.page.audit import audit_to_html, notices_to_html
from r1agent.report.page.markup import NOTHING, Html, joined, link, said, spaced, tag, text
from r1agent.report.page.quotes import references_to_html
from r1agent.report.page.steps import steps_to_html
from r1agent.report.page.time import roles_to_html, time_to_html
from r1agent.report.references import ended_as
from r1agent.report.watching.timeline import Timeline
from r1agent.types import Answer

_STOPPED = "stopped early"


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    """Its place on the page, as in `#name`."""
    title: str
    content: Html


def run_to_html(timeline: Timeline, answer: Answer | None) -> str:
    """Write a page that needs no network and no other file, and that can load or run nothing else.

    It is whole without its script, which adds the arrow keys and opens everything in print.

    Args:
        timeline: The run's events.
        answer: None where the run did not come to one.
    """
    sections = [each for each in _sections(timeline, answer) if each.content]
    return (
        '<!DOCTYPE html>\n<html lang="en">'
        f"{_head(timeline.question)}"
        f"{tag('body', _skip(), _header(timeline, answer), _contents(sections), _main(sections))}"
        "</html>\n"
    )


def _sections(timeline: Timeline, answer: Answer | None) -> list[_Section]:
    trace = [
        _Section("time", "Time", time_to_html(timeline)),
        _Section("plan", "Plan and steps", steps_to_html(timeline)),
    ]
    if answer is None:
        return [
            _Section("answer", "No answer yet", _stopped(timeline)),
            _Section("judged", "Sentences judged so far", judged_to_html(timeline.claims)),
            *trace,
            _Section("notes", "Notes", notices_to_html(timeline.notices)),
        ]
    notices = [*answer.audit.notices, *timeline.notices]
    return [
        _Section("answer", "Answer", answer_to_html(answer)),
        _Section("otherwise", "Who says otherwise", otherwise_to_html(answer)),
        _Section("left-out", "Left out", left_out_to_html(answer)),
        _Section("computations", "Computations", programs_to_html(answer)),
        _Section("references", "References", references_to_html(answer)),
        _Section("notes", "Notes", notices_to_html(notices)),
        *trace,
        _Section("cost", "Tokens and seconds", roles_to_html(answer)),
        _Section("audit", "Audit", audit_to_html(answer)),
    ]


def _stopped(timeline: Timeline) -> Html:
    again = tag("code", text(f"r1agent ask --resume {timeline.run}"))
    return joined(
        [
            tag(
                "p",
                text(f"This run was stopped before its end, after {timeline.now:.1f} s."),
                class_="message failed",
            ),
            tag("p", spaced([again, text("goes on with it.")])) if timeline.can_go_on else NOTHING,
        ]
    )


def _head(question: str) -> Html:
    style, script = _resource("page.css"), _resource("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    return Html(
        '<head><meta charset="utf-8">'
        f"{_meta('Content-Security-Policy', policy)}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="generator" content="r1agent">'
        '<link rel="icon" href="data:,">'
        f"{tag('title', text(question or 'A run of r1agent'))}"
        f"<style>{style}</style><script>{script}</script></head>"
    )


def _meta(name: str, content: str) -> Html:
    return Html(tag("meta", http_equiv=name, content=content).removesuffix("</meta>"))


def _resource(name: str) -> str:
    return files("r1agent.report.page").joinpath(name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    """Return what a browser compares the content of an element with."""
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _skip() -> Html:
    return tag("a", text("Skip to the answer"), href="#answer", class_="skip")


def _header(timeline: Timeline, answer: Answer | None) -> Html:
    outcome = ended_as(answer) if answer else _STOPPED
    state = answer.outcome if answer else "failed"
    engine = answer.audit.engine if answer else ""
    seconds = answer.audit.seconds if answer else timeline.now
    facts = (f"Run {timeline.run}", timeline.model, engine, f"{seconds:.0f} s")
    return tag(
        "header",
        said(timeline.question, "h1"),
        tag(
            "p",
            spaced(
                [
                    tag("span", text(outcome), class_=f"badge {state}"),
                    text(" · ".join(filter(None, facts))),
                ]
            ),
            class_="less",
        ),
    )


def _contents(sections: list[_Section]) -> Html:
    rows = [tag("li", link(each.name, text(each.title))) for each in sections]
    everything = tag("button", text("Open everything"), type="button", hidden="", id="everything")
    return tag("nav", tag("ul", *rows), everything, aria_label="Contents")


def _main(sections: list[_Section]) -> Html:
    shown = [
        tag(
            "section",
            tag("h2", text(each.title), id=f"{each.name}-title"),
            each.content,
            id=each.name,
            aria_labelledby=f"{each.name}-title",
        )
        for each in sections
    ]
    return tag("main", *shown, id="main")
