"""A bench in parts: the figures of each go into the file beside those of the others."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from results import HERE, Figures, read_results, setting, today, write_results
from rich.console import Console
from rich.table import Table

_LIMITS = {"at_least": "≥", "at_most": "≤"}


@dataclass(frozen=True, slots=True)
class Bench:
    """What one bench is made of."""

    name: str
    title: str
    place_of: Mapping[str, tuple[str, str]]
    """Module and function that measure each part, in their order."""
    packages: tuple[str, ...]
    seed: str

    def parse_parts(self, text: str) -> list[str]:
        """Return the parts that `--parts` names.

        Raises:
            argparse.ArgumentTypeError: One of them is none of this bench's.
        """
        names = [*self.place_of] if text == "all" else text.split(",")
        unknown = sorted(set(names) - set(self.place_of))
        if unknown:
            known = ", ".join([*self.place_of, "all"])
            raise argparse.ArgumentTypeError(f"no part {unknown[0]!r}; known: {known}")
        return names

    def function_of(self, part: str) -> Callable[..., Figures]:
        """Return what measures `part`; its module is imported only now."""
        module, function = self.place_of[part]
        found: Callable[..., Figures] = getattr(import_module(module), function)
        return found

    def measure(self, part: str, *, keep: bool, **options: Any) -> Figures:
        """Measure one part, and keep its figures where all of it was measured."""
        print(f"Measuring: {part}", flush=True)
        figures = self.function_of(part)(**options)
        if keep:
            self.keep(part, figures)
        return figures

    def run(self, arguments: argparse.Namespace) -> int:
        """Measure the parts asked for, each with the limit; return 0."""
        whole = arguments.limit is None
        measured: Figures = {}
        for part in arguments.parts:
            measured |= self.measure(part, keep=whole, limit=arguments.limit)
        return self.conclude(measured, whole=whole)

    def parse_arguments(self, about: str | None, *, limit: str) -> argparse.Namespace:
        """Return the parts and the limit of the command line.

        Args:
            about: The bench in words, for its help.
            limit: What `--limit` does.
        """
        parser = argparse.ArgumentParser(description=about, prog=f"{self.name}.py")
        known = ", ".join(self.place_of)
        parser.add_argument("--parts", default="all", type=self.parse_parts, help=known)
        parser.add_argument("--limit", type=int, help=limit)
        return parser.parse_args()

    def conclude(self, measured: Figures, *, whole: bool) -> int:
        """Print the table of the file, or of what a share of the measurement gave; return 0."""
        if whole:
            self.show()
            return 0
        print_table(self.name, self.title, measured)
        print(f"Only a share was measured: benchmarks/{self.name}.json stays as it is.")
        return 0

    def keep(self, part: str, figures: Figures) -> None:
        """Put a part's figures into the file as they came out; those of other parts stay.

        A figure that is not measured any more is to be taken out by hand.
        """
        before = read_results(self.name)
        dates = self._dates(before) | {part: today()}
        told = {
            "dates": ", ".join(f"{name} {dates[name]}" for name in self.place_of if name in dates)
        }
        write_results(self.name, before | setting(self.packages, seed=self.seed) | told | figures)

    def show(self) -> None:
        """Print the table, where it is written, and what it lacks."""
        figures = read_results(self.name)
        print_table(self.name, self.title, figures)
        missing = [part for part in self.place_of if part not in self._dates(figures)]
        if missing:
            print(f"Not measured yet, so not in the file: {', '.join(missing)}.")
        print(f"Written: benchmarks/{self.name}.json")

    def _dates(self, figures: Mapping[str, float | int | str]) -> dict[str, str]:
        """Read when each part was measured."""
        told = [entry.split(" ") for entry in str(figures.get("dates", "")).split(", ") if entry]
        return {part: date for part, date in told if part in self.place_of}


def print_table(name: str, title: str, figures: Mapping[str, float | int | str]) -> None:
    """Print every figure with what it means and what is wanted of it."""
    wanted = tomllib.loads((HERE / "wanted.toml").read_text(encoding="utf-8"))[name]
    table = Table("figure", "measured", "wanted", "what it is", title=title)
    for figure, value in figures.items():
        entry = wanted.get(figure, {})
        limits = [f"{word} {entry[key]}" for key, word in _LIMITS.items() if key in entry]
        if not isinstance(value, str):
            table.add_row(figure, f"{value:,}", ", ".join(limits), entry.get("means", ""))
    Console().print(table)
