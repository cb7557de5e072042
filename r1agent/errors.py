"""The errors a user can act on: the message alone says what was found, wanted, and what to do.

```
R1AgentError
├── SettingsError            a setting is unknown or has a value that cannot be used
│   └── ArgumentError          it was given as an argument, or as an option of a command
├── ModelServerError         the model server cannot be reached, refuses, or answers nonsense
├── WeightsError             a model's weights are unknown, or could not be fetched or checked
│   └── PullInterruptedError   Ctrl-C during a download (also a `KeyboardInterrupt`)
├── ModelOutputError         the model's text does not fit its schema, even after one repair
├── DriverError              there are graphics cards, but their driver does not answer
├── DoesNotFitError          no model, or not the one named, fits the memory that is there
├── VllmMissingError         the Python that should run vLLM has none, or one that is too old
├── JournalError             the record of a run cannot be read or continued
└── PlanError                an edited plan cannot be carried out
    └── PlanCancelledError     the user wanted none
```

The command line prints the message and exits with 1. Any other exception is a bug.
"""


class R1AgentError(Exception):
    """Anything the user can put right; the message says how."""


class SettingsError(R1AgentError):
    """A setting is unknown or has a value that cannot be used."""


class ArgumentError(SettingsError):
    """An argument, or the option of a command that sets it, has a value that cannot be used."""

    def __init__(self, argument: str, problem: str) -> None:
        """Store what is wrong.

        Args:
            argument: Name of the setting.
            problem: What was found and what was wanted, as it follows the name in a sentence.
        """
        super().__init__(f"The argument `{argument}` {problem}")
        self.argument = argument
        self.problem = problem


class ModelServerError(R1AgentError):
    """The model server cannot be reached, refuses, or does not speak the protocol."""


class WeightsError(R1AgentError):
    """A model's weights are unknown, or could not be fetched or checked."""


class PullInterruptedError(WeightsError, KeyboardInterrupt):
    """Ctrl-C stopped a download; what had arrived is kept."""


class ModelOutputError(R1AgentError):
    """The model's text does not fit the schema asked for, even after one repair."""


class ToolDefinitionError(R1AgentError):
    """A tool of the user's own cannot be offered to a model."""


class DriverError(R1AgentError):
    """There are graphics cards, but their driver does not answer."""


class DoesNotFitError(R1AgentError):
    """No model, or not the one that was named, fits the memory that is there."""


class VllmMissingError(R1AgentError):
    """The Python that should run vLLM has none, or one that is too old."""


class JournalError(R1AgentError):
    """The record of a run cannot be read or continued."""


class PlanError(R1AgentError):
    """A plan that was edited cannot be carried out."""


class PlanCancelledError(PlanError):
    """The user turned the plan down, so nothing was done."""
