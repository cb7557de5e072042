"""Answers for the tests of what is shown, a hostile one among them."""

from __future__ import annotations

from dataclasses import replace

from r1agent.types import (
    Answer,
    Audit,
    Citation,
    Claim,
    Computation,
    Plan,
    PlanStep,
    Trajectory,
    Usage,
    Verdict,
)

QUOTE = Citation(
    passage="4f3a9c:12",
    quote="Smoothed teachers lose\n0.6 points.",
    paper="4f3a9c",
    file="kd.pdf",
    title="Distillation and smoothing",
    page=3,
    page_label="17",
    start=10,
    end=44,
    authors=("A. Author", "B. Writer"),
    year=2020,
    doi="10.1234/kd.2020",
)
PROGRAM = Computation("python", "print(1.2 / 2)", "0.6\n", "landlock, seccomp")
SUPPORTED = Verdict("supported", "a quote")

ANSWER = Answer(
    run="20260102-030405-abcdef",
    question="Does label smoothing hurt distillation?",
    outcome="answered",
    claims=(
        Claim("Smoothing costs 0.6 points.", (QUOTE,), SUPPORTED),
        Claim("That is half of 1.2.", (QUOTE,), SUPPORTED, (PROGRAM,)),
    ),
    plan=Plan((PlanStep("Find results", "search_papers", "a figure is found"),)),
    trajectory=Trajectory(),
    audit=Audit(
        support_rate=2 / 3,
        confidence="medium",
        usage={"writer": Usage(1, 1000, 200)},
        seconds=41.2,
        model="r1-distill-qwen-7b",
        notices=("a limit was reached",),
    ),
    dropped=(
        Claim(
            "Everyone agrees.",
            (),
            Verdict("unsupported", "no quote", ("no passage says so",)),
        ),
    ),
)

HOSTILE_TEXT = '\x1b[31m\x1b]0;owned\x07[red]<script>alert("1")</script>\u202egpj.exe\x9b2J'

HOSTILE = replace(
    ANSWER,
    question=HOSTILE_TEXT,
    claims=(
        Claim(
            HOSTILE_TEXT,
            (replace(QUOTE, quote=HOSTILE_TEXT, file=HOSTILE_TEXT, title=HOSTILE_TEXT, doi="x"),),
            SUPPORTED,
            (Computation("python", HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT),),
        ),
    ),
    dropped=(Claim(HOSTILE_TEXT, (), Verdict("unsupported", "", (HOSTILE_TEXT,))),),
    code=HOSTILE_TEXT,
)

IN_QUOTES = replace(
    ANSWER,
    claims=(),
    extracts=(QUOTE,),
    message="No sentence held up; the papers say, word for word:",
)

NOT_FOUND = replace(
    ANSWER,
    outcome="not_in_papers",
    claims=(),
    dropped=(),
    message="The papers do not say.",
    audit=replace(ANSWER.audit, searched=("smoothing", "teachers"), notices=()),
)

NOTHING_HELD = replace(
    ANSWER,
    outcome="not_in_papers",
    claims=(),
    extracts=(QUOTE,),
    message="No sentence that the model wrote held up.",
    audit=replace(ANSWER.audit, searched=("smoothing",), notices=()),
)
"""Sentences were written, none passed the gate, and a quote is near the question."""

REFUSED = replace(
    ANSWER,
    outcome="refused",
    claims=(),
    dropped=(),
    message="The question asks for harm. Ask about defences instead.",
    audit=replace(ANSWER.audit, notices=()),
)

FAILED = replace(
    ANSWER,
    outcome="failed",
    claims=(),
    dropped=(),
    message="No verified answer: two programs disagree.",
    audit=replace(ANSWER.audit, notices=()),
)

DOUBTED = replace(
    ANSWER,
    claims=(replace(ANSWER.claims[0], doubt="it rests on one quote"),),
    dropped=(
        replace(
            ANSWER.dropped[0],
            citations=(QUOTE,),
        ),
    ),
    audit=replace(ANSWER.audit, checks=("quote on its page", "numbers"), entailment="floors"),
)
