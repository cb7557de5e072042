import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from r1agent.report.watching.found import passages_in
from r1agent.report.watching.timeline import CallLine, Timeline
from r1agent.report.watching.trace import brief_trace, call_line, evidence_lines
from r1agent.types import Event

FOUND = "Text of papers follows.\n\n" + "\n".join(
    f'{n}. <passage id="a:{n}" title="{title}" page="{n}">\n{words}\n</passage>'
    for n, title, words in (
        (3, "On smoothing", "Smoothed teachers\nlose 0.6 points."),
        (4, "On transfer", "Others gain."),
    )
)


def shown(call, width=100):
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False)
    console.print(call_line(call), *evidence_lines(call), sep="\n")
    return console.file.getvalue()


def test_found_passages_stand_under_their_search_the_best_with_its_first_words():
    call = CallLine("search_papers", "smoothing", found=passages_in(FOUND), ok=True, seconds=0.1)
    assert shown(call) == (
        "    search_papers smoothing → 2 passages (0.1 s)\n"
        "      On smoothing p. 3: “Smoothed teachers lose 0.6 points.”\n"
        "      then On transfer p. 4\n"
    )


def test_a_call_that_found_nothing_has_no_evidence():
    call = CallLine("python", "print(1)", outcome="1", ok=True)
    assert shown(call) == "    python print(1) → 1 (0.0 s)\n"


def test_a_narrow_screen_has_three_lines_all_the_same():
    call = CallLine("search_papers", "smoothing " * 9, found=passages_in(FOUND * 9), ok=True)
    assert len(list(evidence_lines(call))) == 2
    assert max(map(len, shown(call, width=40).splitlines())) <= 40


def told(timeline):
    console = Console(file=io.StringIO(), width=80, color_system=None, markup=False)
    for line in brief_trace(timeline):
        console.print(line)
    return console.file.getvalue()


@given(st.text())
def test_any_text_is_read(text):
    fenced = f'<passage id="1" title="T" page="2">\n{text}\n</passage>'
    assert passages_in(fenced)[0].place(9) == "T p. 2"


def test_a_long_call_is_cut_before_its_outcome():
    call = CallLine("search_papers", "smoothing " * 9, found=passages_in(FOUND), ok=True)
    console = Console(file=io.StringIO(), width=60, color_system=None, markup=False)
    console.print(call_line(call, brief=True))
    (line,) = console.file.getvalue().splitlines()
    assert line.endswith("… → 2 passages (0.0 s)")
    assert len(line) == 60


def test_evidence_stays_on_a_small_screen_until_a_sentence_is_judged():
    timeline = Timeline()
    returned = {"step": 1, "tool": "search_papers", "text": FOUND}
    for event in (
        Event("step_started", 1.0, {"step": 1, "goal": "Find losses", "tool": "search_papers"}),
        Event("tool_returned", 2.0, returned),
        Event("step_verified", 2.0, {"step": 1, "support": "supported"}),
        Event("writing", 3.0, {"passages": 2}),
    ):
        timeline.apply(event)
    assert "“Smoothed teachers" in told(timeline)
    timeline.apply(Event("claim_judged", 4.0, {"text": "It costs 0.6.", "support": "supported"}))
    assert "“Smoothed teachers" not in told(timeline)
    assert "✓ It costs 0.6.\n" in told(timeline)


def test_a_judged_sentence_is_cut_before_its_source():
    timeline = Timeline()
    judged = {"text": "It costs 0.6. " * 9, "support": "supported"}
    quotes = [{"quote": "lose 0.6", "file": "kd.pdf", "page": 3}]
    timeline.apply(Event("claim_judged", 4.0, judged | {"quotes": quotes}))
    assert "…  kd.pdf p. 3\n" in told(timeline)
