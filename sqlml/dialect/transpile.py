"""The gate to sqlglot: DuckDB's SQL in the words of other engines."""

# Where a number that is none is equal to itself, no function tells it.
_EQUAL_TO_ITSELF = ("postgres", "snowflake")

# How many different tags that are not empty a text has, between signs and without the spaces around them.
_DIFFERENT_TAGS = {
    "postgres": "(SELECT COUNT(DISTINCT tag_) FROM (SELECT BTRIM(part_, {spaces}) AS tag_"
    " FROM UNNEST(STRING_TO_ARRAY({text}, {sign})) AS parts_(part_)) AS tags_ WHERE tag_ <> '')",
    "bigquery": "(SELECT COUNT(DISTINCT TRIM(part_, {spaces})) FROM UNNEST(SPLIT({text}, {sign})) AS part_"
    " WHERE TRIM(part_, {spaces}) <> '')",
    "snowflake": "ARRAY_SIZE(ARRAY_DISTINCT(FILTER(TRANSFORM(SPLIT({text}, {sign}), part_ -> TRIM(part_, {spaces})),"
    " part_ -> part_ <> '')))",
    "spark": "SIZE(ARRAY_DISTINCT(FILTER(TRANSFORM(SPLIT({text}, CONCAT('[', {sign}, ']')),"
    " part_ -> TRIM(BOTH {spaces} FROM part_)), part_ -> part_ <> '')))",
}
# What a clock in UTC shows, where the translator has no words for it that hold in every session.
_IN_UTC = {
    "bigquery": "DATETIME({text}, 'UTC')",
    "spark": "(TIMESTAMP_NTZ '1970-01-01 00:00:00' + MAKE_DT_INTERVAL(0, 0, 0, UNIX_MICROS({text}) / 1000000BD))",
}


def from_duckdb(query: str, dialect: str) -> str:
    """A query of DuckDB's as another engine reads it; `query` is of our own making."""
    import sqlglot
    from sqlglot import exp

    def said(words: str, **parts: exp.Expression) -> exp.Expression:
        spelt = {name: part.sql(dialect=dialect) for name, part in parts.items()}
        return exp.Var(this=words.format(**spelt))

    def worded(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.IsNan) and dialect in _EQUAL_TO_ITSELF:
            return exp.EQ(this=node.this, expression=exp.cast(exp.Literal.string("NaN"), "DOUBLE"))
        if isinstance(node, exp.AtTimeZone) and dialect in _IN_UTC:
            return said(_IN_UTC[dialect], text=node.this)
        if isinstance(node, exp.Anonymous) and node.name.upper() == "DIFFERENT_TAGS":
            text, sign, spaces = node.expressions
            return said(_DIFFERENT_TAGS[dialect], text=text, sign=sign, spaces=spaces)
        if isinstance(node, exp.Subquery) and dialect == "postgres":
            # Else it puts what a stage has in every place that reads it: measured on a model of 30 trees, it is not
            # done with planning in two minutes.
            node.this.set("offset", exp.Offset(expression=exp.Literal.number(0)))
        return node

    tree = sqlglot.parse_one(query, read="duckdb").transform(worded, copy=False)
    return str(tree.sql(dialect=dialect))
