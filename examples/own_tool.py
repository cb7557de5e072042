"""Put a tool of your own beside the built-in ones: `python examples/own_tool.py`.

A function with a docstring is enough. The `Document`s that it returns can be quoted like passages
of papers. The model is the one that the settings name, else the embedded one.
"""

from __future__ import annotations

import sys

from langchain_core.documents import Document

from r1agent import R1AgentError, load_assistant

NOTES = {
    "3 May": "The second run of the cooling test reached 4.2 kelvin after 95 minutes.",
    "4 May": "The pump was replaced. The third run reached 4.2 kelvin after 61 minutes.",
}


def lab_notes(topic: str) -> list[Document]:
    """Find entries of the notebook about runs of the cooling test.

    Args:
        topic: Words of the entry.
    """
    return [
        Document(text, metadata={"title": f"Notebook, {day}"})
        for day, text in NOTES.items()
        if any(word in text.lower() for word in topic.lower().split())
    ]


def main() -> None:
    """Ask a question that only the notebook can answer."""
    with load_assistant(tools=[lab_notes]) as assistant:
        answer = assistant.ask("After how many minutes did the third run of the test cool down?")
    print(answer.text)
    for step in answer.trajectory.steps:
        print(f"  {step.plan_step.tool}: {step.verdict.support}, {step.verdict.rests_on}")


if __name__ == "__main__":
    try:
        main()
    except R1AgentError as error:
        sys.exit(str(error))
