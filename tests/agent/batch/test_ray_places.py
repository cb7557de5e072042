"""Where answerers go on a cluster, from what Ray says about its nodes."""

from __future__ import annotations

from r1agent.batch.ray_places import Place, places_on


def node(name: str, cores: float, *, alive: bool = True) -> dict[str, object]:
    address = f"10.0.0.{len(name)}"
    resources = {"CPU": cores} if cores else {}
    return {"NodeID": name, "NodeManagerAddress": address, "Alive": alive, "Resources": resources}


def test_a_node_gets_an_answerer_for_each_eight_cores_and_at_least_one():
    found = places_on([node("a", 16.0), node("bb", 4.0), node("ccc", 1.0)], each_node=None)
    assert found == [
        Place("a", "10.0.0.1", 0, 2),
        Place("bb", "10.0.0.2", 0, 2),
        Place("ccc", "10.0.0.3", 0, 1),
        Place("a", "10.0.0.1", 1, 2),
    ]


def test_nodes_that_are_dead_or_have_no_cores_get_none():
    assert places_on([node("a", 8.0, alive=False), node("bb", 0)], each_node=None) == []


def test_each_node_can_be_held_to_one():
    assert len(places_on([node("a", 64.0), node("bb", 8.0)], each_node=1)) == 2
