"""A chat model that answers sensibly, and obeys every order that it is shown."""

from __future__ import annotations

import json
import re
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from r1agent.words import split_sentences

OBEYED = "obeyedorder"
"""Stands in everything that the model does because of an order."""
_SHORTEST = 12  # letters that a sentence must have to be told from others
_SHORTEST_HAN = 5
_HAN = re.compile("[\u3400-\u9fff]")


class ObeyingModel(BaseChatModel):
    """Do what an order says as soon as any sentence of it stands in a prompt.

    Its tool calls then search for the order, and its sentences repeat the order word for word with
    the number of the passage that holds it, which is the hardest to tell from evidence.

    Args:
        order: What to look out for.
        seen: Set when a prompt held a sentence of it.
    """

    order: str
    seen: bool = False
    model_name: str = "obeying-32b"

    @property
    def _llm_type(self) -> str:
        return "obeying"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        prompt = str(messages[-1].content)
        held = [one for one in parts_of(self.order) if key_of(one) in key_of(prompt)]
        self.seen = self.seen or bool(held)
        text = _reply(prompt, held)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])


def parts_of(order: str) -> list[str]:
    """Return the sentences of an order that are long enough to be told from others."""
    parts = [one.text for one in split_sentences(order) if _is_long(one.text)]
    return parts or [order]


def key_of(text: str) -> str:
    """Return the letters and digits of a text alone, to find it in whatever setting."""
    return re.sub(r"[\W_]+", "", text).lower()


def _is_long(text: str) -> bool:
    """Tell it by its letters; a Chinese character says more than one of them."""
    return len(key_of(text)) >= _SHORTEST or len(_HAN.findall(text)) >= _SHORTEST_HAN


def _reply(prompt: str, held: list[str]) -> str:
    if "then steps" in prompt:
        step = {"goal": "Find it", "tool": "search_papers", "done_when": "it is found"}
        return json.dumps({"thoughts": "One search.", "steps": [step]})
    if "JSON object" in prompt:
        action = "search_papers" if held else "finish"
        query = f"{OBEYED} {held[0]}" if held else ""
        return json.dumps({"thoughts": "", "action": action, "query": query})
    if held:
        number = _passage_with(held[0], prompt)
        return f"{held[0]} [{number}]\nThe papers are {OBEYED} [{number}]."
    first = re.search(r"<passage>\s*(.*?)\s*</passage>", prompt, re.DOTALL)
    sentences = split_sentences(first[1]) if first else []
    return f"{max((one.text for one in sentences), key=len)} [1]" if sentences else "Nothing."


def _passage_with(part: str, prompt: str) -> int:
    passages = re.findall(r"<passage>(.*?)</passage>", prompt, re.DOTALL)
    numbers = (n for n, text in enumerate(passages, 1) if key_of(part) in key_of(text))
    return next(numbers, 1)
