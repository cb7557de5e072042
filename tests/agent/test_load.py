import pytest

from r1agent.errors import SettingsError
from r1agent.load import load_sandbox
from r1agent.settings import Settings
from r1agent_tools import DockerSandbox, ExternalSandbox, LocalSandbox, RemoteSandbox


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, LocalSandbox),
        ({"unsafe_python": True}, LocalSandbox),
        ({"sandbox": "external"}, ExternalSandbox),
        ({"sandbox": "remote", "sandbox_url": "https://sandbox.example"}, RemoteSandbox),
    ],
)
def test_the_sandbox_that_is_set_is_taken(settings, kind):
    assert type(load_sandbox(Settings(**settings))) is kind


def test_image_and_runtime_reach_the_container():
    settings = Settings(sandbox="docker", sandbox_image="image:1", sandbox_runtime="runsc")
    sandbox = load_sandbox(settings)
    assert isinstance(sandbox, DockerSandbox)
    assert {"--runtime=runsc", "image:1"} <= set(sandbox.command("name"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sandbox": "remote"}, "no service is named. Set `sandbox_url`"),
        ({"sandbox": "remote", "sandbox_url": "http://sandbox.example"}, "Use `https`"),
        ({"sandbox": "docker", "unsafe_python": True}, "only the local sandbox can run without"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, message):
    with pytest.raises(SettingsError) as caught:
        load_sandbox(Settings(**settings))
    assert message in str(caught.value)
