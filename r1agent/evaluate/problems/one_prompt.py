"""One prompt, one reply, no tools: what a model does by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.systems.plain import PLAIN
from r1agent.evaluate.task import Example, Output
from r1agent.models.writing import complete
from r1agent.profiles import Profile
from r1agent.run import model_name_of


@dataclass(frozen=True, slots=True)
class OnePrompt:
    """Ask a model once; nothing is checked, and it always answers. `one_prompt` makes it."""

    chat: BaseChatModel
    profile: Profile
    prompt: Callable[[Example], str]
    max_tokens: int
    name: str = PLAIN

    @property
    def model(self) -> str:
        """The model that is asked."""
        return model_name_of(self.chat)

    def __call__(self, example: Example) -> Output:
        """Answer one example; what it says is the `text`."""
        thinking = self.profile.thinking_tokens
        reply = complete(
            self.chat,
            [HumanMessage(self.prompt(example))],
            max_tokens=self.max_tokens + thinking,
            thinking_tokens=thinking or None,
            starts_in_thought=self.profile.starts_in_thought,
        )
        return Output({"text": reply.text}, usage=reply.usage)


def one_prompt(
    assistant: ResearchAssistant, prompt: Callable[[Example], str], *, max_tokens: int
) -> OnePrompt:
    """Return the model of an assistant with one prompt for each example.

    A model without thoughts is asked for its most likely reply, whatever the temperature of the
    loop is; a reasoning model keeps its temperature, and may think as long as the loop's planner.
    """
    profile = assistant.profile
    chat = assistant.model if profile.thinking_tokens else greedy(assistant.model)
    return OnePrompt(chat, profile, prompt, max_tokens)


def greedy(model: BaseChatModel) -> BaseChatModel:
    """Return the same model at temperature 0, where it has a temperature."""
    if not hasattr(model, "temperature"):
        return model
    return model.model_copy(update={"temperature": 0.0})
