"""FORMAT sql: macros with which a DuckDB that has nothing else installed predicts the same; or a query elsewhere."""

from collections.abc import Sequence
from functools import cache, partial

from sqlml.export import parity, portable
from sqlml.export.graph_sql import GraphSql, Spelling
from sqlml.export.problems import ColumnsNotInDialect, SqlTooLong
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
{body}
);

CREATE OR REPLACE MACRO {table}(rows) AS TABLE
SELECT unnest(row_), unnest(predicted_)
FROM (SELECT row_, {row}(row_) AS predicted_
FROM (SELECT whole_row_ AS row_ FROM (FROM query_table(rows)) AS whole_row_));
"""
# DuckDB finds a macro's parameter in the innermost query only where it stands alone.
_ROW = "(SELECT input AS row_) AS one_row"

_QUERY = """-- Scores of the model {told}, version {version}, for {dialect}. It was translated, and not run there.
--
-- Put your table, or a query in parentheses, in place of rows_to_score: each of its columns passes through. Behind them
-- stand the values on the way and, last, the scores{scores}
{query}
"""


def files(model: Exported) -> Sequence[File]:
    """The script, and for DuckDB how near it is to PREDICT.

    Raises:
        SqlTooLong, NoSqlForm, ColumnsNotInDialect: there can be none.
    """
    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in model.name)
    if model.dialect not in (None, "duckdb"):
        return [File(f"{name}.sql", _short(model, _translated(model)), f"a query for {model.dialect}")]
    body = _body(model)
    # What is too long is not worth comparing either.
    macros = _short(model, _macros(model, body))
    report = parity.report(model, partial(parity.by_sql, model, f"(\n{body}\n)"))
    return [
        File(f"{name}.sql", macros, "macros for DuckDB"),
        File("parity.json", report, "how near it is to PREDICT"),
    ]


def _short(model: Exported, text: str) -> bytes:
    if len(text) > _MOST:
        raise SqlTooLong(model.name, len(text), _MOST)
    return text.encode()


def _macros(model: Exported, body: str) -> str:
    """The macros of a model: of a row, and of a table."""
    return _MACROS.format(
        told=" ".join(model.name.split()),
        version=model.version,
        first=identifier(model.parts[0].target.predicted),
        row=identifier(model.name),
        table=identifier(f"predict_{model.name}"),
        body=body,
    )


def _body(model: Exported) -> str:
    """A query that makes of the row `input` the columns of its prediction, as one struct."""
    stages = Stages()
    scores = [f"[{', '.join(_scores(part, stages))}]::DOUBLE[]" for part in model.parts]
    own = ["scores_"] if len(scores) == 1 else [f"scores_[{at}]" for at in range(1, len(scores) + 1)]
    structs = [part.target.outputs(each) for part, each in zip(model.parts, own, strict=True)]
    columns = structs[0] if len(structs) == 1 else f"struct_concat({', '.join(structs)})"
    every = scores[0] if len(scores) == 1 else f"[{', '.join(scores)}]"
    return f"SELECT {columns}\nFROM (SELECT {every} AS scores_ FROM {stages.query('row_', _ROW)}) AS scored_"


def _scores(part: Stored, stages: Stages) -> list[str]:
    expressions = part.recipe.expressions("row_")
    # What is missing is NULL here: comparisons with it are as short as can be.
    features = stages.keep([f"CAST(nullif({one}, 'NaN'::FLOAT) AS DOUBLE)" for one in expressions] or ["NULL"])
    return GraphSql(features[: len(expressions)], stages, _DUCKDB).scores(part.graph)


def _added(terms: Sequence[str]) -> str:
    if len(terms) <= _CHAIN:
        return f"({' + '.join(terms)})"
    return f"list_sum([{', '.join(terms)}])"


_DUCKDB = Spelling(_added, lambda values, weights: f"list_inner_product({values}, {weights})")


def _translated(model: Exported) -> str:
    """A query for another engine, of the scores of each row."""
    stages, listed, told = Stages(), [], []
    sheet = portable.Sheet("input", stages, str(model.dialect), cache(model.ask))
    words = [portable.written(part.recipe, sheet) for part in model.parts]
    unsaid = [name for each in words for name in portable.unsaid(each)]
    if unsaid:
        raise ColumnsNotInDialect(list(dict.fromkeys(unsaid)), sheet.dialect)
    for part, each in zip(model.parts, words, strict=True):
        features = stages.keep([one for _, said in each for one in said or ()] or ["NULL"])
        scores = GraphSql(features[: len(part.recipe.features)], stages, _PLAIN).scores(part.graph)
        names = [f"score{part.mark}_{at}" for at in range(1, len(scores) + 1)]
        listed += [f"{score} AS {name}" for score, name in zip(scores, names, strict=True)]
        told += [f"-- {name}: {words}" for name, words in zip(names, _meanings(part), strict=True)]
    told += [f"-- {one}" for part in model.parts for one in portable.expectations(part.recipe, sheet.dialect)]
    told += [
        f"-- {one}"
        for one in dict.fromkeys(one for part in model.parts for one in portable.remarks(part.recipe, sheet.dialect))
    ]
    query = f"SELECT *, {', '.join(listed)} FROM {stages.query('*', 'rows_to_score AS input')}"
    return _QUERY.format(
        told=" ".join(model.name.split()),
        version=model.version,
        dialect=model.dialect,
        scores="".join(f"\n{line}" for line in told),
        query=model.translated(query),
    )


def _meanings(part: Stored) -> list[str]:
    name = " ".join(part.target.column.name.split())
    if not part.target.task.classifies:
        return [f"what {name} will be"]
    return [f"the probability that {name} is {' '.join(value.split())}" for value in part.target.classes]


def _balanced(terms: Sequence[str]) -> str:
    """A sum that is nested as little as can be."""
    if len(terms) <= 2:
        return f"({' + '.join(terms)})"
    middle = len(terms) // 2
    return f"({_balanced(terms[:middle])} + {_balanced(terms[middle:])})"


_PLAIN = Spelling(_balanced)
