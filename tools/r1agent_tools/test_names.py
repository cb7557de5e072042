"""Find the tests in a piece of source without running it.

The judge asks for exactly these; a test that gives no verdict has failed.
"""

import ast


def find_tests(tree: ast.Module) -> list[str]:
    """Return an identifier for each test: `test_a`, `Class.test_b`, or `line 3`.

    Test functions and methods come first. Where there are none, each top-level `assert` is a test;
    where there is no assert either, each top-level call is (`check(solve)`).
    """
    named = [name for node in tree.body for name in _named_tests(node)]
    return named or [f"line {node.lineno}" for node in statement_tests(tree)]


def test_nodes(tree: ast.Module) -> list[ast.stmt]:
    """Return the top-level statement that holds each test of `find_tests`, in the same order."""
    named = [node for node in tree.body for _ in _named_tests(node)]
    return named or statement_tests(tree)


def statement_tests(tree: ast.Module) -> list[ast.stmt]:
    """Return the top-level statements that are tests where no function is one."""
    asserts: list[ast.stmt] = [node for node in tree.body if isinstance(node, ast.Assert)]
    return asserts or [
        node
        for node in tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]


def _named_tests(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
        return [node.name]
    if not isinstance(node, ast.ClassDef):
        return []
    return [
        f"{node.name}.{method.name}"
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        and method.name.startswith("test")
    ]
