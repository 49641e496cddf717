"""One sensible step of a setting, and the meaning of a typed value: arithmetic on plain values, no screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import get_close_matches

from msgspec import structs

from tui_trainer.dashboard.typed_number import read_list, read_number, with_minus
from tui_trainer.experiment.declared import Setting
from tui_trainer.experiment.words import AUTO, value_words
from tui_trainer.setting import BATCH_SIZE
from tui_trainer.telemetry import Snapshot, present

NONE = "none"
"""What is typed to unset a number; the run refuses it where the number is needed."""

HIDDEN = "network.hidden"
"""The list of layer widths, the one list that may be empty."""

SMALLEST_RATE = 1e-5
"""The value of a logarithmic setting after a step up from zero."""

SMALLEST = 1e-6
"""The least value that steps down reach of a logarithmic setting that may not be 0."""

FIRST, LARGEST = 1.0, 100.0
"""An optional number steps from none to FIRST, and beyond LARGEST to none again: a limit as large as that limits
nothing."""


def in_force(snapshot: Snapshot, key: str) -> object:
    """The value in force, also where the run has chosen it itself."""
    return snapshot.resolved_defaults.get(key, snapshot.values[key])


def value_in_force(snapshot: Snapshot, key: str) -> str:
    """The value in words, with both where the run has replaced it: "64 (all 60)"."""
    value = snapshot.values.get(key, "–")
    if key in snapshot.resolved_defaults:
        return f"{AUTO} {value_words(snapshot.resolved_defaults[key])}"
    if key == BATCH_SIZE and isinstance(value, int) and snapshot.progress is not None:
        examples = snapshot.progress.examples
        return f"{value_words(value)} (all {value_words(examples)})" if value > examples else value_words(value, key)
    return value_words(value, key)


def can_step(setting: Setting, value: object) -> bool:
    """Whether `stepped` can change it: not free text, nor a list of different words that the program does not know."""
    if isinstance(value, list | tuple):
        numbers = all(isinstance(each, int | float) for each in value)
        alike = len(set(map(str, value))) == 1
        return setting.key == HIDDEN or bool(setting.lists) or ((numbers or alike) and can_step(setting, value[0]))
    if value is None:
        return setting.optional
    return bool(setting.choices) or isinstance(value, bool | int | float) or value in setting.words


def stepped(setting: Setting, value: object, direction: int, examples: int) -> object:
    """The value one sensible step up (`direction` 1) or down (-1); the same value at the end of the range.

    Enumerations wrap round. Logarithmic numbers step 1-2-5-10 where they are real, by powers of two where they are
    whole and not decimal; other numbers step by the declared step. A list steps in all its entries; stepping hidden
    layers down from one unit drops the last layer. A batch of `examples` or more is "full", as many samples as there
    are "all", and a step down from these leads below `examples`. `value` is the one in force: a value that the run has
    chosen itself steps to one that is then set.
    """
    if setting.lists and isinstance(value, list | tuple):
        return _next_choice(setting.lists, tuple(value), direction)
    if isinstance(value, list | tuple):
        return _stepped_list(setting, list(value), direction, examples)
    if isinstance(value, bool):
        return not value
    if setting.choices:
        return _next_choice(setting.choices, value, direction)
    if value in setting.words:
        return value if direction > 0 else max(1, _power_of_two_below(examples))
    if value is None and setting.optional:
        return FIRST
    if not isinstance(value, int | float):
        return value
    if setting.optional and not setting.integer and direction > 0 and value >= LARGEST:
        return None
    number = _stepped_number(setting, value, direction)
    most = examples if setting.key == BATCH_SIZE else setting.high
    return setting.words[0] if setting.words and most is not None and number >= most else number


def _stepped_list(setting: Setting, values: list[object], direction: int, examples: int) -> list[object]:
    if setting.key != HIDDEN:
        return [stepped(setting, value, direction, examples) for value in values]
    if not values:
        return [4] if direction > 0 else []
    if direction < 0 and values[-1] == 1:
        return values[:-1]
    width = structs.replace(setting, low=1, high=setting.high or 1024, logarithmic=True, integer=True, choices=())
    return [stepped(width, value, direction, examples) for value in values]


def _next_choice(choices: tuple[object, ...], value: object, direction: int) -> object:
    """Words wrap round; where there are numbers among the choices, the ends hold."""
    numbers = [c for c in choices if isinstance(c, int | float) and not isinstance(c, bool)]
    if value in choices:
        index = choices.index(value) + direction
        return choices[min(max(index, 0), len(choices) - 1) if numbers else index % len(choices)]
    if isinstance(value, int | float) and numbers:
        beyond = [c for c in numbers if (c - value) * direction > 0]
        return min(beyond, key=lambda c: abs(c - value)) if beyond else value
    return choices[0]


def _stepped_number(setting: Setting, value: float, direction: int) -> int | float:
    if setting.logarithmic and setting.integer and not setting.decimal:
        number: float = _power_of_two_above(value) if direction > 0 else _power_of_two_below(value)
    elif setting.logarithmic:
        smallest = 1.0 if setting.integer else SMALLEST_RATE
        number = _one_two_five(value, direction) if value > 0 else smallest * (direction > 0)
        if direction < 0 and setting.low == 0 and not setting.above_low and number < 0.99 * smallest:
            number = 0.0
    else:
        # Onto the grid of steps: a step up by 0.1 leads from 0.35 to 0.4, and from 0.3 too.
        step = setting.step or _tenth_of_range(setting)
        steps = value / step
        number = step * (math.floor(steps + 1e-9) + 1 if direction > 0 else math.ceil(steps - 1e-9) - 1)
    low, high = _reach(setting)
    # Steps stop before an exclusive bound. A value beyond that stays: no step leads back.
    number = max(value, min(number, high)) if direction > 0 else min(value, max(number, low))
    if number == value:
        return value
    stepped_to = round(number) if setting.integer else float(f"{number:.6g}")
    # Rounding may lead onto an exclusive bound, as 1.000001 above 1 does.
    return value if (setting.above_low and stepped_to == setting.low) else stepped_to


def _reach(setting: Setting) -> tuple[float, float]:
    """The lowest and the highest value that steps reach."""
    inside = 1 if setting.integer else setting.step / 10 or SMALLEST
    low = -math.inf if setting.low is None else setting.low + inside * setting.above_low
    return low, math.inf if setting.high is None else setting.high - inside * setting.below_high


def _one_two_five(value: float, direction: int) -> float:
    """The next number of the series … 0.1 0.2 0.5 1 2 5 10 … above or below `value` > 0."""
    exponent = math.floor(math.log10(value))
    series = [m * 10.0**e for e in range(exponent - 1, exponent + 3) for m in (1, 2, 5)]
    if direction > 0:
        return next(number for number in series if number > value * (1 + 1e-9))
    return next(number for number in reversed(series) if number < value * (1 - 1e-9))


def _power_of_two_above(value: float) -> int:
    """The smallest power of two above `value`; 1 from below 1."""
    return 1 if value < 1 else int(2 ** (math.floor(math.log2(value)) + 1))


def _power_of_two_below(value: float) -> int:
    """The largest power of two below `value`; 0 below 1."""
    return 0 if value <= 1 else int(2 ** (math.ceil(math.log2(value)) - 1))


def _tenth_of_range(setting: Setting) -> float:
    if setting.integer or setting.low is None or setting.high is None:
        return 1.0
    return (setting.high - setting.low) / 10


def written(value: object) -> str:
    """A value as a person would type it: "0.01", "16, 8", "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        short = f"{value:.6g}"
        return (short if float(short) == value else repr(value)).replace("e-0", "e-").replace("e+0", "e")
    if isinstance(value, list | tuple):
        return ", ".join(map(written, value))
    return NONE if value is None else str(value)


