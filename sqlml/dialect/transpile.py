"""The gate to sqlglot: DuckDB's SQL in the words of other engines."""

from typing import Self

from sqlml.dialect.idioms import IDIOMS, IN_UTC

# Where a number that is none is equal to itself, no function tells it.
_EQUAL_TO_ITSELF = ("postgres", "snowflake")


class _Argument(str):
    """An argument of an idiom as SQL, and what it is without quotes."""

    def __new__(cls, sql: str, bare: str) -> Self:
        argument = super().__new__(cls, sql)
        argument.bare = bare
        return argument

    bare: str


def from_duckdb(query: str, dialect: str) -> str:
    """A query of DuckDB's as another engine reads it; `query` is of our own making, and may call any of the idioms."""
    import sqlglot
    from sqlglot import exp

    def written(tree: exp.Expr) -> str:
        # What has no words there is a fault of ours, and no warning to a user.
        return str(tree.transform(worded, copy=False).sql(dialect, unsupported_level=sqlglot.ErrorLevel.RAISE))

    def said(words: str, *parts: exp.Expression) -> exp.Expression:
        spelt = [_Argument(written(part), part.name) for part in parts]
        return exp.Var(this=words.format(*spelt))

    def worded(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.IsNan) and dialect in _EQUAL_TO_ITSELF:
            return exp.EQ(this=node.this, expression=exp.cast(exp.Literal.string("NaN"), "DOUBLE"))
        if isinstance(node, exp.AtTimeZone) and dialect in IN_UTC:
            return said(IN_UTC[dialect], node.this)
        if isinstance(node, exp.RegexpReplace) and dialect == "bigquery":
            # There every match is replaced, and there is no word for it.
            node.set("modifiers", None)
        if isinstance(node, exp.Anonymous) and node.name.upper() in IDIOMS:
            return said(IDIOMS[node.name.upper()][dialect], *node.expressions)
        if isinstance(node, exp.Subquery) and dialect == "postgres":
            # Else it puts what a stage has in every place that reads it: measured on a model of 30 trees, it is not
            # done with planning in two minutes.
            node.this.set("offset", exp.Offset(expression=exp.Literal.number(0)))
        return node

    return written(sqlglot.parse_one(query, read="duckdb"))
