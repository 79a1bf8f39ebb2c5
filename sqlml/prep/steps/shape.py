"""Text that hardly repeats, as what it looks like."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.step import MISSING
from sqlml.prep.steps.parts import Parts

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.entry import Given

# What each character of a text counts as, in a graph; no character is two.
_NONE = "no"
_SIGNS = {_NONE: 0.0, " ": 1.0} | dict.fromkeys("0123456789", 2.0)
_OTHER = 3.0


@dataclass(frozen=True)
class Shape(Parts):
    """How long the text is, of how many words, and what share of its characters are digits."""

    name = "shape"
    all_parts = ("length", "words", "digits")

    def part(self, name: str, value: str) -> str:
        text = f"CAST({value} AS VARCHAR)"
        match name:
            case "length":
                number = f"length({text})"
            case "words":
                number = f"{spaces(text)} + 1"
            case _:
                number = f"1 - length(translate({text}, '0123456789', ''))::DOUBLE / greatest(length({text}), 1)"
        return f"CASE WHEN {value} IS NULL THEN {MISSING} ELSE CAST({number} AS FLOAT) END"

    def drawn_part(self, name: str, given: "Given") -> "Value":
        signs = given.value.tokens(_NONE, separators=[""]).looked_up(list(_SIGNS), list(_SIGNS.values()), _OTHER)
        length = _count(~signs.equals(_SIGNS[_NONE]))
        match name:
            case "length":
                number = length
            case "words":
                number = _count(signs.equals(_SIGNS[" "])) + 1
            case _:
                others = length - _count(signs.equals(_SIGNS["0"]))
                number = 1.0 - others.double() / length.double().held(1.0, float("inf"))
        return given.feature(number)


def _count(are: "Value") -> "Value":
    """In how many of the places of a row something is so, (rows, 1)."""
    return are.whole().summed(1).at(1)


def spaces(text: str) -> str:
    """How many spaces a text expression has, which is one less than its words."""
    return f"(length({text}) - length(replace({text}, ' ', '')))"
