"""Importing the package costs nothing."""

from __future__ import annotations

import subprocess
import sys

import r1agent.models

HEAVY = ("openai", "langchain_openai", "torch", "transformers", "tiktoken", "langchain_core")


def test_the_package_loads_nothing_heavy():
    code = "import sys, r1agent.models, r1agent.errors; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())


def test_the_registry_and_weights_load_no_client():
    code = "import sys, r1agent.models.weights, r1agent.models.registry; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())


def test_every_public_name_is_there():
    assert all(getattr(r1agent.models, name) for name in r1agent.models.__all__)
