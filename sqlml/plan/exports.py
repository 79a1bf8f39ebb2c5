"""What a model can be exported as: each format's name and what it is, as data."""

from sqlml.diagnostics import Span
from sqlml.plan.export_problems import DialectNotOfFormat, DialectUnknown, FormatUnknown

FORMATS = {
    "sql": "macros for a DuckDB that has nothing else installed, or queries of another dialect",
    "onnx": "one graph from the columns of a row to its prediction",
    "native": "its trees as the learner's own text, the rest as a graph",
    "python": "a script that trains it again",
}
DIALECTS = ("duckdb", "postgres", "snowflake", "bigquery", "spark")


def format_(name: str, place: Span) -> str:
    """The format of that name. Raises FormatUnknown where there is none."""
    if name.lower() not in FORMATS:
        raise FormatUnknown(name, list(FORMATS), place)
    return name.lower()


def dialect(name: str, format_: str, place: Span) -> str:
    """The dialect of that name. Raises DialectUnknown, or DialectNotOfFormat where the format is not SQL."""
    if format_ != "sql":
        raise DialectNotOfFormat(format_, place)
    if name.lower() not in DIALECTS:
        raise DialectUnknown(name, DIALECTS, place)
    return name.lower()