def entered(setting: Setting, value: object) -> str:
    """The text to begin with in a field that edits the setting."""
    return nothing(setting) if value is None else written(value)


def nothing(setting: Setting) -> str:
    """What a person types for no value: the run chooses one, or there is none."""
    return AUTO if setting.automatic else NONE


def allowed(setting: Setting, value: object) -> str:
    """The values that may be typed, in words; `value` is the one in force."""
    without = [f'"{nothing(setting)}"'] * setting.optional
    if setting.choices and not isinstance(value, list | tuple):
        return " or ".join(["one of " + ", ".join(map(written, setting.choices)), *without])
    parts = ["one of " + ", ".join(map(written, setting.choices))] if setting.choices else []
    if setting.low is not None or setting.high is not None:
        parts.append(("a whole number" if setting.integer else "a number") + _range(setting))
    parts += [f'"{word}"' for word in setting.words]
    if isinstance(value, list | tuple):
        kind = "words" if setting.choices else "numbers"
        most = f", at most {setting.most_entries}" if setting.most_entries else ""
        empty = "; nothing for none" if setting.key == HIDDEN else ""
        return f"{kind} parted by commas{most}{empty}" + "".join(f"; each {part}" for part in parts)
    return " or ".join(parts + without) or ("yes or no" if isinstance(value, bool) else "a text")


