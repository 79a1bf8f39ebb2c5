"""A number as itself, less a centre where 32 bits would blur it."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from sqlml.prep.kind import Kind, decimal_shape, integer_range, kind
from sqlml.prep.nan import WithoutNan
from sqlml.prep.step import MISSING, Step, clamped, clamped_value, present
from sqlml.prep.steps import numerals
from sqlml.quote import literal
from sqlml.schema import Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.step import Read


@dataclass(frozen=True)
class Number(Step):
    """The number of an integer, decimal or floating-point column, or of text that spells numbers.

    `centre` is subtracted in the column's own arithmetic, so that what is left fits a FLOAT's 24 bits; it is spelled
    as SQL spells a value of the column's type, and None where nothing is subtracted.
    """

    name = "number"
    centre: str | None = None

    def features(self) -> list[Feature]:
        return [Feature(self.column.name, self.column.name)]

    def expressions(self, row: str) -> list[str]:
        value = self.reference(row)
        match kind(self.column.type):
            case Kind.INTEGER:
                return [self._integer(value)]
            case Kind.DECIMAL:
                return [self._decimal(value)]
            case _:
                return [clamped(self._double(value))]

    def unclamped(self, row: str) -> str | None:
        is_double = kind(self.column.type) not in (Kind.INTEGER, Kind.DECIMAL)
        return self._double(self.reference(row)) if is_double else None

    def unheld(self, row: str) -> str | None:
        if self.centre is not None or self.column.type in _BEYOND:
            return None
        value = self.reference(row)
        match kind(self.column.type):
            case Kind.INTEGER | Kind.DECIMAL:
                return f"CAST({value} AS FLOAT)"
            case _:
                return value if self.column.type == "FLOAT" else None

    def measured(self, row: str) -> tuple[str, str]:
        value, type_ = self.reference(row), self.column.type
        match kind(type_):
            case Kind.INTEGER | Kind.DECIMAL:
                return value, type_
            case Kind.REAL:
                return WithoutNan(value, type_), type_
            case _:
                return WithoutNan(f"TRY_CAST({value} AS DOUBLE)", "DOUBLE"), "DOUBLE"

    @property
    def obstacle(self) -> str | None:
        if self.centre is None:
            return None
        match kind(self.column.type):
            case Kind.INTEGER if abs(int(self.centre)) >= 2**63:
                return "its numbers have more than the 64 bits that this format has room for"
            case Kind.DECIMAL if abs(Decimal(self.centre).scaleb(decimal_shape(self.column.type)[1])) > _EXACT:
                return "its numbers have more digits than this format has room for"
            case _:
                return None

    def drawn(self, read: "Read") -> "list[Value]":
        given = read(self.column)
        match kind(self.column.type):
            case Kind.INTEGER:
                return [given.feature(self._drawn_integer(given.value))]
            case Kind.DECIMAL:
                return [given.feature(self._drawn_decimal(given.value))]
            case Kind.REAL:
                value = given.value.double()
            case _:
                value = numerals.drawn(given.value)
        return [given.feature(clamped_value(value if self.centre is None else value - float(self.centre)))]

    def _drawn_integer(self, value: "Value") -> "Value":
        if self.column.type == "BIGNUM" or (self.column.type == "UHUGEINT" and self.centre is None):
            return clamped_value(value.double())
        if self.centre is None and self.column.type != "HUGEINT":
            return value
        # A difference may need 65 bits, one of them for the sign. The database rounds the magnitudes of a HUGEINT, of
        # those below zero less one, to 64 bits and then to 32.
        centre = int(self.centre or 0)
        above, below = (value - centre).count().double(), (centre - value - 1).count().double()
        return (value < centre).chosen(-below - 1, above)

    def _drawn_decimal(self, value: "Value") -> "Value":
        digits, scale = decimal_shape(self.column.type)
        if digits > _DIGITS:
            return value if self.centre is None else value - float(self.centre)
        whole = (value * 10.0**scale).node("Round").whole()
        if self.centre is not None:
            whole = whole - int(Decimal(self.centre).scaleb(scale))
        return whole.double() / 10.0**scale

    def _double(self, value: str) -> str:
        cast = "CAST" if kind(self.column.type) is Kind.REAL else "TRY_CAST"
        double = f"{cast}({value} AS DOUBLE)"
        return double if self.centre is None else f"({double} - {literal(self.centre)}::DOUBLE)"

    def _integer(self, value: str) -> str:
        if self.column.type == "BIGNUM":
            return clamped(_bignum(value))
        if self.centre is None:
            return clamped(f"CAST({value} AS DOUBLE)") if self.column.type == "UHUGEINT" else present(value)
        low, high = _reach(self.column.type, int(self.centre))
        match self.column.type:
            case "HUGEINT":
                held = f"least(greatest({value}, {low}::HUGEINT), {high}::HUGEINT)"
            case "UHUGEINT":
                held = f"CAST(least({value}, {high}::UHUGEINT) AS HUGEINT)"
            case _:
                held = f"CAST({value} AS HUGEINT)"
        return _unless_null(value, f"{held} - {literal(self.centre)}::HUGEINT")

    def _decimal(self, value: str) -> str:
        if self.centre is None:
            return present(value)
        type_ = self.column.type
        digits, scale = decimal_shape(type_)
        held = value
        if digits == _DECIMAL_DIGITS:
            low, high = _decimal_reach(scale, self.centre)
            held = f"least(greatest({value}, {low}::{type_}), {high}::{type_})"
        return _unless_null(value, f"{held} - {literal(self.centre)}::{type_}")


# Types of whole numbers that FLOAT has no room for.
_BEYOND = ("BIGNUM", "UHUGEINT")

# The widest DECIMAL, whose differences have no wider type to go to.
_DECIMAL_DIGITS = 38

# DECIMALs of so many digits are whole numbers of 64 bits inside; DOUBLEs tell this many of them apart.
_DIGITS, _EXACT = 18, 10**15


def _unless_null(value: str, difference: str) -> str:
    return f"CASE WHEN {value} IS NULL THEN {MISSING} ELSE CAST({difference} AS FLOAT) END"


def _reach(type_: str, centre: int) -> tuple[str, str]:
    """The stretch around the centre whose differences fit HUGEINT, within the type, as literals."""
    least, greatest = integer_range(type_) or (centre, centre)
    low, high = max(least, centre - 2**126), min(greatest, 2**127 - 1, centre + 2**126)
    return literal(str(low)), literal(str(high))


def _decimal_reach(scale: int, centre: str) -> tuple[str, str]:
    """The stretch around the centre whose differences fit DECIMAL(38, scale), as literals."""
    with localcontext(prec=80):
        middle, reach = Decimal(centre), Decimal(4).scaleb(_DECIMAL_DIGITS - scale - 1)
        greatest = (Decimal(10) ** _DECIMAL_DIGITS - 1).scaleb(-scale)
        low, high = max(-greatest, middle - reach), min(greatest, middle + reach)
        return literal(f"{low:f}"), literal(f"{high:f}")


def _bignum(value: str) -> str:
    """A DOUBLE for any BIGNUM, the greatest magnitude where it has more digits than DOUBLE."""
    beyond = f"CASE WHEN {value} > '0'::BIGNUM THEN 1e308 WHEN {value} < '0'::BIGNUM THEN -1e308 END"
    return f"COALESCE(TRY_CAST({value} AS DOUBLE), {beyond})"
