import pytest

from r1agent_indexes.vectors.faiss_kinds import Kind, empty_index
from r1agent_indexes.vectors.gpu import (
    GpuOptions,
    GpuPlan,
    cloner_options,
    flat_config,
    gpus_here,
    graph_config,
    has_graph,
    plan_gpu,
    resources,
)

faiss = pytest.importorskip("faiss")
GIB = 2**30
HALF = GpuOptions(temporary_mb=256, share=0.5)
wheel = pytest.mark.skipif(
    not hasattr(faiss, "GpuIndexFlatConfig"), reason="needs faiss-gpu: make test-faiss-gpu"
)


def plan(count, *free, graph=False):
    return plan_gpu(count, 384, free=free, options=HALF, has_graph=graph)


def test_what_fits_on_a_card_is_searched_exactly_in_float16():
    assert plan(1_000_000, 8 * GIB) == GpuPlan("exact", 1, "exactly, in float16")


def test_what_one_card_cannot_hold_is_cut_over_several():
    assert plan(4_000_000, 6 * GIB, 6 * GIB, 6 * GIB).cards == 2
    assert plan(4_000_000, 6 * GIB, 6 * GIB, 6 * GIB).kind == "exact"


def test_what_is_too_large_in_float16_goes_there_in_lists():
    assert plan(4_000_000, 6 * GIB) == GpuPlan("lists", 1, "in lists of 8-bit codes")


def test_what_fits_nowhere_stays_on_the_cpu_and_says_so():
    found = plan(4_000_000, 3 * GIB)
    assert (found.kind, found.cards) == ("none", 0)
    assert found.reason == (
        "they would take 1,645 MiB of graphics memory, and 1,280 MiB may be taken"
    )


def test_a_card_of_which_nothing_is_known_is_left_alone():
    assert plan(1000).kind == "none"


def test_a_large_index_is_a_graph_where_the_build_has_it():
    assert plan(6_000_000, 80 * GIB, graph=True).kind == "graph"
    assert plan(6_000_000, 80 * GIB).kind == "exact"
    assert plan(1_000_000, 80 * GIB, graph=True).kind == "exact"


def test_the_share_of_a_card_leaves_room_for_a_model_beside_it():
    small = GpuOptions(temporary_mb=256, share=0.1)
    found = plan_gpu(2_000_000, 384, free=[16 * GIB], options=small, has_graph=False)
    assert found.kind == "lists"
    assert plan(2_000_000, 16 * GIB).kind == "exact"


@wheel
def test_the_wheel_says_how_many_cards_there_are():
    assert gpus_here() == faiss.get_num_gpus()


@wheel
def test_an_exact_index_is_configured_in_float16():
    config = flat_config(1)
    assert (config.device, config.useFloat16) == (1, True)


@wheel
def test_lists_are_cut_over_several_cards_and_keep_their_ids():
    options = cloner_options(cards=2)
    assert (options.shard, options.useFloat16) == (True, True)
    assert options.indicesOptions == faiss.INDICES_64_BIT
    assert not cloner_options(cards=1).shard


@wheel
@pytest.mark.skipif(not has_graph(), reason="this build has no cuVS")
def test_a_graph_is_configured_for_its_card():
    assert (graph_config(0).device, graph_config(0).graph_degree) == (0, 64)


@wheel
def test_resources_take_a_bound_of_temporary_memory():
    assert resources(GpuOptions(temporary_mb=64)) is not None


@wheel
@pytest.mark.skipif(faiss.get_num_gpus() > 0, reason="there is a card")
def test_without_a_card_faiss_refuses_rather_than_pretends():
    index = empty_index(Kind("8-bit lists", 8), 32)
    with pytest.raises(RuntimeError, match="Invalid GPU device"):
        faiss.index_cpu_to_gpu(resources(HALF), 0, index)
