from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tui_trainer.randomness import Purpose, generator

ADDRESSES = [
    (0, Purpose.DATA),
    (0, Purpose.DATA, 0),
    (0, Purpose.DATA, 0, 0),
    (0, Purpose.DATA, 1),
    (0, Purpose.DATA, 0, 1),
    (0, Purpose.DATA, 1, 0),
    (1, Purpose.DATA),
    (0, Purpose.LABEL_NOISE),
    (1, Purpose.LABEL_NOISE, 1),
    (2**32 - 1, Purpose.PAIRS, 2**32 - 1),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_same_address_gives_the_same_draws(address: tuple[int, ...]) -> None:
    seed, purpose, *rest = address
    first = generator(seed, Purpose(purpose), *rest).random(8)
    assert np.array_equal(first, generator(seed, Purpose(purpose), *rest).random(8))


def test_different_addresses_give_different_draws_even_where_they_differ_in_zeros_only() -> None:
    draws = [generator(seed, Purpose(purpose), *rest).random(4) for seed, purpose, *rest in ADDRESSES]
    for first, second in combinations(draws, 2):
        assert not np.any(first == second)


def test_purposes_keep_their_numbers() -> None:
    numbers = {purpose.name: purpose.value for purpose in Purpose}
    assert numbers["DATA"] == 0
    assert numbers["LABEL_NOISE"] == 1
    assert numbers["SPLIT"] == 2
    assert numbers["WEIGHTS"] == 3
    assert numbers["SHUFFLE"] == 4
    assert numbers["DROPOUT"] == 5
    assert numbers["INPUT_NOISE"] == 6
    assert numbers["AUGMENTATION"] == 7
    assert numbers["PAIRS"] == 8


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        generator(-1, Purpose.DATA)
