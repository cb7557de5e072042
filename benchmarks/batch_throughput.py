"""Tokens a second through a batch that chooses its own pace, beside the same requests sent bare.

Two hundred questions about the example papers, no two alike, go through the whole of what
`r1agent batch` does, with nobody saying how many are asked at once. The requests that were sent are
then sent again, byte for byte, by a client that does nothing else, at each of two numbers of
questions at once; see `serve_throughput`, of which this is the longer run. Each turn begins with an
empty prefix cache, the server itself counts the tokens, and the ratio is that of our median to the
better of the two bare ones.

Each question is answered from one draft, where a model as small as this one gets up to three: that
leaves a turn minutes long, and more of the program's own work to each token.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from batch_memory import WORK
from batch_questions import made_questions
from kept import code_digest, read_lines
from results import ROOT, Figures
from serve_questions import Recorded, load
from serve_throughput import MODEL, WARMING, Sent, Turn, Watch, bare_turn, refuse_lost
from served import Server, serving

from r1agent.batch import BatchItem, BatchResult, ThreadPool, run_batch
from r1agent.batch.adaptive import workers_for

QUESTIONS = 200
OURS = 0
TURNS = (OURS, 64, 32, OURS)
"""Ours, or how many questions at once a bare turn sends."""


def measure(
    *, limit: int | None = None, base_url: str | None = None, model: str | None = None
) -> Figures:
    """Take the turns that are left, and return the ratio.

    Args:
        limit: Ask so many questions at most, in one turn of each kind.
        base_url: Of a running server that nobody else uses; by default one is started.
        model: The name under which the model is served; by default a small one.
    """
    model = model or MODEL
    folder = WORK / f"throughput-{model.replace('/', '-')}-{code_digest(ROOT)}"
    items = made_questions(min(QUESTIONS, limit or QUESTIONS))
    with (
        tempfile.TemporaryDirectory(prefix="r1agent-throughput-") as passing,
        serving(model, WORK / "throughput.log", base_url=base_url) as server,
    ):
        if limit is None:
            turns = take_turns(server, items, TURNS, folder)
        else:
            turns = take_turns(server, items, TURNS[:3], Path(passing))
    shutil.rmtree(folder, ignore_errors=True)  # measured whole: the next one begins anew
    return figures_of(turns, len(items)) | {"throughput_model": model}


def figures_of(turns: Sequence[Turn], questions: int) -> Figures:
    """Return the rates of both sides and their ratio."""
    ours = [turn for turn in turns if turn.side == "ours"]
    rate = statistics.median(turn.rate for turn in ours)
    best, at_once = best_bare(turns)
    return {
        "throughput_ratio": round(rate / best, 3),
        "throughput_tokens_s": round(rate, 1),
        "throughput_tokens_s_bare": round(best, 1),
        "throughput_bare_at_once": at_once,
        "throughput_at_once": max(turn.at_once for turn in ours),
        "throughput_questions": questions,
        "throughput_requests": ours[-1].requests,
    }


def best_bare(turns: Sequence[Turn]) -> tuple[float, int]:
    """Return the highest of the medians of bare rates, and at how many questions at once."""
    bare = [turn for turn in turns if turn.side == "bare"]
    return max(
        (statistics.median(turn.rate for turn in bare if turn.at_once == at_once), at_once)
        for at_once in {turn.at_once for turn in bare}
    )


def take_turns(
    server: Server, items: Sequence[BatchItem], order: Sequence[int], kept: Path
) -> list[Turn]:
    """Take the turns that `kept` does not have yet, and return all; `order` begins with ours."""
    kept.mkdir(parents=True, exist_ok=True)
    path, sent_path = kept / "turns.jsonl", kept / "sent.json"
    for at_once in order[len(read_lines(path)) :]:
        if at_once == OURS:
            turn, sent = our_turn(server, items)
            sent_path.write_text(json.dumps(sent), encoding="utf-8")
        else:
            sent = json.loads(sent_path.read_text(encoding="utf-8"))
            turn = bare_turn(server, sent, at_once)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(asdict(turn))}\n")
        print(
            f"  {turn.side}, up to {turn.at_once} at once: {turn.rate:.1f} tokens/s "
            f"({turn.completion} tokens of {turn.requests} requests in {turn.seconds:.1f} s, "
            f"processor {turn.processor:.1f} s)",
            flush=True,
        )
    return [Turn(**row) for row in read_lines(path)]


def our_turn(server: Server, items: Sequence[BatchItem]) -> tuple[Turn, Sent]:
    """Answer the questions in a batch, and return also the requests that were sent for each."""
    most = 0
    with tempfile.TemporaryDirectory(prefix="r1agent-turn-") as folder:
        runs, out = Path(folder, "runs"), Path(folder, "answers.jsonl")
        with load(
            server.base_url, server.key, server.model, runs, temperature=0.0, drafts=1
        ) as assistant:
            asked = Recorded(assistant)
            asked.ask(WARMING.question)
            asked.sent.clear()
            workers = workers_for(assistant)

            def note(result: BatchResult) -> None:
                nonlocal most
                refuse_lost(result)
                most = max(most, workers.at_once)

            with Watch(server, OURS, "ours") as watch:
                run_batch(ThreadPool(asked, workers=workers), items, out, on_result=note)
    sent = [[body.decode() for body in asked.sent[item.question]] for item in items]
    return replace(watch.turn(sent), at_once=most), sent
