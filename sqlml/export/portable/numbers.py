"""Numbers and truths, and text that spells numbers."""

from collections.abc import Sequence

from sqlml.export.portable.sheet import Sheet
from sqlml.export.portable.taken import spelling, valued
from sqlml.prep.kind import Kind, kind
from sqlml.prep.step import Step
from sqlml.prep.steps import numerals
from sqlml.prep.steps.as_is import AsIs
from sqlml.prep.steps.letters import POINTS
from sqlml.prep.steps.number import Number
from sqlml.prep.taken import AMOUNTS
from sqlml.quote import literal


def spells(step: Number, dialect: str) -> bool:
    """Whether it is text that spells the numbers of a step."""
    return step.column.type == "VARCHAR" or spelling(step.column, dialect)[1] != ()


def number(step: Number, sheet: Sheet) -> list[str] | None:
    """A number less its centre."""
    column, ways = spelling(step.column, sheet.dialect)
    value = valued(column, sheet)
    if value is None:
        return None
    if spells(step, sheet.dialect):
        text = sheet.keep(value) if ways else value
        amounts = [_amount(text, point, sheet) for way, point, *_ in ways if way == "amount"]
        return [_single(sheet.keep(_numeral(text, step.centre, amounts)))]
    match kind(column.type):
        case Kind.INTEGER | Kind.DECIMAL:
            exact = f"({value} - {step.centre})" if step.centre is not None else value
            return [f"CAST(CAST({exact} AS FLOAT) AS DOUBLE)"]
        case Kind.REAL:
            wide = f"CAST({value} AS DOUBLE)"
            exact = f"({wide} - {float(step.centre)!r})" if step.centre is not None else wide
            held = f"LEAST(GREATEST({exact}, -3.4e38), 3.4e38)"
            return [f"CASE WHEN {value} IS NULL OR ISNAN({value}) THEN NULL ELSE {_single(held)} END"]
        case _:
            return None


def _single(number: str) -> str:
    """A DOUBLE as a number of 32 bits; an engine may take it for an error that one is too small for them."""
    return f"CASE WHEN ABS({number}) <= {_NOTHING} THEN 0e0 ELSE CAST(CAST({number} AS FLOAT) AS DOUBLE) END"


def _numeral(text: str, centre: str | None, amounts: Sequence[tuple[str, str]] = ()) -> str:
    """The DOUBLE that a text spells less the centre, an end of all features where it is beyond, and NULL of any other.

    `amounts` are patterns of texts that spell one in another way, each with SQL of the number.
    """

    def held(exact: str) -> str:
        moved = f"({exact} - {float(centre)!r})" if centre is not None else exact
        return f"LEAST(GREATEST({moved}, -3.4e38), 3.4e38)"

    # Only what is sure to be a number is cast: an engine may take anything else for an error.
    branches = [
        (pattern, held(exact)) for pattern, exact in [*amounts, (numerals.PLAIN, f"TRY_CAST({text} AS DOUBLE)")]
    ]
    zero = repr(-float(centre or 0))
    branches += [(pattern, _END.get(number, zero)) for pattern, number in numerals.BEYOND.items()]
    found = " ".join(f"WHEN REGEXP_MATCHES({text}, {literal(f'^({pattern})$')}) THEN {so}" for pattern, so in branches)
    return f"CASE {found} END"


def _amount(text: str, point: str, sheet: Sheet) -> tuple[str, str]:
    """The pattern of amounts with that decimal point, and SQL of the number; NULL of more digits than any engine reads.

    Which signs stand for a currency, the database says: each engine has a table of its own.
    """
    signs = f"SELECT chr(point::INTEGER) AS sign FROM ({POINTS}) WHERE regexp_full_match(sign, '\\p{{Sc}}')"
    currencies = "".join(sheet.ask(f"{signs} ORDER BY point").column("sign").to_pylist())
    pattern = AMOUNTS[point]
    for written, plain in (("[\\p{Sc}", f"[{currencies}"), ("\\p{Sc}", f"[{currencies}]"), ("\\s", r"[ \t\n\f\r]")):
        pattern = pattern.replace(written, plain)
    digits = sheet.keep(f"REPLACE(REGEXP_REPLACE({text}, '[^0-9{point}]', '', 'g'), {literal(point)}, '.')")
    sign = f"CASE WHEN REGEXP_REPLACE({text}, '[-−(]', '') <> {text} THEN -1 ELSE 1 END"
    return pattern, f"CASE WHEN LENGTH({digits}) <= {_DIGITS} THEN TRY_CAST({digits} AS DOUBLE) * {sign} END"


_DIGITS = 200
# Half of the least number of 32 bits.
_NOTHING = "7.006492321624085e-46"
_END = {"inf": "3.4e38", "-inf": "-3.4e38"}


def boolean(step: Step, sheet: Sheet) -> list[str] | None:
    """Truth as 1, untruth as 0."""
    value = valued(step.column, sheet)
    return None if value is None else [f"CASE WHEN {value} THEN 1e0 WHEN NOT {value} THEN 0e0 END"]


def as_is(step: AsIs, sheet: Sheet) -> list[str] | None:
    """A number as a model from elsewhere takes it."""
    value = step.reference(sheet.row)
    wide = f"CAST({value} AS DOUBLE)"
    if kind(step.column.type) is Kind.BOOLEAN:
        return boolean(step, sheet)
    if kind(step.column.type) is Kind.REAL:
        wide = f"CASE WHEN NOT ISNAN({value}) THEN {wide} END"
    match step.carried:
        case "exact":
            # No 32 bits to lose digits in: the first of the three features has them all.
            return [wide, "0e0", "0e0"]
        case "single":
            return [_single(wide)]
    return None
