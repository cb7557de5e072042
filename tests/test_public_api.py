"""The public names, written out: what is added or taken away here is a change for users."""

import importlib
import subprocess
import sys

import pytest

NAMES = {
    "r1agent": [
        "Answer",
        "Citation",
        "Claim",
        "PaperIndex",
        "Plan",
        "PlanStep",
        "R1AgentError",
        "ResearchAssistant",
        "Settings",
        "Step",
        "Trajectory",
        "Verdict",
        "load_assistant",
        "load_settings",
        "serve_vllm",
        "watch",
    ],
    "r1agent_tools": [
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
    ],
    "r1agent_indexes": [
        "AddProgress",
        "AddReport",
        "Addresses",
        "ClusterError",
        "CrossEncoderReranker",
        "DiskFullError",
        "FailedPaper",
        "FetchProgress",
        "FetchReport",
        "IndexFormatError",
        "IndexLockedError",
        "IndexManifest",
        "IndexMismatchError",
        "IndexNotFoundError",
        "IndexProblem",
        "IndexReport",
        "LateInteraction",
        "NoPapersError",
        "Paper",
        "PaperFilter",
        "PaperIndex",
        "PaperIndexError",
        "PaperLoader",
        "PaperMetadata",
        "PaperRetriever",
        "PassageStore",
        "Patience",
        "PdfLoader",
        "RayWorkers",
        "Registries",
        "SentenceChunker",
        "SentenceEmbeddings",
        "ServedEmbeddings",
        "ServedReranker",
        "StoredEmbeddings",
        "TextLoader",
        "UnreadablePaperError",
        "VectorStoreError",
        "fetch_papers",
        "load_embeddings",
        "load_reranker",
    ],
    "r1agent.models": [
        "Completion",
        "EmbeddedServer",
        "Filled",
        "LoadProgress",
        "ModelEntry",
        "PullProgress",
        "RequestCache",
        "ServedChatModel",
        "ServerStatus",
        "Thought",
        "chat_model",
        "complete",
        "default_cache",
        "fill",
        "find_model",
        "list_models",
        "model_path",
        "probe",
        "pull",
        "split_thinking",
    ],
    "r1agent.serving": [
        "Card",
        "CrashReport",
        "Fit",
        "RESERVED_BYTES",
        "VllmEnvironment",
        "VllmServer",
        "choose_fit",
        "explain_crash",
        "find_cards",
        "find_vllm",
        "serve_vllm",
        "vllm_command",
        "vllm_environment",
    ],
}
HEAVY = (
    "torch faiss transformers openai langchain_openai langchain_deepseek sentence_transformers "
    "vllm numpy sympy"
).split()
PACKAGES = pytest.mark.parametrize("package", NAMES)


@PACKAGES
def test_the_public_names_are_these(package):
    assert sorted(importlib.import_module(package).__all__) == NAMES[package]


@PACKAGES
def test_each_public_name_can_be_imported(package):
    module = importlib.import_module(package)
    assert all(getattr(module, name) is not None for name in NAMES[package])


@PACKAGES
def test_another_name_is_refused_by_name(package):
    with pytest.raises(AttributeError, match="'nothing_of_this_name'"):
        importlib.import_module(package).nothing_of_this_name  # noqa: B018


@PACKAGES
def test_importing_loads_nothing_heavy(package):
    code = f"import sys; sys.path[:] = {sys.path!r}; import {package}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()).isdisjoint(HEAVY)
