import subprocess
import sys

import r1agent_indexes


def test_importing_the_package_loads_nothing_heavy():
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; import r1agent_indexes;"
        "print([m for m in ('torch', 'faiss', 'sentence_transformers', 'langchain_core', 'numpy')"
        " if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_every_public_name_is_there():
    assert sorted(r1agent_indexes.__all__) == dir(r1agent_indexes)
    for name in r1agent_indexes.__all__:
        assert getattr(r1agent_indexes, name).__name__ == name
