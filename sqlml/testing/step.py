"""`check_step`: what every step of a recipe has to hold to, ours and other people's."""

import json

from sqlml.prep.ask import Ask
from sqlml.prep.kind import Kind, decimal_shape, family, integer_range, kind
from sqlml.prep.nested import element, entry, members
from sqlml.prep.recipe import STEPS
from sqlml.prep.step import Step, clamped
from sqlml.quote import identifier, literal
from sqlml.testing.drawn import check_drawn

_INFINITE = ["infinity", "-infinity"]
_DATES = ["5877642-06-25 (BC)", "0001-01-01 (BC)", "0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "5009-01-01"]
_MOMENTS = ["1969-12-31 23:59:59.999999", "1970-01-01 00:00:00", "2024-02-29 12:34:56", "2200-01-01 00:00:00"]
_FAR_MOMENTS = ["0044-03-15 (BC) 12:00:00", "0001-01-01 00:00:00", "5009-01-01 00:00:00", "9999-12-31 23:59:59"]
_TIMES = ["00:00:00", "12:34:56.789", "23:59:59.999999", "24:00:00"]
_INTERVALS = ["0 days", "1 month 3 days 00:00:01.5", "-2147483647 months", "2147483647 days", "-100000:00:00"]
_TEXTS = [
    "",
    " ",
    "a",
    "A",
    "'",
    '"',
    "a\nb",
    "\0",
    "é😀",
    "0",
    "-1.5e300",
    "1e999",
    "nan",
    "inf",
    "汉字かな ไทย",
    "x" * 100_000,
]

# What a type holds at its ends and around its middle, as text; the others follow from its kind.
_VALUES = {
    "BIGNUM": ["0", "-1", "9" * 400, "-" + "9" * 400],
    "FLOAT": ["0", "-0.0", "1e-45", "3.4028235e38", "-3.4028235e38", "nan", *_INFINITE],
    "DOUBLE": ["0", "-0.0", "5e-324", "3.4028236e38", "1.7e308", "-1.7e308", "nan", *_INFINITE],
    "TIMESTAMP": ["290309-12-22 (BC) 00:00:00", "294247-01-10 04:00:54.775806", *_MOMENTS, *_FAR_MOMENTS, *_INFINITE],
    "TIMESTAMP WITH TIME ZONE": [f"{moment}+00" for moment in (*_MOMENTS, *_FAR_MOMENTS)] + _INFINITE,
    "TIMESTAMP_S": [*_MOMENTS, *_FAR_MOMENTS, *_INFINITE],
    "TIMESTAMP_MS": [*_MOMENTS, *_FAR_MOMENTS, *_INFINITE],
    "TIMESTAMP_NS": [*_MOMENTS, *_INFINITE],
    "TIMESTAMPTZ_NS": [f"{moment}+00" for moment in _MOMENTS] + _INFINITE,
    "TIME WITH TIME ZONE": [f"{time}{zone}" for time in _TIMES for zone in ("+00", "+15:59:59", "-15:59:59")],
    "UUID": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "BLOB": ["", "\\x00\\xFF", "a"],
    "BIT": ["0", "1", "01" * 50],
    "JSON": ["null", "1", '"a"', "[]", "{}", '{"a": {"b": [1, null]}}', '{"a": 1e999, "b": "x"}', '[{"a": true}, "x"]'],
}


def check_step(step: Step, ask: Ask) -> None:
    """Runs `step` on the extremes of its column's type, alone and together; `ask` runs one SELECT in DuckDB.

    Raises:
        AssertionError: it breaks its contract (`sqlml.prep.step.Step`), with what and where.
    """
    again = STEPS.get(step.name, type(step)).of(json.loads(json.dumps(step.data())))
    _expect(again.expressions("r") == step.expressions("r"), "it is the same after its JSON", step)
    _expect(again.features() == step.features(), "it has the same features after its JSON", step)
    _expect(len(step.features()) == len(step.expressions("r")), "it has one expression a feature", step)
    values = _rows(step)
    together = _features(step, ask, values)
    for at, feature in enumerate(step.features()):
        _check_numbers(step, [row[at] for row in together], feature.levels)
    _expect(_features(step, ask, values[::-1]) == together[::-1], "a row's features do not hang on the order", step)
    alone = [row for value in values for row in _features(step, ask, [value])]
    _expect(alone == together, "a row's features do not hang on its neighbours", step)
    at_once = step.array("r")
    if at_once is not None:
        _expect(_array(step, ask, values, at_once) == together, "its features are the same all at once", step)
    unheld = step.unheld("r")
    if unheld is not None:
        held = _array(step, ask, values, f"[{clamped(f'CAST({unheld} AS DOUBLE)')}]")
        _expect(held == together, "its feature is what is to be held, held", step)
    for part in ("0", "1"):
        one_by_one = _array(step, ask, values, f"[{', '.join(step.training('r', part))}]")
        at_once = step.training_array("r", part)
        same = at_once is None or _array(step, ask, values, at_once) == one_by_one
        _expect(same, "what it learns from is the same all at once", step)
        _expect(all(map(all, one_by_one)), "no feature to learn from is NULL", step)
    if step.obstacle is None:
        check_drawn(step, ask, _relation(step, values))


def _relation(step: Step, values: list[str]) -> str:
    """SQL, for after FROM: rows of the step's inputs."""
    names = ", ".join(identifier(column.name) for column in step.inputs)
    return f"(SELECT * FROM (VALUES {', '.join(f'({value})' for value in values)}) AS r({names}))"


def _rows(step: Step) -> list[str]:
    """SQL of the inputs of rows: NULL in all of them, then each extreme of each input beside one of the others."""
    typed = [
        [f"NULL::{column.type}", *(f"{literal(text)}::{column.type}" for text in extremes(column.type))]
        for column in step.inputs
    ]
    most = max(map(len, typed))
    return [", ".join(values[at % len(values)] for values in typed) for at in range(most)]


def extremes(type_: str) -> list[str]:
    """Values of a SQL type as text: its limits, what surrounds them, and what is odd in it."""
    known = _VALUES.get(type_)
    if known is not None:
        return known
    match kind(type_):
        case Kind.BOOLEAN:
            return ["true", "false"]
        case Kind.INTEGER:
            low, high = integer_range(type_) or (0, 0)
            return sorted({str(number) for number in (low, low + 1, 0, 1, high // 2, high - 1, high)})
        case Kind.DECIMAL:
            digits, scale = decimal_shape(type_)
            whole = "9" * (digits - scale)
            most = f"{whole or 0}.{'9' * scale}" if scale else whole
            return [most, "0", f"-{most}"]
        case Kind.DATE:
            return [*_DATES, *_INFINITE, "5881580-07-10"]
        case Kind.TIME:
            return _TIMES
        case Kind.INTERVAL:
            return _INTERVALS
        case Kind.NESTED:
            return _nested(type_)
        case _:
            return [] if family(type_) == "ENUM" else _TEXTS


def _nested(type_: str) -> list[str]:
    """Nested values as text: empty ones, and each extreme of what they hold."""
    if type_.endswith("]"):
        inner, size = element(type_)
        held = _quoted(inner)
        return [f"[{', '.join([value] * size)}]" for value in held] if size else ["[]", f"[{', '.join(held)}]"]
    match family(type_):
        case "STRUCT":
            fields = [[f'"{name}": {value}' for value in _quoted(inner)] for name, inner in members(type_)]
            most = max(map(len, fields))
            return [f"{{{', '.join(values[at % len(values)] for values in fields)}}}" for at in range(most)]
        case "MAP":
            return ["{}", *(f'{{"k"={value}}}' for value in _quoted(entry(type_)[1]))]
        case _:
            return []


def _quoted(type_: str) -> list[str]:
    """The extremes of a type as they are written within others, and no value."""
    plain = [text for text in extremes(type_) if not set(text) & set("\"'\\\n\0")]
    return ["NULL", *(f'"{text}"' for text in plain)]


def _features(step: Step, ask: Ask, values: list[str]) -> list[tuple[str, ...]]:
    """Each row's features as text, and the features' types, so that NaN equals itself and -0.0 does not equal 0.0."""
    expressions = [f"{expression} AS {identifier(f'f{at}')}" for at, expression in enumerate(step.expressions("r"))]
    shown = [f"CAST({identifier(f'f{at}')} AS VARCHAR)" for at in range(len(expressions))]
    typed = [f"typeof({identifier(f'f{at}')})" for at in range(len(expressions))]
    names = [identifier(column.name) for column in step.inputs]
    rows = ", ".join(f"({place}, {value})" for place, value in enumerate(values))
    answer = ask(
        f"SELECT place, [{', '.join(shown)}] AS shown, [{', '.join(typed)}] AS typed"
        f" FROM (SELECT place, {', '.join(expressions)}"
        f" FROM (VALUES {rows}) AS r(place, {', '.join(names)})) ORDER BY place ASC"
    ).to_pylist()
    for row in answer:
        _expect(set(row["typed"]) == {"FLOAT"}, f"its features are FLOAT, not {row['typed']}", step)
        _expect(None not in row["shown"], f"no feature is NULL, as of {values[row['place']][:80]}", step)
    return [tuple(row["shown"]) for row in answer]


def _array(step: Step, ask: Ask, values: list[str], expression: str) -> list[tuple[str, ...]]:
    """Each row's features as text, of an expression that gives them all; it must be FLOAT[]."""
    names = ", ".join(identifier(column.name) for column in step.inputs)
    rows = ", ".join(f"({place}, {value})" for place, value in enumerate(values))
    answer = ask(
        f"SELECT CAST(given AS VARCHAR[]) AS shown, typeof(given) AS type FROM (SELECT place, {expression} AS given"
        f" FROM (VALUES {rows}) AS r(place, {names})) ORDER BY place ASC"
    ).to_pylist()
    _expect({row["type"] for row in answer} == {"FLOAT[]"}, "its features are FLOAT, also all at once", step)
    return [tuple(row["shown"]) for row in answer]


def _check_numbers(step: Step, shown: list[str], levels: int) -> None:
    numbers = [float(text) for text in shown]
    _expect(all(abs(number) <= 3.4028235e38 for number in numbers if number == number), "no feature is infinite", step)
    _expect(numbers[0] != numbers[0], "a missing value is NaN", step)
    if levels:
        codes = [number for number in numbers if number == number]
        _expect(all(0 <= code < levels and code == int(code) for code in codes), "codes are below the levels", step)


def _expect(holds: bool, promise: str, step: Step) -> None:
    if not holds:
        raise AssertionError(f"`{step.name}` of a column of type {step.column.type} does not hold: {promise}")
