"""Write values and calls for a reader, in one short line."""

from collections.abc import Mapping, Sequence

_LONGEST = 300


def show_value(value: object) -> str:
    """Return the value's repr, cut; Python refuses to write integers beyond 4,300 digits."""
    try:
        return f"{value!r:.{_LONGEST}}"
    except ValueError:
        return "a value with a very long integer"


def show_names(values: Mapping[str, object]) -> str:
    """Return `x=1, y=2`, as a call would give them."""
    return ", ".join(f"{name}={show_value(value)}" for name, value in values.items())


def show_call(function: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> str:
    """Return `function(1, y=2)`."""
    parts = [show_value(argument) for argument in arguments]
    return f"{function}({', '.join([*parts, *filter(None, [show_names(keywords)])])})"
