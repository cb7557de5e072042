"""Save the figures that a cell left open, so that they come back as files."""

import io
import os
import sys
import warnings
from itertools import count
from typing import Any


def prepare_figures() -> None:
    """Let matplotlib keep its files in a hidden folder, and `plt.show()` be quiet.

    There is no screen here, and what would be shown is saved anyway.
    """
    os.environ["MPLCONFIGDIR"] = ".matplotlib"
    warnings.filterwarnings("ignore", message=".*is non-interactive, and thus cannot be shown")


def save_figures() -> None:
    """Save every open figure of matplotlib as `figure-1.png` and so on, and close it.

    A file that is there already is kept: the next free number is taken. Where a figure cannot be
    drawn, the reason goes to stderr and the others are saved.
    """
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    try:
        for number in pyplot.get_fignums():
            _save(pyplot.figure(number))
        pyplot.close("all")
    except Exception as error:  # noqa: BLE001 - the program may have put anything in its place
        _complain("The figures could not be saved", error)


def _save(figure: Any) -> None:
    image = io.BytesIO()
    try:
        figure.savefig(image, format="png")
    except Exception as error:  # noqa: BLE001 - drawing runs what the program defined
        _complain("A figure could not be drawn", error)
        return
    for number in count(1):
        try:
            with open(f"figure-{number}.png", "xb") as file:  # noqa: PTH123 - a name, not a path
                file.write(image.getvalue())
        except FileExistsError:
            continue
        return


def _complain(what: str, error: Exception) -> None:
    sys.stderr.write(f"{what}: {type(error).__name__}: {error}\n")
