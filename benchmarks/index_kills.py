"""Builds killed at random moments: nothing committed is lost, nothing doubled, the next one ends.

A series begins with an empty index of a folder of small papers. In every round a child builds it
and is killed with SIGKILL at a random moment of the time that a whole build takes; between rounds
files are edited, renamed, removed and added. After each kill another child opens the index, looks
for what its writer had committed, lets `check(repair=True)` prove it, and searches. Children are
forked with everything imported, so that a moment lies in the build and not in an import.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from reportlab.pdfgen.canvas import Canvas
from results import Figures

from r1agent.testing import HashEmbeddings
from r1agent_indexes import PaperIndex

KILLS = 1000
SEED = 20
ROUNDS = 10
"""Kills of one series, after which a new folder and a new index begin."""
PAPERS = 12
SYLLABLES = ("bar", "den", "fil", "gom", "kus", "lar", "mon", "nep", "ris", "tal", "vor", "zim")
ARTICLE, PREPRINT = "article.txt", "preprint.txt"


def measure(*, kills: int = KILLS, seed: int = SEED, at_once: int = 2) -> Figures:
    """Kill that many builds and count those after which anything was lost, doubled or stuck."""
    starts = range(0, kills, ROUNDS)
    series = [(seed + number, min(ROUNDS, kills - at)) for number, at in enumerate(starts)]
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(at_once, mp_context=get_context("fork")) as pool:
        for outcome in pool.map(run_series, *zip(*series, strict=True)):
            outcomes.append(outcome)
            print(f"  killed {sum(one.kills for one in outcomes)} of {kills}", flush=True)
            for violation in outcome.violations:
                print(f"  lost: {violation}", flush=True)
    done = sum(outcome.kills for outcome in outcomes)
    return {
        "kills": done,
        "kills_lost": sum(len(outcome.violations) for outcome in outcomes),
        "kills_rounds": sum(outcome.rounds for outcome in outcomes),
        "kills_build_s": round(statistics.median(outcome.build for outcome in outcomes), 3),
        "kills_papers_kept": sum(outcome.kept for outcome in outcomes),
    }


@dataclass(slots=True)
class Outcome:
    """What came of one series."""

    kills: int = 0
    rounds: int = 0
    kept: int = 0
    """Papers that a killed writer had committed, over all kills."""
    build: float = 0.0
    """Seconds that a whole build takes."""
    violations: list[str] = field(default_factory=list)

    def note(self, when: str, wrong: list[str]) -> None:
        """Keep what was found wrong."""
        self.violations += [f"{when}: {text}" for text in wrong]


@dataclass(slots=True)
class Look:
    """What a child has found in an index."""

    papers: dict[str, str] = field(default_factory=dict)
    """The hash of each paper's content by its path."""
    wrong: list[str] = field(default_factory=list)


def run_series(seed: int, kills: int) -> Outcome:
    """Kill one index's builds again and again, then let one finish."""
    chance = random.Random(seed)  # noqa: S311
    outcome = Outcome()
    with TemporaryDirectory(prefix="kills-") as place:
        folder, index = Path(place, "papers"), Path(place, "index")
        make_papers(folder, chance)
        outcome.build = whole_build(folder, Path(place, "first"))
        before: dict[str, str] = {}
        while outcome.kills < kills and outcome.rounds < 4 * kills:
            outcome.rounds += 1
            killed, seen = killed_build(folder, index, chance.uniform(0, 1.1 * outcome.build))
            outcome.kills += killed
            found = in_child(partial(after_kill, index, before, seen))
            outcome.note(f"seed {seed}, round {outcome.rounds}", found.wrong)
            outcome.kept += len(seen)
            before = found.papers
            disturb(folder, chance)
        outcome.note(f"seed {seed}, at the end", in_child(lambda: after_last(folder, index)).wrong)
    return outcome


def whole_build(folder: Path, index: Path) -> float:
    """Return the seconds that a build takes that nobody disturbs."""
    started = time.monotonic()
    in_child(lambda: build(folder, index, lambda _papers: None))
    return time.monotonic() - started


def killed_build(folder: Path, index: Path, after: float) -> tuple[bool, dict[str, str]]:
    """Build in a child and kill it; return whether that was in time, and what it had committed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as report:
            tell = partial(say, report)
            run_and_exit(lambda: build(folder, index, tell))
    os.close(writing)
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading) as reports:
        lines = reports.read().split("\n")[:-1]  # a last line without its end was cut off
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), json.loads(lines[-1]) if lines else {}


def say(report: TextIO, papers: dict[str, str]) -> None:
    """Tell the parent what is committed."""
    print(json.dumps(papers), file=report, flush=True)


def build(folder: Path, index: Path, on_commit: Callable[[dict[str, str]], None]) -> Look:
    """Add the folder, and tell after every step what a reader would find committed."""
    with PaperIndex.open(index, embeddings=HashEmbeddings(), create=True) as papers:
        papers.add([folder], on_progress=lambda _step: on_commit(contents(papers)))
    return Look()


def contents(index: PaperIndex) -> dict[str, str]:
    """Return the hash of each paper's content by its path."""
    rows = index.store.rows("SELECT path, sha256 FROM papers")
    return {row["path"]: row["sha256"] for row in rows}


