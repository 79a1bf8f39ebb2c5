"""Numbers that are spelt as text, as a graph reads them: what the database's TRY_CAST to DOUBLE makes of them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlml.model.draft import Value

_SPACE = r"[ \t\n\v\f\r]*"
# What may be converted without going beyond 64 bits, which is an error there: of many digits or with a great exponent.
_LONG = r"([0-9]{1,200}(\.[0-9]{0,200})?|\.[0-9]{1,200})([eE][+-]?[0-9]{1,2})?"
_SHORT = r"([0-9]{1,17}(\.[0-9]{0,17})?|\.[0-9]{1,17})[eE][+-]?([01]?[0-9]|2[0-8])[0-9]"
_SCIENTIFIC = r"[0-9](\.[0-9]{0,17})?[eE]\+?(29[0-9]|30[0-7])"
PLAIN = rf"{_SPACE}[+-]?({_LONG}|{_SHORT}|{_SCIENTIFIC}){_SPACE}"
_NAME = "[iI][nN][fF]([iI][nN][iI][tT][yY])?"
# With an exponent of three digits and more a number is greater than all features are, or less than all but 0.
_GREAT = r"[0-9]{0,20}[1-9][0-9]{0,20}(\.[0-9]*)?[eE]\+?[0-9]{3,}"
_SMALL = r"[0-9]{1,20}(\.[0-9]*)?[eE]-[0-9]{3,}"
BEYOND = {
    rf"{_SPACE}\+?({_NAME}|{_GREAT}){_SPACE}": "inf",
    rf"{_SPACE}-({_NAME}|{_GREAT}){_SPACE}": "-inf",
    rf"{_SPACE}\+?{_SMALL}{_SPACE}": "0",
    rf"{_SPACE}-{_SMALL}{_SPACE}": "-0",
}


def drawn(text: "Value") -> "Value":
    """The number of a text, 64 bits; NaN where it spells none, as `'1_000'` does, which only the database reads."""
    spelt = text.draft.number("nan", text.dtype)
    for pattern, number in BEYOND.items():
        spelt = text.matches(pattern).chosen(text.draft.number(number, text.dtype), spelt)
    return text.matches(PLAIN).chosen(text, spelt).double()
