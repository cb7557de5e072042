"""Carry plain Python values between processes, and compare them strictly.

A value is plain when it is built from exact builtin types, Fraction, Decimal, range and numeric
numpy arrays. A subclass is not plain: its `__eq__` could say that it equals everything.
"""

import base64
import math
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

_DEEPEST = 60
# Bounds on what the host spends on a hostile value: colliding hashes, gcd of long integers.
_MOST_HASHED = 20_000
_LONGEST_INTEGER = 400_000
_LONGEST_IN_FRACTION = 10_000
_SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_SEQUENCE_TYPES: dict[str, type] = {name: kind for kind, name in _SEQUENCES.items()}


class NotPlainError(ValueError):
    """A value that cannot cross between processes, or coded text that is no value."""


def encode_value(value: object, *, depth: int = 0) -> list[Any]:
    """Return `value` as JSON lists that `decode_value` turns back.

    Raises:
        NotPlainError: A part of the value is of another type, or lies too deep.
    """
    kind = type(value)
    if depth > _DEEPEST:
        raise NotPlainError(f"a value is nested deeper than {_DEEPEST} levels")
    if value is None or kind is bool or kind is str:
        return ["json", value]
    if kind in _SEQUENCES:
        return [_SEQUENCES[kind], [encode_value(item, depth=depth + 1) for item in value]]  # type: ignore[attr-defined]
    if kind is dict:
        return ["dict", [_encode_pair(pair, depth + 1) for pair in value.items()]]  # type: ignore[attr-defined]
    return _encode_scalar(value)


def decode_value(coded: object, *, depth: int = 0) -> Any:
    """Return the value that `encode_value` coded.

    Raises:
        NotPlainError: `coded` is nothing that `encode_value` returns.
    """
    match coded:
        case _ if depth > _DEEPEST:
            raise NotPlainError(f"a value is nested deeper than {_DEEPEST} levels")
        case ["json", None | bool() | str() as value]:
            return value
        case [str(name), list(items)] if name in _SEQUENCE_TYPES:
            return _collect(
                _SEQUENCE_TYPES[name], [decode_value(i, depth=depth + 1) for i in items]
            )
        case ["dict", list(pairs)]:
            return _collect(dict, [_decode_pair(pair, depth + 1) for pair in pairs])
        case [str(name), *texts] if all(type(text) is str for text in texts):
            return _decode_scalar(name, [str(text) for text in texts])
    raise NotPlainError(f"{str(coded)[:60]!r} is not a coded value")


def same(found: object, expected: object, *, tolerance: float = 0.0) -> bool:
    """Tell whether two plain values are equal with equal types all the way down.

    Args:
        found: A decoded value.
        expected: What it should be.
        tolerance: Relative and absolute difference that two floats may have.
    """
    if type(found) is not type(expected):
        return False
    if isinstance(found, float) and isinstance(expected, float):
        return _same_float(found, expected, tolerance)
    if isinstance(found, list | tuple) and isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(
            same(a, b, tolerance=tolerance) for a, b in zip(found, expected, strict=True)
        )
    if isinstance(found, dict) and isinstance(expected, dict):
        return _same_dict(found, expected, tolerance)
    if isinstance(found, set | frozenset) and isinstance(expected, set | frozenset):
        return {(type(item), item) for item in found} == {(type(item), item) for item in expected}
    if _is_array(found):
        return _same_array(found, expected, tolerance)
    return found == expected


def _encode_pair(pair: tuple[object, object], depth: int) -> list[Any]:
    return [encode_value(pair[0], depth=depth), encode_value(pair[1], depth=depth)]


def _encode_scalar(value: Any) -> list[Any]:
    kind = type(value)
    if kind is int:
        return ["int", hex(value)]  # decimal digits of long integers are limited by Python
    if kind is float:
        return ["float", value.hex()]
    if kind is complex:
        return ["complex", value.real.hex(), value.imag.hex()]
    if kind is bytes or kind is bytearray:
        return [kind.__name__, base64.b64encode(value).decode("ascii")]
    if kind is range:
        return ["range", hex(value.start), hex(value.stop), hex(value.step)]
    if kind is Fraction:
        return ["fraction", hex(value.numerator), hex(value.denominator)]
    if kind is Decimal:
        return ["decimal", str(value)]
    if _is_array(value):
        return _encode_array(value)
    raise NotPlainError(f"a value of type `{kind.__name__}` is not plain data")


