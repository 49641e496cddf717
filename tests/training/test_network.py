"""The layout of a network's parameters in one vector."""

from __future__ import annotations

import numpy as np

from tui_trainer.training.network import KeptPasses, Network


def test_a_parameter_is_named_by_its_place_in_the_layers() -> None:
    network = Network((2, 3, 1), ("tanh",))
    first, last = network.views(np.arange(network.parameter_count, dtype=np.float64))
    assert network.parameter_name(int(first[0, 0])) == "w[1→1] of layer 1"
    assert network.parameter_name(int(first[1, 2])) == "w[2→3] of layer 1"
    assert network.parameter_name(int(first[2, 1])) == "b[2] of layer 1"
    assert network.parameter_name(int(last[2, 0])) == "w[3→1] of layer 2"
    assert network.parameter_name(int(last[3, 0])) == "b[1] of layer 2"


def test_a_kept_pass_gives_what_a_new_one_gives() -> None:
    network = Network((2, 3, 1), ("tanh",))
    passes, random = KeptPasses(network), np.random.default_rng(0)
    sets = [random.standard_normal((examples, 2)).astype(np.float32) for examples in (7, 50_000)]  # one is too large
    parameters = random.standard_normal(network.parameter_count).astype(np.float32)
    for _ in range(2):
        for inputs in sets:
            assert np.array_equal(passes.outputs(parameters, inputs), network.outputs(parameters, inputs))
        parameters += 1  # as an update does
    other = parameters * 2
    assert np.array_equal(passes.activity(other, sets[0])[0], network.activity(other, sets[0])[0])
