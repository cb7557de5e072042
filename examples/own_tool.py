"""Put a tool of your own beside the built-in ones: `python examples/own_tool.py`.

What a tool returns can be quoted when its artifact is a list of `Document`s, each with an `id`, a
`title` and a `page`. The model is the one that the settings name, else the embedded one.
"""

from __future__ import annotations

import sys

from langchain_core.documents import Document
from langchain_core.tools import tool

from r1agent import R1AgentError, ResearchAssistant, load_assistant
from r1agent_tools import LocalSandbox, python_tool

NOTES = {
    "3 May": "The second run of the cooling test reached 4.2 kelvin after 95 minutes.",
    "4 May": "The pump was replaced. The third run reached 4.2 kelvin after 61 minutes.",
}


@tool(response_format="content_and_artifact")
def lab_notes(topic: str) -> tuple[str, list[Document]]:
    """Find entries of the laboratory notebook about a topic."""
    found = [
        Document(text, id=f"notes:{day}", metadata={"title": f"Notebook, {day}", "page": 1})
        for day, text in NOTES.items()
        if any(word in text.lower() for word in topic.lower().split())
    ]
    return "\n".join(entry.page_content for entry in found) or "No entry.", found


def main() -> None:
    """Ask a question that only the notebook can answer."""
    with load_assistant() as loaded, LocalSandbox() as sandbox:
        assistant = ResearchAssistant(loaded.model, [lab_notes, python_tool(sandbox)])
        answer = assistant.ask("After how many minutes did the third run reach 4.2 kelvin?")
    print(answer.text)
    for step in answer.trajectory.steps:
        print(f"  {step.plan_step.tool}: {step.verdict.support}, {step.verdict.rests_on}")


if __name__ == "__main__":
    try:
        main()
    except R1AgentError as error:
        sys.exit(str(error))