def _decode_pair(pair: object, depth: int) -> tuple[Any, Any]:
    match pair:
        case [key, value]:
            return decode_value(key, depth=depth), decode_value(value, depth=depth)
    raise NotPlainError("a dictionary entry is not a pair")


def _collect(kind: type, items: list[Any]) -> Any:
    if kind in (dict, set, frozenset) and len(items) > _MOST_HASHED:
        raise NotPlainError(f"a {kind.__name__} has {len(items)} items, more than {_MOST_HASHED}")
    try:
        return kind(items)
    except TypeError as error:
        raise NotPlainError(f"an item of a {kind.__name__} cannot be hashed") from error


def _decode_scalar(name: str, texts: list[str]) -> Any:
    try:
        return _DECODERS[name](*texts)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise NotPlainError(f"{name!r} with {len(texts)} parts is not a coded value") from error


def _integer(text: str, longest: int = _LONGEST_INTEGER) -> int:
    if len(text) > longest:
        raise ValueError(f"an integer of {len(text)} digits")
    return int(text, 16)


def _fraction(above: str, below: str) -> Fraction:
    return Fraction(_integer(above, _LONGEST_IN_FRACTION), _integer(below, _LONGEST_IN_FRACTION))


_DECODERS: dict[str, Any] = {
    "int": lambda text: _integer(text),
    "float": float.fromhex,
    "complex": lambda real, imaginary: complex(float.fromhex(real), float.fromhex(imaginary)),
    "bytes": lambda text: base64.b64decode(text, validate=True),
    "bytearray": lambda text: bytearray(base64.b64decode(text, validate=True)),
    "range": lambda start, stop, step: range(_integer(start), _integer(stop), _integer(step)),
    "fraction": _fraction,
    "decimal": Decimal,
    "array": lambda kind, shape, data: _decode_array(kind, shape, data),
}


def _is_array(value: object) -> bool:
    """Tell whether `value` is exactly a numpy array, without importing numpy for it."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray


def _encode_array(value: Any) -> list[Any]:
    if value.dtype.kind not in "biufc":
        raise NotPlainError(f"an array of `{value.dtype}` is not plain data")
    shape = ",".join(str(length) for length in value.shape)
    return ["array", value.dtype.str, shape, base64.b64encode(value.tobytes()).decode("ascii")]


def _decode_array(kind: str, shape: str, data: str) -> Any:
    """Build an array of numbers; `kind` is checked before numpy interprets it."""
    if kind[:1] not in "<|>" or kind[1:2] not in tuple("biufc") or not kind[2:].isdecimal():
        raise ValueError(kind)
    import numpy as np

    lengths = tuple(int(length) for length in shape.split(",") if length)
    flat = np.frombuffer(base64.b64decode(data, validate=True), dtype=np.dtype(kind))
    return flat.reshape(lengths).copy()


def _same_float(found: float, expected: float, tolerance: float) -> bool:
    if math.isnan(found) or math.isnan(expected):
        return math.isnan(found) and math.isnan(expected)
    return found == expected or math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)


def _same_dict(found: dict[Any, Any], expected: dict[Any, Any], tolerance: float) -> bool:
    keys = {key: key for key in expected}
    return len(found) == len(expected) and all(
        key in keys
        and same(key, keys[key])
        and same(found[key], expected[key], tolerance=tolerance)
        for key in found
    )


def _same_array(found: Any, expected: Any, tolerance: float) -> bool:
    import numpy as np

    if found.dtype != expected.dtype or found.shape != expected.shape:
        return False
    with_nan = found.dtype.kind in "fc"
    return bool(np.allclose(found, expected, rtol=tolerance, atol=tolerance, equal_nan=with_nan))
