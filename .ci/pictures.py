"""Draw the pictures of the documentation from a recorded run: `pictures.py [JOURNAL]`.

They are drawn from `docs/recorded-run.jsonl`; another run's journal takes its place first, without
what only a resumed run needs. `docs/terminal.svg` is what `r1agent ask` leaves on a terminal,
`docs/trace-page.png` the page of `r1agent show --html` with a sentence opened. Needs the Chromium
of `.ci/setup-chromium`.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from r1agent.journal import answer_from_json, read_journal
from r1agent.report.page.page import run_to_html
from r1agent.report.terminal import answer_to_terminal
from r1agent.report.watching.timeline import Timeline
from r1agent.report.watching.trace import brief_trace
from r1agent.types import Answer

DOCS = Path("docs")
JOURNAL = DOCS / "recorded-run.jsonl"
CHROMIUM = Path(".venv-chromium/bin/chromium")
COLUMNS = 96
WINDOW = {"width": 1200, "height": 1180}
MOST_BYTES = 300_000
FONTS = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"

_WEB_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> int:
    """Draw both pictures; return 1 where one is too large for a page that many will load."""
    DOCS.mkdir(exist_ok=True)
    if len(sys.argv) > 1:
        JOURNAL.write_text(events_alone(Path(sys.argv[1])), encoding="utf-8")
    timeline, answer = read(JOURNAL)
    drawn = {
        DOCS / "terminal.svg": terminal(timeline, answer).encode(),
        DOCS / "trace-page.png": page(run_to_html(timeline, answer)),
    }
    for path, content in drawn.items():
        path.write_bytes(content)
        sys.stdout.write(f"{path}: {len(content) / 1000:.0f} kB\n")
    return int(any(len(content) > MOST_BYTES for content in drawn.values()))


def events_alone(journal: Path) -> str:
    """Return the events of a run, one a line, without the settings and folders of its machine."""
    events = [asdict(event) for event in read_journal(journal)]
    for event in events:
        event["data"].pop("made_with", None)
    return "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events)


def read(journal: Path) -> tuple[Timeline, Answer]:
    """Read a run that came to an answer."""
    events = read_journal(journal)
    timeline = Timeline()
    for event in events:
        timeline.apply(event)
    return timeline, answer_from_json(events[-1].data["answer"])


def terminal(timeline: Timeline, answer: Answer) -> str:
    """Draw what a terminal shows at the end of the run, with no font from the network."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
    )
    console.print(Text(f'$ r1agent ask "{answer.question}" --index indexes/examples'))
    for line in brief_trace(timeline):
        console.print(line)
    console.print()
    console.print(answer_to_terminal(answer))
    drawn = console.export_svg(title="r1agent ask", unique_id="terminal")
    return _WEB_FONTS.sub("", drawn).replace("Fira Code, monospace", FONTS)


def page(html: str) -> bytes:
    """Draw the upper part of the page after a click on its first sentence, in few colours."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "run.html")
        file.write_text(html, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        tab = browser.new_page(viewport=WINDOW)
        tab.goto(file.as_uri())
        tab.locator("#answer summary").first.click()
        drawn = tab.screenshot()
        browser.close()
    few = Image.open(io.BytesIO(drawn)).convert("RGB").quantize(128)
    kept = io.BytesIO()
    few.save(kept, "PNG", optimize=True)
    return kept.getvalue()


if __name__ == "__main__":
    sys.exit(main())
