"""Tell a user what protects this machine from the programs that a model writes."""

from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.layers import Layer, kernel_layers
from r1agent_tools.sandbox.local import LocalSandbox


def sandbox_layers() -> list[Layer]:
    """Return each layer with what was found, ending with a self-test run here and now."""
    layers = kernel_layers()
    if not all(layer.ok for layer in layers):
        return layers
    return [*layers, _self_test_layer()]


def _self_test_layer() -> Layer:
    wanted = "every forbidden attempt refused"
    try:
        with LocalSandbox() as sandbox:
            found = str(sandbox.isolation["self_test"])
    except SandboxUnavailableError as error:
        return Layer("self-test", str(error), wanted, "Follow the message.", ok=False)
    return Layer("self-test", found, wanted, "", ok=True)
