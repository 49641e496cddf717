"""What a person types is the value that is shown, or it is refused: never another number without a word."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.dashboard.setting_values import entered, parsed, stepped
from tui_trainer.dashboard.typed_number import read_list, read_number
from tui_trainer.experiment.declared import Setting, listed_settings

CATALOGUE = {setting.key: setting for setting in listed_settings()}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,001", 0.001),
        ("0,005", 0.005),
        ("0,050", 0.05),
        ("0,05", 0.05),
        (",5", 0.5),
        ("5,", 5.0),
        ("1,5", 1.5),
        ("1,5e-3", 0.0015),
        ("12,25", 12.25),
        ("1234,567", 1234.567),
        ("0.001", 0.001),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e-3", 0.001),
        ("1E-3", 0.001),
        ("1_000", 1000.0),
        (" 0.01\t", 0.01),
        ("\u00a00.01\u00a0", 0.01),
        ("−0.5", -0.5),
        ("–0.5", -0.5),
        ("1e−3", 0.001),
        ("\uff10\uff0e\uff10\uff15", 0.05),
        ("\uff10\uff0c\uff15", 0.5),
        ("+2", 2.0),
        ("1,000,000", 1e6),
        ("1,000.5", 1000.5),
    ],
)
def test_a_number_that_can_only_be_one(text: str, number: float) -> None:
    assert read_number(text, whole=False) == number


@pytest.mark.parametrize(
    "text",
    ["1,000", "1,000e3", "12,345", "-1,000", "1.000,5", "10%", "10 %", "1 000", "1'000", "10²", "½", "", "e5", ".", ",",
     "1,2,3", "0,001,002", "1..5", "nan", "inf", "1e999", "1e-999", "0x10", "1,000,00", "--5", "1__0", "_1", "a",
     "\u200b5"],
)  # fmt: skip
def test_a_number_that_can_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_number(text, whole=False)


def test_what_can_be_two_numbers_is_answered_with_both() -> None:
    with pytest.raises(ValueError, match=re.escape("takes a point before decimals: write 1.000 or 1000, not 1,000")):
        read_number("1,000", whole=False)


@pytest.mark.parametrize(
    ("text", "number"), [("1,000", 1000), ("12,345", 12345), ("1,000,000", 10**6), ("1_000", 1000), ("16", 16),
                         ("2.0", 2), ("1e3", 1000), ("\uff11\uff16", 16)]
)  # fmt: skip
def test_whole_numbers(text: str, number: int) -> None:
    read = read_number(text, whole=True)
    assert (read, type(read)) == (number, int)


@pytest.mark.parametrize("text", ["0,001", "1,5", "1,50", "1.000", "12.345.678", "0,000", "2,0", "1.5"])
def test_a_whole_number_is_no_guess(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        read_number(text, whole=True)


@pytest.mark.parametrize("text", ["16,16", "16, 16", "16 16", "[16, 16]", "16;16", "16,\t16 "])
def test_a_list_is_parted_by_commas(text: str) -> None:
    assert read_list(text, whole=True) == ["16", "16"]
    assert parsed(CATALOGUE["network.hidden"], text, [4]) == [16, 16]


@pytest.mark.parametrize("text", ["1,024", "4,096", "16,000"])
def test_thousands_are_no_entries_of_a_list(text: str) -> None:
    with pytest.raises(ValueError, match="thousands are written as 1000"):
        read_list(text, whole=True)


def test_a_decimal_comma_in_a_list_is_no_second_entry() -> None:
    for text in ("0,5", "0,5 0,25", "1,5"):
        with pytest.raises(ValueError, match="a point before decimals"):
            read_list(text, whole=False)
    assert read_list("0.5,0.25", whole=False) == ["0.5", "0.25"]
    assert read_list("1, 5", whole=False) == ["1", "5"]


@given(st.text("0123456789,._+-eE −%٣5", max_size=10), st.booleans())
def test_what_is_typed_is_what_is_read_or_refused(text: str, whole: bool) -> None:
    try:
        number = read_number(text, whole=whole)
    except ValueError:
        return
    # As somebody reads it for whom a comma is the decimal sign, and as somebody for whom it parts thousands.
    plain = text.strip().replace("−", "-")
    decimal = _decimal(plain.replace(",", ".")) if "," in plain and "." not in plain else None
    groups = re.fullmatch(r"[+-]?(?!0)\d{1,3}(,\d{3})*(\.\d*)?(e[+-]?\d+)?", plain, re.IGNORECASE)
    english = _decimal(plain.replace(",", "")) if "," not in plain or groups else None
    readings = {float(reading) for reading in (decimal if not whole else None, english) if reading is not None}
    assert readings == {float(number)}


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


@given(st.floats(1e-12, 1e3))
def test_a_number_that_the_field_shows_is_the_number(value: float) -> None:
    setting = CATALOGUE["optimizer.l2"]
    assert parsed(setting, entered(setting, value), value) == value


RANGES = [s for s in CATALOGUE.values() if (s.low is not None or s.high is not None) and not s.words]


@pytest.mark.parametrize("setting", RANGES, ids=lambda setting: setting.key)
@given(share=st.floats(0, 1), direction=st.sampled_from([1, -1]))
def test_no_step_leads_the_other_way(setting: Setting, share: float, direction: int) -> None:
    low, high = setting.low or 0.0, min(1e9 if setting.high is None else setting.high, 1e9)
    value: float = low + share * (high - low)
    value = int(value) if setting.integer else value
    new = stepped(setting, value, direction, examples=1000)
    if new is None:  # beyond the largest: no limit any more
        return
    assert isinstance(new, int | float)
    assert (new - value) * direction >= 0
    assert setting.low is None or new >= setting.low or new == value
    assert setting.high is None or new <= setting.high or new == value


@pytest.mark.parametrize(
    ("key", "value"),
    [("optimizer.momentum", 0.999), ("network.dropout", 0.995), ("optimizer.beta2", 0.9999), ("optimizer.beta1", 0.999),
     ("optimizer.alpha", 0.9999), ("optimizer.epsilon", 1e-12), ("optimizer.learning_rate", 1e-9),
     ("schedule.rise", 0.999), ("data.validation_share", 0.0067)],
)  # fmt: skip
def test_the_field_takes_what_a_file_takes(key: str, value: float) -> None:
    setting = CATALOGUE[key]
    assert parsed(setting, entered(setting, value), 0.5) == value
    assert stepped(setting, value, 1, examples=100) >= value  # type: ignore[operator]
    assert stepped(setting, value, -1, examples=100) <= value  # type: ignore[operator]


def test_a_bound_that_is_not_allowed_is_named_as_one() -> None:
    with pytest.raises(ValueError, match=r"^momentum is below 1, not 1$"):
        parsed(CATALOGUE["optimizer.momentum"], "1", 0.5)
    with pytest.raises(ValueError, match=r"^factor a part is above 0, not 0$"):
        parsed(CATALOGUE["schedule.gamma"], "0", 0.5)


def test_too_many_hidden_layers_is_the_reason() -> None:
    with pytest.raises(ValueError, match=r"^hidden layers has at most 32 entries, not 33$"):
        parsed(CATALOGUE["network.hidden"], ",".join(["2"] * 33), [4])
