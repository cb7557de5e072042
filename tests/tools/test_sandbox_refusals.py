"""Machines on which the sandbox must not run programs: each is told why, and what to do."""

import platform
import sys
from pathlib import Path

import pytest

from r1agent_tools import LocalSandbox, SandboxUnavailableError, sandbox_layers
from r1agent_tools.sandbox import landlock, layers

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="fakes one layer of Linux")


def refusal(**options) -> str:
    with pytest.raises(SandboxUnavailableError) as refused:
        LocalSandbox(**options).run("print('ran')")
    return str(refused.value)


def test_another_system_is_named_and_nothing_else_looked_for(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "release", lambda: "25.1.0")
    found = refusal()
    assert "operating system: found Darwin 25.1.0. Run r1agent in a Linux container" in found
    assert "processor" not in found
    assert "`unsafe=True`" in found
    assert [layer.name for layer in sandbox_layers()] == ["operating system"]


@needs_linux
def test_an_unknown_processor_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert "processor: found riscv64. Use a machine with one of these" in refusal()


def without_landlock(number: int, *arguments: object) -> int:
    raise OSError(38, "Function not implemented")


@needs_linux
@pytest.mark.parametrize("release", ["4.4.0", "5.10.0-30-amd64"])
def test_a_kernel_without_landlock_is_refused(monkeypatch, release):
    monkeypatch.setattr(landlock, "system_call", without_landlock)
    monkeypatch.setattr(platform, "release", lambda: release)
    found = refusal()
    assert f"Landlock: found none in kernel {release}. Boot a kernel of 5.13 or newer" in found
    assert "gVisor" in found
    assert not next(layer for layer in sandbox_layers() if layer.name == "Landlock").ok


@needs_linux
def test_a_kernel_without_seccomp_is_refused(monkeypatch):
    monkeypatch.setattr(layers, "system_call", without_landlock)
    assert "seccomp: found no filters. Boot a kernel with CONFIG_SECCOMP_FILTER." in refusal()


@needs_linux
@pytest.mark.parametrize("namespaces", [None, False])
def test_a_preloaded_module_that_starts_a_thread_is_refused(monkeypatch, tmp_path, namespaces):
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "busy_module.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(library)])
    found = refusal(preload=["json", "busy_module"], namespaces=namespaces)
    assert "['json', 'busy_module'] started a thread" in found
    assert "take that module out of `preload`" in found


@needs_linux
def test_a_preloaded_module_that_is_not_there_is_named():
    assert "no_such_module" in refusal(preload=["no_such_module"])


@needs_linux
def test_a_refused_start_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    refusal(preload=["no_such_module"])
    assert list(Path(tmp_path).iterdir()) == []
