"""Marks that a chat template gives a meaning; in a paper they are text and nothing else."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"<\|[^<>|\n]{1,40}\|>"  # <|im_start|>, <|eot_id|>
    r"|<｜[^<>｜\n]{1,40}｜>"  # noqa: RUF001 - DeepSeek writes its own with wide bars
    r"|</?(?:think|thinking|tool_calls?|tool_response|function_calls?|start_of_turn|end_of_turn"
    r"|system|assistant|user|human|s)>"
    r"|\[/?(?:INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
    r"|<</?SYS>>",
    re.IGNORECASE,
)
_LOOK_ALIKE = str.maketrans("<>[]|｜", "‹›⟦⟧¦¦")  # noqa: RUF001


def neutral(text: str) -> str:
    """Return `text`, as long as before, with look-alikes in the place of a template's marks."""
    return _TOKEN.sub(lambda found: found[0].translate(_LOOK_ALIKE), text)


def has_chat_tokens(text: str) -> bool:
    """Tell whether a text holds marks of a chat template."""
    return _TOKEN.search(text) is not None
