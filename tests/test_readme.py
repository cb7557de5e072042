"""What the documents say is so: their blocks run, their tables and links fit the code."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from r1agent.cli.ask import EXIT_CODES
from r1agent.settings import Settings, load_settings
from r1agent.testing import ScriptedChatModel
from r1agent.types import Outcome
from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import scripted_server

ROOT = Path(__file__).parents[1]
GUIDE = [
    "README.md",
    "docs/terminal.md",
    "docs/trust.md",
    "docs/python.md",
    "docs/hosting.md",
    "docs/settings.md",
]
"""What a user reads, in that order."""
DOCUMENTS = [
    *GUIDE,
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "indexes/README.md",
    "tools/README.md",
]
SENTENCE = (
    "The best temperature was 4 for the students of 0.07 and 0.27 million parameters and 8 for the "
    "student of 0.85 million [1]."
)
_BLOCK = re.compile(r"(?P<note><!--[^\n]*-->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
_SKIPPED = re.compile(r"not run in tests: needs \w")
_SERVER = "http://127.0.0.1:8000/v1"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a document."""

    kind: str
    text: str
    skipped: bool


def blocks(document: str, *kinds: str) -> list[Block]:
    text = text_of(document)
    found = (
        Block(one["kind"], one["text"], bool(_SKIPPED.search(one["note"] or "")))
        for one in _BLOCK.finditer(text)
    )
    return [block for block in found if block.kind in kinds]


@pytest.fixture(scope="module")
def papers(tmp_path_factory) -> Path:
    """A folder with the example papers, as the documents call it: `papers`."""
    folder = tmp_path_factory.mktemp("readme")
    script = ROOT / "examples" / "papers" / "make_papers.py"
    subprocess.run([sys.executable, script, folder / "papers"], check=True, capture_output=True)
    return folder


@pytest.fixture
def folder(papers, monkeypatch) -> Path:
    monkeypatch.chdir(papers)
    monkeypatch.setenv("R1AGENT_RUNS_DIR", str(papers / "runs"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return papers


@pytest.fixture
def server(folder, monkeypatch) -> Iterator[str]:
    """A model server that answers every question about papers with one true sentence."""
    with scripted_server({"answer": SENTENCE}) as address:
        monkeypatch.setenv("R1AGENT_BASE_URL", address)
        monkeypatch.setenv("R1AGENT_MODEL", "scripted-1b")
        yield address


def test_the_guide_runs_from_the_first_command_to_the_last_line_of_python(server):
    commands = [line for block in of_the_guide("bash") for line in command_lines(block)]
    assert len(commands) >= 6
    for command in commands:
        run_command(command.replace(_SERVER, server))

    namespace: dict[str, object] = {"model": ScriptedChatModel(replies=[SENTENCE] * 20)}
    for block in of_the_guide("python"):
        if block.skipped:
            continue
        exec(compile(block.text, "guide", "exec"), namespace)
    (citation, *_) = namespace["answer"].citations
    page = namespace["index"].read_page(citation.paper, citation.page).page_content
    assert page[citation.start : citation.end] == citation.quote


def of_the_guide(kind: str) -> list[Block]:
    return [block for document in GUIDE for block in blocks(document, kind)]


def command_lines(block: Block) -> list[str]:
    if block.skipped:
        return []
    lines = (line.strip() for line in block.text.replace("\\\n", " ").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def run_command(command: str) -> None:
    """Run `r1agent` in this process, which has loaded its libraries, and the rest in a shell."""
    program, *arguments = shlex.split(command, comments=True)
    if program != "r1agent":
        subprocess.run(["bash", "-euc", command], check=True, timeout=60)
        return
    result = run(*arguments)
    assert result.exit_code == 0, f"{command}\n{result.output}"


@pytest.mark.parametrize("document", ["indexes/README.md", "tools/README.md"])
def test_the_python_of_the_other_documents_runs(document, folder):
    namespace: dict[str, object] = {}
    found = blocks(document, "python")
    assert found
    for block in found:
        exec(compile(block.text, document, "exec"), namespace)


def test_only_what_needs_a_network_or_a_card_is_not_run():
    skipped = [block for name in DOCUMENTS for block in blocks(name, "bash") if block.skipped]
    assert [block.text.split()[0] for block in skipped] == [
        *("make", "python3.11"),  # README.md
        *("r1agent", "r1agent"),  # docs/terminal.md, docs/trust.md
        *("r1agent", "ray", "vllm"),  # docs/hosting.md
        "make",  # CONTRIBUTING.md
    ]


def test_the_targets_of_make_that_are_named_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = "".join(map(text_of, DOCUMENTS))
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.M))
    assert {name for name in named if not re.search(rf"^{name}:", makefile, re.M)} == set()


def test_the_settings_file_of_the_guide_loads(folder):
    (block,) = blocks("docs/settings.md", "toml")
    path = folder / "r1agent.toml"
    path.write_text(block.text)
    try:
        assert load_settings(path).index == folder / "indexes/kd"
    finally:
        path.unlink()


def test_the_table_of_settings_is_complete_and_its_defaults_are_true():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text_of("docs/settings.md"), re.M)
    told = {name: default.strip() for name, default in rows if name in Settings.model_fields}
    assert told.keys() == Settings.model_fields.keys()
    for name, field in Settings.model_fields.items():
        if name not in ("cache_dir", "runs_dir"):
            default = "\u2013" if field.default is None else str(field.default).lower()
            assert told[name] == default, name


def test_the_exit_codes_are_those_of_ask():
    table = text_of("docs/terminal.md").partition("exit codes: checked")[2].partition("\n\n")[0]
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.M)}
    assert told == set(EXIT_CODES.values()) | {2, 130}
    assert EXIT_CODES.keys() == set(get_args(Outcome))


def test_the_table_of_commands_names_them_all():
    listed = set(re.findall(r"^│ (\w+) ", run("--help").stdout, re.M))
    text = text_of("docs/terminal.md")
    assert listed
    assert {name for name in listed if f"| `r1agent {name}" not in text} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document):
    text = text_of(document)
    for name, target in re.findall(r"\[([^\]]+)\]\(([^)#\s]+)\)", text):
        if target.startswith("https://"):
            continue
        path = (ROOT / document).parent / target
        assert path.exists(), target
        if path.suffix == ".py" and re.fullmatch(r"`[\w.]+`", name):
            word = name.strip("`").rpartition(".")[2]
            assert re.search(rf"(?:def|class) {word}\b", path.read_text(encoding="utf-8")), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_path_of_a_machine_is_in_a_document(document):
    text = text_of(document)
    assert not re.search(r"(?<![\w.])/(?:work|tmp|home|root|Users)\b", text)
    assert str(Path.home()) not in text or os.fspath(Path.home()) == "/"


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")
