"""Why a column cannot help to predict: it is empty, constant, an id, free text …"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_trainer.setting_error import shortened
from tui_trainer.tables.numbers import Convention
from tui_trainer.tables.split import says_split
from tui_trainer.tables.table import Column, Table

MOST_CATEGORIES = 20
"""Categories with an input of their own; above it the rarest share one."""
FEWEST_DRAWN = 30
"""The least count of whole numbers in a column without a name that can be ids."""
EXACT, MOST_DIGITS = 2.0**53, 15
"""Whole numbers up to the first are kept exactly, and so are all numbers of at most the second count of digits."""
MOST_TRIED = 1_000
"""Numbers whose digits are counted."""
CONSTANT, EMPTY = "it is constant", "it is empty"
NO_NAME = "column 1"
"""How the first column is called if it has no name."""
A_NUMBER = re.compile(
    r"(?i:(^|[\s_.-])(id|index|row|rownames|row\.names|rowid|rownum|no|nr|num|number|nummer|obs|observation|case|record"
    r"|serial|sno|identifier)\.?$|^unnamed|^column 1$|#$)|[a-z](Id|ID|No|Nr|Num|Number|Index)$"
)
AN_INDEX = re.compile(r"(index|unnamed: 0|level_0|__index_level_0__)", re.IGNORECASE)
"""How pandas names the numbers of the rows where it writes them into a file."""
AN_ID = re.compile(
    r"(?i:(^|[\s_.-])(id|uuid|guid|identifier)$|^id[\s_.-]"
    r"|(account|client|customer|employee|invoice|member|order|patient|policy|student|user)[\s_.-]?(no|nr|num|number)$"
    r"|nummer$)|[a-z](Id|ID)$"
)
COMMENTS = re.compile(r"(^|[\s_])(comment|note|remark)s?($|[\s_(])", re.IGNORECASE)


def why_useless(column: Column, table: Table) -> str:
    """Why a column cannot help to predict; "" if it can."""
    present = column.values[~column.missing]
    if not len(present):
        return EMPTY
    if column.distinct_is_bound:
        return "it is free text, or an id"
    if column.kind == "number" and _have_too_many_digits(present):  # they may seem constant
        return f"its numbers have more than {MOST_DIGITS} digits, which cannot be kept: ids"
    if present.min() == present.max():
        return CONSTANT
    if column.kind == "text":
        distinct = len(column.texts)
        if says_split(column):
            return "it says which rows are held out, if --split names it"
        words = [text for text in column.texts if Convention().number(text) is None]
        if distinct > MOST_CATEGORIES and 0 < len(words) < distinct / 2:
            return f'most of it is numbers, but "{shortened(words[0])}" is none'
        if distinct == len(present) > 2:
            return "every row has another text: an id, or free text"
        if distinct > MOST_CATEGORIES and distinct > len(present) / 4:
            return f"it has {distinct:,} different texts: ids, or free text"
        if COMMENTS.search(column.name) and sum(len(text.split()) for text in column.texts) > 3 * distinct:
            return "its name and its sentences say that it is comments"
        return ""
    first = column.values[0]
    if A_NUMBER.search(column.name) and len(present) == table.rows > 4 and (first in (0, 1) or column.name != NO_NAME):
        steps = np.diff(column.values)
        if abs(steps[0]) == 1 and (steps == steps[0]).all():
            return "it numbers the rows"
    if AN_INDEX.fullmatch(column.name) and (present % 1 == 0).all() and len(np.unique(present)) == table.rows > 4:
        return "it is the number of the row in a larger table"
    has_no_name = column.name == NO_NAME and column is table.columns[0]
    if AN_ID.search(column.name) or (has_no_name and _looks_drawn(present)):
        return "it is an id" if len(np.unique(present)) == len(present) else ""
    return ""


def _have_too_many_digits(values: NDArray[np.float64]) -> bool:
    """Whether most numbers are whole, and larger and longer than such numbers can be kept exactly."""
    longer = [len(repr(value)) > MOST_DIGITS for value in values[:MOST_TRIED].tolist()]
    return bool(values.min() >= EXACT) and sum(longer) > len(longer) / 2


def _looks_drawn(values: NDArray[np.float64]) -> bool:
    """Whether numbers are whole, and so far apart that they number something elsewhere."""
    return bool(len(values) >= FEWEST_DRAWN and (values % 1 == 0).all() and np.ptp(values) > 100 * len(values))


def reasons_in_words(left_out: Sequence[tuple[str, str]]) -> str:
    """Columns and the reasons to leave them out, in parentheses, four of them at most; "" for none."""
    words = "; ".join(f'"{name}": {reason}' for name, reason in left_out[:4])
    return f" ({words}{'; …' if len(left_out) > 4 else ''})" if words else ""


def only_column(table: Table) -> str:
    """What a person can do about a table of a single column, for the end of a complaint; "" for other tables."""
    if len(table.columns) > 1:
        return ""
    delimiter = "--delimiter says what separates its cells, " if table.row_word == "line" else ""
    return f"; {delimiter}--target-file says where its targets are"
