"""FORMAT sql: macros with which a DuckDB that has nothing else installed predicts the same."""

from collections.abc import Sequence

from sqlml.export.graph_sql import GraphSql, Spelling
from sqlml.export.problems import SqlTooLong
from sqlml.export.stages import Stages
from sqlml.export.stored import Exported, File, Stored
from sqlml.quote import identifier

# Longer texts take an engine longer to read than to run.
_MOST = 2_000_000
# So many terms are added up by signs, more of them as a list: chains are slow to plan.
_CHAIN = 32

_MACROS = """-- Predictions of the model {told}, version {version}, for DuckDB 1.4 and newer. Nothing else is needed.
--
--     FROM {table}(my_table);                   every row with its prediction
--     SELECT {row}(t).{first} FROM my_table t;  the prediction of a row, as a struct

CREATE OR REPLACE MACRO {row}(input) AS (
SELECT {columns}
FROM (SELECT {scores} AS scores_ FROM {values}) AS scored_
);

CREATE OR REPLACE MACRO {table}(rows) AS TABLE
SELECT unnest(row_), unnest(predicted_)
FROM (SELECT row_, {row}(row_) AS predicted_ FROM (SELECT input AS row_ FROM (FROM query_table(rows)) AS input));
"""
# DuckDB finds a macro's parameter in the innermost query only where it stands alone.
_ROW = "(SELECT input AS row_) AS one_row"


def _added(terms: Sequence[str]) -> str:
    if len(terms) <= _CHAIN:
        return f"({' + '.join(terms)})"
    return f"list_sum([{', '.join(terms)}])"


_DUCKDB = Spelling(_added, lambda values, weights: f"list_inner_product({values}, {weights})")


def files(model: Exported) -> Sequence[File]:
    """One script.

    Raises:
        SqlTooLong, NoSqlForm: there can be none.
    """
    content = script(model)
    if len(content) > _MOST:
        raise SqlTooLong(model.name, len(content), _MOST)
    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in model.name)
    return [File(f"{name}.sql", content.encode(), "macros for DuckDB")]


def script(model: Exported) -> str:
    """The macros of a model: of a row, and of a table."""
    stages = Stages()
    scores = [f"[{', '.join(_scores(part, stages))}]::DOUBLE[]" for part in model.parts]
    return _MACROS.format(
        told=" ".join(model.name.split()),
        version=model.version,
        first=identifier(f"predicted_{model.parts[0].target.column.name}"),
        row=identifier(model.name),
        table=identifier(f"predict_{model.name}"),
        columns=_columns(model),
        scores=scores[0] if len(scores) == 1 else f"[{', '.join(scores)}]",
        values=stages.query("row_", _ROW),
    )


def _scores(part: Stored, stages: Stages) -> list[str]:
    expressions = part.recipe.expressions("row_")
    # What is missing is NULL here: comparisons with it are as short as can be.
    features = stages.keep([f"CAST(nullif({one}, 'NaN'::FLOAT) AS DOUBLE)" for one in expressions] or ["NULL"])
    return GraphSql(features[: len(expressions)], stages, _DUCKDB).scores(part.graph)


def _columns(model: Exported) -> str:
    """The columns of the prediction, as one struct."""
    parts = model.parts
    scores = ["scores_"] if len(parts) == 1 else [f"scores_[{at}]" for at in range(1, len(parts) + 1)]
    structs = [part.target.outputs(own) for part, own in zip(parts, scores, strict=True)]
    return structs[0] if len(structs) == 1 else f"struct_concat({', '.join(structs)})"
