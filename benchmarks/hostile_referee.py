"""Run one hostile program through a host process, in a cage, and judge what it reached.

This script is process 1 of a process and a mount namespace of its own (`sandbox_hostile.py` starts
it so). There `/tmp`, `/var/tmp`, `/dev/shm`, `/run` and `/home` are empty and private, so that what
is in them afterwards is the program's doing and nobody else's, and what a program destroys is the
cage. The host that uses the product is a child; the program cannot end process 1 of its namespace,
so that a killed, hung or crashed host is seen from here.

Compared before and after: in the private folders, every file's name, kind, mode, owner, size, time
of change of content, extended attributes and (of small ones) content; elsewhere the names in `/`,
`/dev`, the standard library, site-packages and numpy's folder. The job comes as JSON on standard
input, the verdict goes as JSON to standard output.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hostile_cage import build_cage, changes, snapshot
from hostile_targets import HOME, Targets

HERE = Path(__file__).parent
START_SECONDS = 60
SLACK_SECONDS = 6
WORD = "ESC" + "APED"


def main() -> int:
    """Judge the job on standard input."""
    job = json.load(sys.stdin)
    build_cage(user=job["user"], keep=job["keep"])
    canaries = {
        "environment": f"sk-canary-{secrets.token_hex(8)}",
        "command line": f"cmdsecret-{secrets.token_hex(8)}",
        "file": f"canary-file-{secrets.token_hex(8)}",
        "other session": f"canary-session-{secrets.token_hex(8)}",
    }
    targets = Targets(job["user"], canaries)
    before = snapshot()
    left_running = targets.state()
    host = _run_host(job, targets, canaries)
    reasons = [*host["reasons"], *_judge_report(job, host["report"], canaries)]
    reasons += targets.reached()
    reasons += [f"victim {what}" for what in targets.changed_since(left_running)]
    reasons += [f"left process {line}" for line in _processes_left(targets.victim.pid)[:5]]
    reasons += [f"changed: {line}" for line in changes(before, snapshot())[:5]]
    verdict = {
        "reasons": reasons,
        "output": "\n".join(host["report"].get("outputs", []))[-1500:],
        "namespaces": host["report"].get("namespaces", False),
    }
    print(json.dumps(verdict))
    return 0


def _run_host(job: dict[str, Any], targets: Targets, canaries: dict[str, str]) -> dict[str, Any]:
    """Start the host, let it run the program, and return its report and how it ended."""
    allowed = START_SECONDS + 2 * job["wall"] + SLACK_SECONDS
    host = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-B", str(HERE / "hostile_host.py"), canaries["command line"]],
        env={
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(HOME),
            "OPENAI_API_KEY": canaries["environment"],
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        user=job["user"],
        group=job["user"],
        extra_groups=[],
    )
    message = {
        **job,
        "targets": {**targets.named(), "host_pid": host.pid, "host_pgid": host.pid},
        "canary": canaries["other session"],
    }
    reasons: list[str] = []
    try:
        out, err = host.communicate(json.dumps(message).encode(), timeout=allowed)
    except subprocess.TimeoutExpired:
        host.kill()
        out, err = b"", b""
        reasons.append("the host hung")
    try:
        report = json.loads(out or b"{}")
    except ValueError:
        report = {}
    if host.poll() != 0 and not reasons:
        last = err.decode(errors="replace").strip()[-600:]
        reasons.append(f"the host ended with status {host.returncode}: {last}")
    elif not report and not reasons:
        reasons.append("the host gave no report")
    return {"report": report, "reasons": reasons}


def _judge_report(
    job: dict[str, Any], report: dict[str, Any], canaries: dict[str, str]
) -> list[str]:
    """Return what in the host's report shows that the program got out."""
    if not report:
        return []
    reasons = []
    text = "\n".join(report["outputs"])
    spec = job["spec"]
    if WORD in text and not spec.get("hostonly"):
        reasons.append(f"said {text[text.index(WORD) :][:100]!r}")
    reasons += [
        f"printed the canary of the {what}" for what, key in canaries.items() if key in text
    ]
    if report["seconds"] > job["wall"] + SLACK_SECONDS:
        reasons.append(f"ran {report['seconds']:.1f} s, allowed {job['wall']}")
    if report["characters"] > 200_000:
        reasons.append(f"output of {report['characters']} characters was kept")
    if spec.get("idlecpu") and report["idle_ticks"] > 5:
        reasons.append(f"used {report['idle_ticks']} ticks of CPU between calls")
    if spec.get("selfmark") and report["replaced"]:
        reasons.append("ran another program in its place")
    if "second" in spec and "still here" not in report["second"]:
        reasons.append("the cell after it did not run")
    reasons += [f"broke {name}" for name, sound in report["sound"].items() if not sound]
    return reasons


def _processes_left(victim: int) -> list[str]:
    """Return the processes that are still there, two seconds of patience after the host's end."""
    deadline = time.monotonic() + 2
    while left := _others(victim):
        if time.monotonic() > deadline:
            return left
        time.sleep(0.02)
    return []


def _others(victim: int) -> list[str]:
    _reap()
    left = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in (1, victim):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            left.append(f"{entry.name} {command.decode(errors='replace')[:80]}")
    return left


def _reap() -> None:
    """Take the exit status of what the host left to process 1, but not that of the victim."""
    try:
        while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if found.si_pid == Targets.victim_id:
                return
            os.waitpid(found.si_pid, 0)
    except ChildProcessError:
        return


if __name__ == "__main__":
    sys.exit(main())
