"""Tell a user what protects this machine from the programs that a model writes."""

from r1agent_tools.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.layers import Layer, kernel_layers
from r1agent_tools.sandbox.local import LocalSandbox


def sandbox_layers() -> list[Layer]:
    """Return each layer with what was found, ending with a self-test run here and now."""
    layers = kernel_layers()
    if not all(layer.ok for layer in layers):
        return layers
    return [*layers, _namespaces_layer(), _self_test_layer()]


def _namespaces_layer() -> Layer:
    """Look for the one layer that the sandbox can do without, and say what that costs."""
    found, wanted = find_bubblewrap(), "namespaces by bubblewrap"
    if isinstance(found, Bubblewrap):
        text = f"{found.names} ({found.program}): files and processes outside are out of sight"
        return Layer("namespaces", text, wanted, "", ok=True)
    text = (
        f"none ({found.reason}): programs can learn which files exist, never what is in them. "
        f"To hide them: {found.do}"
    )
    return Layer("namespaces", text, wanted, found.do, ok=True)


def _self_test_layer() -> Layer:
    wanted = "every forbidden attempt refused"
    try:
        with LocalSandbox() as sandbox:
            found = str(sandbox.isolation["self_test"])
    except SandboxUnavailableError as error:
        return Layer("self-test", str(error), wanted, "Follow the message.", ok=False)
    return Layer("self-test", found, wanted, "", ok=True)
