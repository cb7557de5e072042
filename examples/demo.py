"""Ask the example papers one question of each kind: `make demo`, or `python examples/demo.py`.

The index must be there; `make demo` builds it. What happens is what `r1agent ask` does three times,
with the model loaded once.
"""

from __future__ import annotations

import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from r1agent.cli.ending import leave
from r1agent.cli.screen import data, notes
from r1agent.errors import R1AgentError
from r1agent.report.terminal import answer_to_terminal
from r1agent.report.watching.view import open_view
from r1agent_indexes import PaperIndexError

if TYPE_CHECKING:
    from r1agent.assistant import ResearchAssistant
    from r1agent.types import Answer

HERE = Path(__file__).parent
QUESTIONS = HERE / "papers" / "questions.toml"
INDEX = HERE.parent / "indexes" / "examples"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of `questions.toml` that is marked for the demo."""

    kind: str
    text: str
    tests: str | None
    """Unit tests that the code in the answer must pass."""


def main() -> int:
    """Ask every demo question; return 0 unless none was answered.

    A small model may fail to write code that passes its tests; the demo then shows that it says so.
    """
    try:
        answers = ask_all(demo_questions())
    except (R1AgentError, PaperIndexError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. `r1agent show last` prints what was done.\n")
        return 130
    return 0 if any(answer.outcome == "answered" for answer in answers) else 1


def demo_questions() -> list[Question]:
    """Read the questions that are marked for the demo."""
    table = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    return [
        Question(entry["kind"], entry["question"], entry.get("tests"))
        for entry in table["question"]
        if entry.get("demo")
    ]


def ask_all(questions: list[Question]) -> list[Answer]:
    """Ask the questions one after the other with one assistant, and print each answer."""
    began = time.monotonic()
    with load() as assistant:
        answers = [
            ask(assistant, question, f"{number} of {len(questions)}")
            for number, question in enumerate(questions, 1)
        ]
    print_closing(answers, time.monotonic() - began)
    return answers


def load() -> ResearchAssistant:
    """Load index and model, and say which they are and how long that took."""
    began = time.monotonic()
    with open_view(notes(), transient=True) as view:
        view.loading("Starting", None)
        from r1agent.load import load_assistant  # takes seconds, in which the screen must move
        from r1agent.settings import load_settings

        assistant = load_assistant(load_settings(index=INDEX), on_progress=view.loading)
    seconds = time.monotonic() - began
    notes().print(f"Model: {assistant.model_name}, loaded with the index in {seconds:.0f} s.")
    return assistant


def ask(assistant: ResearchAssistant, question: Question, place: str) -> Answer:
    """Ask one question: the run live on stderr, the answer on stdout."""
    screen = data()
    title = Text(f"{place}: {question.kind}", style="bold")
    screen.print(Text(), Rule(title, align="left", characters="─") if wide(screen) else title)
    screen.print(Text(question.text))
    if question.tests:
        count = question.tests.count("def test_")
        screen.print(Text(f"({count} unit tests judge the code.)", style="dim"))
    screen.print()
    screen.file.flush()
    with open_view(notes(), with_question=False) as view:
        answer = assistant.ask(question.text, tests=question.tests, on_event=view.event)
    screen.print(answer_to_terminal(answer), crop=False)
    screen.file.flush()
    return answer


def print_closing(answers: list[Answer], seconds: float) -> None:
    """Say what to try next."""
    answered = sum(answer.outcome == "answered" for answer in answers)
    index = INDEX.relative_to(HERE.parent)
    program = ".venv/bin/r1agent"
    following = {
        f'{program} ask "…" --index {index}': "a question of yours",
        f"{program} show {answers[0].run}": "every step of a run",
        f"{program} index add PAPERS --index indexes/mine": "papers of yours",
    }
    screen = data()
    screen.print(
        Text(f"\n{answered} of {len(answers)} questions answered in {seconds:.0f} s. Next:")
    )
    for command, purpose in following.items():
        screen.print(Text(f"  {command:<56}{purpose}"))


def wide(screen: Console) -> bool:
    """Say whether a rule across the screen makes sense: on a terminal, not in a log."""
    return screen.is_terminal


if __name__ == "__main__":
    leave(main())
