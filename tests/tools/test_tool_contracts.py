"""LangChain's own suite for each tool, and what the package promises at import."""

import subprocess
import sys
from collections.abc import Callable
from typing import ClassVar

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from langchain_tests.unit_tests import ToolsUnitTests

import r1agent_tools
from r1agent_tools import (
    LocalSandbox,
    Sandbox,
    python_tool,
    read_page_tool,
    search_papers_tool,
    unit_tests_tool,
)


class EmptyRetriever(BaseRetriever):
    def _get_relevant_documents(self, query, *, run_manager):
        return []


class _Contract(ToolsUnitTests):
    built: ClassVar[Callable[[], BaseTool]]
    example: ClassVar[dict[str, object]]

    @property
    def tool_constructor(self):
        return type(self).built()

    @property
    def tool_invoke_params_example(self):
        return self.example


class TestPythonTool(_Contract):
    built = staticmethod(lambda: python_tool(LocalSandbox()))
    example: ClassVar = {"code": "1 + 1"}


class TestUnitTestsTool(_Contract):
    built = staticmethod(lambda: unit_tests_tool(LocalSandbox()))
    example: ClassVar = {"solution": "def f(): return 1", "tests": "assert f() == 1"}


class TestSearchPapersTool(_Contract):
    built = staticmethod(lambda: search_papers_tool(EmptyRetriever()))
    example: ClassVar = {"query": "label smoothing", "k": 3}


class TestLimitedSearchTool(_Contract):
    built = staticmethod(lambda: search_papers_tool(lambda query, limits: []))
    example: ClassVar = {"query": "label smoothing", "first_year": 2019, "author": "Hinton"}


class TestReadPageTool(_Contract):
    built = staticmethod(lambda: read_page_tool(lambda paper, page: Document("text")))
    example: ClassVar = {"paper": "4f3a9c", "page": 1}


@pytest.mark.parametrize(
    ("contract", "name"),
    [
        (TestPythonTool, "python"),
        (TestUnitTestsTool, "unit_tests"),
        (TestSearchPapersTool, "search_papers"),
        (TestReadPageTool, "read_page"),
    ],
)
def test_each_tool_has_the_name_the_model_knows(contract, name):
    tool = contract.built()
    assert tool.name == name
    assert tool.handle_tool_error is True
    assert tool.response_format == "content_and_artifact"


def test_every_public_name_can_be_imported():
    assert all(hasattr(r1agent_tools, name) for name in r1agent_tools.__all__)


def test_a_local_sandbox_is_a_sandbox():
    offered = {name for name in vars(Sandbox) if not name.startswith("_")}
    assert {"run", "new_session", "isolation", "close"} <= offered
    assert offered <= set(dir(LocalSandbox))


def test_importing_the_package_loads_nothing_else():
    code = (
        "import sys, r1agent_tools; print('langchain_core' in sys.modules, 'ctypes' in sys.modules)"
    )
    folder = r1agent_tools.__path__[0].rpartition("/")[0]
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "False False\n"
