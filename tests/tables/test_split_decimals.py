"""Numbers that were split into two cells at their decimal commas are told, and whole numbers are not taken for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from own_tables import written


@pytest.mark.parametrize(
    ("first", "row"),
    [
        ("", lambda n: f"{n * 7 % 50 - 9},{n * 37 % 1000:03d},{n % 3}.5,red"),  # no names
        ("size,price", lambda n: f"{10 + n},{n * 7 % 10},{n * 41 % 900}"),  # one cell short, decimals of one digit
        ("size,price,town", lambda n: f"{10 + n},{n * 37 % 100:02d},{n * 41 % 900},here"),
        ("size,price", lambda n: f"{n % 9},{n * 37 % 100:02d},{n % 8},{n * 73 % 100:02d}"),
    ],
)
def test_decimal_commas_that_were_split_are_told(tmp_path: Path, first: str, row: Callable[[int], str]) -> None:
    table = written(tmp_path, "\n".join(filter(None, [first, *map(row, range(60))])))
    assert any("split" in remark or "one cell short" in remark for remark in table.remarks)


def test_whole_numbers_are_not_taken_for_split_decimals(tmp_path: Path) -> None:
    for row in ("20{n:02d},{month:02d},{day:02d},{n}.5", "{n},{month},{day},red", "{n}.5,0{n:02d},{day},red"):
        cells = (row.format(n=n, month=n % 12 + 1, day=n * 7 % 31 + 1) for n in range(60))
        table = written(tmp_path, "\n".join(cells))
        assert not any("split" in remark for remark in table.remarks), row