def after_kill(index: Path, before: dict[str, str], seen: dict[str, str]) -> Look:
    """Return what an index holds after a kill, and what is wrong with it."""
    if not (index / "papers.sqlite").exists():
        return Look(wrong=["the index is gone"] if before or seen else [])
    wrong: list[str] = []
    with PaperIndex.open(index, embeddings=HashEmbeddings()) as papers:
        now = contents(papers)
        held = set(now.values())
        for path, sha256 in (before | seen).items():
            if sha256 not in held and path not in now and Path(path).exists():
                wrong.append(f"{Path(path).name} was committed and is lost")
        wrong += doubled(papers)
        report = papers.check(repair=True)
        wrong += [f"not repaired: {problem.text}" for problem in report.problems if not report.ok]
        wrong += [f"after repair: {p.text}" for p in papers.check().problems if p.kind != "source"]
        wrong += unfound(papers)
        return Look(contents(papers), wrong)


def doubled(index: PaperIndex) -> Iterator[str]:
    """Yield what stands in the index twice."""
    spans = index.store.number(
        'SELECT count(*) FROM (SELECT 1 FROM chunks GROUP BY paper, page, "start", "end"'
        " HAVING count(*) > 1)"
    )
    if spans:
        yield f"{spans} passages are there twice"


def unfound(index: PaperIndex) -> Iterator[str]:
    """Yield the papers that a search for their own words does not find."""
    for paper in index.papers():
        if paper.same_as:
            continue
        first = index.store.passages(index.store.keys_of([paper.id])[:1])
        own = next(iter(first.values())).page_content
        if paper.id not in {found.metadata["paper"] for found in index.search(own, k=5)}:
            yield f"{paper.file} is in the index and is not found"


def after_last(folder: Path, index: Path) -> Look:
    """Let a build finish and return what is missing in it."""
    wrong: list[str] = []
    with PaperIndex.open(index, embeddings=HashEmbeddings(), create=True) as papers:
        report = papers.add([folder])
        held = {paper.path for paper in papers.papers()} | set(report.duplicates)
        wrong += [f"{path.name} was not taken in" for path in folder.iterdir() if path not in held]
        wrong += [f"{failed.file} failed: {failed.reason}" for failed in report.failed]
        for gone in report.missing:
            papers.remove(gone.id)
        wrong += [problem.text for problem in papers.check().problems]
        wrong += doubled(papers)
        wrong += unfound(papers)
        again = papers.add([folder])
        wrong += [f"{paper.file} was taken in twice" for paper in again.added + again.changed]
    return Look(wrong=wrong)


def in_child(work: Callable[[], Look]) -> Look:
    """Run something in a child that is forked for it, and return what it returns."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        run_and_exit(lambda: os.write(writing, json.dumps(asdict(work())).encode()))
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if status or not text:
        return Look(wrong=[f"a look at the index ended with status {status}"])
    return Look(**json.loads(text))


def run_and_exit(work: Callable[[], object]) -> None:
    """Do the work of a forked child, and end it without what its parent would do at its end."""
    code = 1
    try:
        work()
        code = 0
    except Exception as error:  # noqa: BLE001  (whatever it is, the parent has to count it)
        print(f"  {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        sys.stdout.flush()
        os._exit(code)


def make_papers(folder: Path, chance: random.Random) -> None:
    """Make a folder of small papers: text, PDF, and two versions of one paper."""
    folder.mkdir()
    for number in range(PAPERS - 2):
        write_paper(folder / f"paper{number}.{'pdf' if number % 3 == 0 else 'txt'}", chance)
    long = [sentence(chance) for _ in range(60)]
    (folder / PREPRINT).write_text("# A Long Paper\n\n" + "\n".join(long), encoding="utf-8")
    later = "\n".join([*long[:-4], *(sentence(chance) for _ in range(4))])
    doi = "https://doi.org/10.1038/s41586-020-0001"
    (folder / ARTICLE).write_text(f"# A Long Paper\n\n{doi}\n\n{later}", encoding="utf-8")


def write_paper(path: Path, chance: random.Random) -> None:
    """Write a paper of a few sentences that no other one has."""
    sentences = [sentence(chance) for _ in range(5)]
    part = path.with_name(f".{path.name}.part")
    if path.suffix == ".txt":
        part.write_text("\n".join(sentences), encoding="utf-8")
    else:
        canvas = Canvas(str(part))
        for row, line in enumerate(sentences):
            canvas.drawString(60, 780 - 16 * row, line)
        canvas.save()
    part.replace(path)


def sentence(chance: random.Random) -> str:
    """Return a sentence of nine words."""
    words = ("".join(chance.choices(SYLLABLES, k=3)) for _ in range(9))
    return " ".join(words).capitalize() + "."


def disturb(folder: Path, chance: random.Random) -> None:
    """Edit, rename, remove and add files, as their owner would between two builds."""
    for path in sorted(folder.iterdir()):
        if path.name in (ARTICLE, PREPRINT):
            continue
        match chance.choices(("keep", "edit", "rename", "remove"), (10, 5, 2, 1))[0]:
            case "edit":
                write_paper(path, chance)
            case "rename":
                path.rename(path.with_stem(f"renamed{chance.randrange(10**9)}"))
            case "remove":
                path.unlink()
    while len(list(folder.iterdir())) < PAPERS:
        kind = chance.choice(("pdf", "txt"))
        write_paper(folder / f"new{chance.randrange(10**9)}.{kind}", chance)


def main() -> None:
    """Run the bench alone and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, prog="index_kills.py")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    print(json.dumps(measure(kills=arguments.kills, seed=arguments.seed), indent=1))


if __name__ == "__main__":
    main()
