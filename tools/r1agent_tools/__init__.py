"""What the assistant may call: search the papers, read a page, run Python, run unit tests."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from r1agent_tools.judge_tool import unit_tests_tool
    from r1agent_tools.planned_test import NoTestsError
    from r1agent_tools.python import python_tool
    from r1agent_tools.sandbox.backends import open_sandbox
    from r1agent_tools.sandbox.docker import DockerSandbox
    from r1agent_tools.sandbox.doctor import sandbox_layers
    from r1agent_tools.sandbox.errors import SandboxUnavailableError
    from r1agent_tools.sandbox.external import ExternalSandbox
    from r1agent_tools.sandbox.layers import Layer
    from r1agent_tools.sandbox.limits import Limits
    from r1agent_tools.sandbox.local import LocalSandbox, UnsafeSandboxWarning
    from r1agent_tools.sandbox.protocol import Sandbox, Session
    from r1agent_tools.sandbox.remote import RemoteSandbox
    from r1agent_tools.sandbox.result import Artifact, ExecutionResult
    from r1agent_tools.search import PaperLimits, read_page_tool, search_papers_tool
    from r1agent_tools.test_programs import ProgramCase
    from r1agent_tools.test_report import TestReport, TestVerdict
    from r1agent_tools.unit_tests import check_docstrings, check_unit_tests

_HOMES = {
    "Artifact": "sandbox.result",
    "DockerSandbox": "sandbox.docker",
    "ExecutionResult": "sandbox.result",
    "ExternalSandbox": "sandbox.external",
    "Layer": "sandbox.layers",
    "Limits": "sandbox.limits",
    "LocalSandbox": "sandbox.local",
    "NoTestsError": "planned_test",
    "PaperLimits": "search",
    "ProgramCase": "test_programs",
    "RemoteSandbox": "sandbox.remote",
    "Sandbox": "sandbox.protocol",
    "SandboxUnavailableError": "sandbox.errors",
    "Session": "sandbox.protocol",
    "TestReport": "test_report",
    "TestVerdict": "test_report",
    "UnsafeSandboxWarning": "sandbox.local",
    "check_docstrings": "unit_tests",
    "check_unit_tests": "unit_tests",
    "open_sandbox": "sandbox.backends",
    "python_tool": "python",
    "read_page_tool": "search",
    "sandbox_layers": "sandbox.doctor",
    "search_papers_tool": "search",
    "unit_tests_tool": "judge_tool",
}

__all__ = [
    "Artifact",
    "DockerSandbox",
    "ExecutionResult",
    "ExternalSandbox",
    "Layer",
    "Limits",
    "LocalSandbox",
    "NoTestsError",
    "PaperLimits",
    "ProgramCase",
    "RemoteSandbox",
    "Sandbox",
    "SandboxUnavailableError",
    "Session",
    "TestReport",
    "TestVerdict",
    "UnsafeSandboxWarning",
    "check_docstrings",
    "check_unit_tests",
    "open_sandbox",
    "python_tool",
    "read_page_tool",
    "sandbox_layers",
    "search_papers_tool",
    "unit_tests_tool",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
