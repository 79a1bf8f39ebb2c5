"""Text that hardly repeats, as what it looks like."""

from dataclasses import dataclass

from sqlml.prep.step import MISSING
from sqlml.prep.steps.parts import Parts


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


def spaces(text: str) -> str:
    """How many spaces a text expression has, which is one less than its words."""
    return f"(length({text}) - length(replace({text}, ' ', '')))"
