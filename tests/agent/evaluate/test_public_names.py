import r1agent.evaluate


def test_every_public_name_is_there():
    for name in r1agent.evaluate.__all__:
        assert getattr(r1agent.evaluate, name).__name__ == name
    assert dir(r1agent.evaluate) == r1agent.evaluate.__all__
