"""Small changes to a function, each of which a careless programmer could have made."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
Change = Callable[[ast.AST], None]


def mutants(source: str, *, seed: int) -> Iterator[str]:
    """Yield programs that differ from `source` in one place, in an order that `seed` fixes.

    Comparisons become their neighbours or opposites, operators others, `and` becomes `or`, numbers
    one more, texts a letter longer; conditions are negated, arguments, returned values and
    statements left out.
    """
    places = [
        (index, number)
        for index, node in enumerate(ast.walk(ast.parse(source)))
        for number, _ in enumerate(_changes(node))
    ]
    random.Random(seed).shuffle(places)  # noqa: S311 - an order, no secret
    seen = {ast.unparse(ast.parse(source))}
    for index, number in places:
        tree = ast.parse(source)
        node = list(ast.walk(tree))[index]
        _changes(node)[number](node)
        mutant = ast.unparse(ast.fix_missing_locations(tree))
        if mutant not in seen:
            seen.add(mutant)
            yield mutant


def _changes(node: ast.AST) -> list[Change]:
    """Return the changes that this one node allows."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            return [_replace_comparison]
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in _OPERATORS:
            return [_replace_operator]
        case ast.BoolOp():
            return [_replace_connective]
        case ast.Constant(value=bool()):
            return [_negate_constant]
        case ast.Constant(value=int()):
            return [_add_one]
        case ast.Constant(value=str()):
            return [_lengthen]
        case ast.Call(args=[_, *_]):
            return [_leave_out_argument]
        case ast.If() | ast.While() | ast.IfExp():
            return [_negate_condition]
        case ast.Return(value=ast.expr()):
            return [_drop_value]
        case ast.FunctionDef() if len(node.body) > 1:
            return [_without(number) for number in range(_first(node), len(node.body))]
        case ast.For() if len(node.body) > 1:
            return [_without(number) for number in range(len(node.body))]
    return []


def _first(function: ast.FunctionDef) -> int:
    """Return where the statements begin behind a docstring."""
    return int(ast.get_docstring(function) is not None)


def _replace_comparison(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)  # noqa: S101 - what `_changes` matched
    node.ops = [_COMPARISONS[type(node.ops[0])]()]


def _replace_operator(node: ast.AST) -> None:
    assert isinstance(node, ast.BinOp | ast.AugAssign)  # noqa: S101
    node.op = _OPERATORS[type(node.op)]()


def _replace_connective(node: ast.AST) -> None:
    assert isinstance(node, ast.BoolOp)  # noqa: S101
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _add_one(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)  # noqa: S101
    assert isinstance(node.value, int)  # noqa: S101
    node.value += 1


def _lengthen(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)  # noqa: S101
    assert isinstance(node.value, str)  # noqa: S101
    node.value += "x"


def _leave_out_argument(node: ast.AST) -> None:
    assert isinstance(node, ast.Call)  # noqa: S101
    del node.args[-1]


def _negate_constant(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)  # noqa: S101
    node.value = not node.value


def _negate_condition(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.While | ast.IfExp)  # noqa: S101
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _drop_value(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)  # noqa: S101
    node.value = None


def _without(number: int) -> Change:
    def leave_out(node: ast.AST) -> None:
        assert isinstance(node, ast.FunctionDef | ast.For)  # noqa: S101
        node.body[number] = ast.Pass()

    return leave_out