def _range(setting: Setting) -> str:
    """The range with a leading space: " from 0 to 1", " from 0 and below 1"."""
    low = "" if setting.low is None else f" {'above' if setting.above_low else 'from'} {_bound(setting.low)}"
    if setting.high is None:
        return low
    return (
        f"{low} {'and ' * bool(low)}below {_bound(setting.high)}"
        if setting.below_high
        else (f"{low} to {_bound(setting.high)}")
    )


def _bound(number: float) -> str:
    """A bound of a range, for a person to read."""
    return with_minus(f"{number:,}" if isinstance(number, int) else written(number))


def parsed(setting: Setting, text: str, value: object) -> object:
    """The value that a person means who types `text` where `value` is in force. Raises a `ValueError` that says what is
    wrong."""
    text = text.strip()
    if isinstance(value, list | tuple):
        entries = _entries(setting, text, value)
        if setting.key == HIDDEN and entries in (["none"], ["0"]):
            return []
        kind = value[0] if value else 1
        return [parsed(setting, entry, kind) for entry in entries]
    if setting.optional and text.casefold() in (NONE, AUTO):
        return None
    if setting.choices:
        return _parsed_choice(setting, text)
    if isinstance(value, bool):
        return _parsed_choice(setting, text, (True, False))
    if text.casefold() in setting.words:
        return text.casefold()
    ranged = setting.low is not None or setting.high is not None
    if not ranged and not isinstance(value, int | float) and value not in setting.words:
        return text
    return _parsed_number(setting, text, whole=setting.integer or (not ranged and not isinstance(value, float)))


def _parsed_choice(setting: Setting, text: str, choices: tuple[object, ...] = ()) -> object:
    names = {written(choice).casefold(): choice for choice in choices or setting.choices}
    typed = _TRUTHS.get(text.casefold(), text) if any(choice is True for choice in names.values()) else text
    typed = typed.casefold().replace(" ", "_")
    if typed in names:
        return names[typed]
    near = get_close_matches(typed, names, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"{setting.label} is one of {', '.join(names)}, not {text!r}{hint}")


_TRUTHS = {"true": "yes", "on": "yes", "false": "no", "off": "no"}


def _entries(setting: Setting, text: str, value: Sequence[object]) -> list[str]:
    """The entries of a typed list. Raises `ValueError`."""
    ranged = setting.low is not None or setting.high is not None
    try:
        entries = read_list(text, whole=setting.integer or not (ranged or any(isinstance(e, float) for e in value)))
    except ValueError as error:
        raise ValueError(f"{setting.label} {error}") from None
    if setting.most_entries and len(entries) > setting.most_entries:
        raise ValueError(f"{setting.label} has at most {setting.most_entries} entries, not {len(entries)}")
    return entries


def _parsed_number(setting: Setting, text: str, whole: bool) -> int | float:
    try:
        number = read_number(text, whole=whole)
    except ValueError as error:
        raise ValueError(f"{setting.label} {error}") from None
    low, high = setting.low, setting.high
    if low is not None and (number < low or (setting.above_low and number == low)):
        raise ValueError(
            f"{setting.label} is {'above' if setting.above_low else 'at least'} {_bound(low)}, not {with_minus(text)}"
        )
    if high is not None and (number > high or (setting.below_high and number == high)):
        raise ValueError(
            f"{setting.label} is {'below' if setting.below_high else 'at most'} {_bound(high)}, not {with_minus(text)}"
        )
    return number


def possible(setting: Setting, snapshot: Snapshot) -> Setting:
    """The setting, limited to the choices and numbers that the run can have."""
    limits = present(snapshot.settings)
    choices = limits.available_choices.get(setting.key, setting.choices)
    changed = setting if choices == setting.choices else structs.replace(setting, choices=choices)
    most = limits.upper_limits.get(setting.key, setting.high)
    return changed if most == setting.high else structs.replace(changed, high=most, below_high=False)
