"""The constants of a solution: the only values that tests may read without a call.

A copy in the test's process cannot follow a variable, so that only names count that are given an
unchanging literal once and for all. The value is what the solution's process says, which may be
wrong about what its functions use, but is plain data: it cannot make an unequal one equal.
"""

import ast
from collections import Counter

_SCALARS = (type(None), bool, int, float, complex, str, bytes)


def constant_names(solution: str) -> list[str]:
    """Return the names that a solution binds once, at its top level, to an unchanging literal."""
    try:
        tree = ast.parse(solution)
        nodes = list(ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # it will not load, and each verdict will say so
    bound = Counter(name for node in nodes for name in _bound(node))
    found = [_constant(node) for node in tree.body]
    return [name for name in found if name and bound[name] == 1]


def is_constant(value: object) -> bool:
    """Tell whether a plain value cannot change."""
    if type(value) is tuple:
        return all(is_constant(item) for item in value)
    return type(value) in _SCALARS


def reads(node: ast.AST, names: set[str]) -> bool:
    """Tell whether a piece of a test reads one of `names`, as `LIMIT` or `solution.LIMIT`."""
    return any(
        (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id in names)
        or (isinstance(part, ast.Attribute) and part.attr in names)
        for part in ast.walk(node)
    )


def bound_names(tree: ast.AST) -> set[str]:
    """Return the names that tests bind themselves, other than by import."""
    nodes = [node for node in ast.walk(tree) if not isinstance(node, ast.alias)]
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return arguments | {name for node in nodes for name in _bound(node)}


def _constant(node: ast.stmt) -> str | None:
    """Return the name that this statement gives an unchanging literal, if it does so."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as literal):
            return name if _is_literal(literal) else None
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as literal):
            return name if _is_literal(literal) else None
    return None


def _is_literal(node: ast.expr) -> bool:
    try:
        return is_constant(ast.literal_eval(node))
    except (ValueError, TypeError, RecursionError, MemoryError):
        return False


def _bound(node: ast.AST) -> list[str]:
    """Return the names that a node binds or deletes, or says that it may bind, in any scope."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return names
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.alias(name=name, asname=other):
            return [other or name.partition(".")[0]]
    return []
