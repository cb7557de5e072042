"""The view of runs that suits where Python runs: a notebook, a terminal, or a log."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console

from r1agent.report.notebook.view import NotebookView, Publish
from r1agent.report.watching.view import RunView, open_view


def watch() -> RunView:
    """Return what shows runs as they happen: in the cell of a notebook, else on stderr.

    ```python
    with watch() as view, load_assistant(on_progress=view.loading) as assistant:
        answer = assistant.ask("…", on_event=view.event)
        index.add(["papers"], on_progress=view.indexing)
    ```
    """
    publish = _notebook()
    return NotebookView(publish) if publish else open_view(Console(stderr=True, markup=False))


def _notebook() -> Publish | None:
    """Return what publishes to the cell, or None outside of a Jupyter kernel.

    IPython is not imported for it: where there is a kernel, it has been.
    """
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "kernel"):
        return None

    def publish(forms: dict[str, str], name: str, update: bool) -> None:
        shell.display_pub.publish(forms, transient={"display_id": name}, update=update)

    return publish
