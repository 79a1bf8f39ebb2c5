"""What can be wrong with a statement that reads well: names, types and options."""

from collections.abc import Sequence

from sqlml.diagnostics import Notice, Problem, Span
from sqlml.diagnostics.suggest import listed, near_names
from sqlml.quote import identifier
from sqlml.schema import Column


class TargetMissing(Problem):
    """The query has no column of the name to predict.

    Why: CREATE MODEL learns one column of its query from the others; EVALUATE compares predictions with it.

    Example:

        CREATE MODEL churn PREDICT churnd AS FROM customers

    What to do: name a column that the query returns, or add the column to the query.
    """

    sqlstate = "42703"

    def __init__(self, name: str, columns: Sequence[Column], span: Span) -> None:
        names = [column.name for column in columns]
        super().__init__(
            f"`{name}` is not a column of this query",
            detail=f"the query returns {returned(names)}",
            hint=near_names(name, names) or "predict a column that the query returns, or add it to the query",
            span=span,
        )


class TargetTwice(Problem):
    """A column is named twice among those to predict.

    Why: a model predicts each of its targets once.

    Example:

        CREATE MODEL churn PREDICT churned, spent, churned AS FROM customers

    What to do: name each column once.
    """

    sqlstate = "42701"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(f"`{name}` is to be predicted twice", hint="name each target once", span=span)


class ModelUnknown(Problem):
    """There is no model of that name.

    Why: the name means nothing in the database and schema that the statement looks in.

    Example:

        PREDICT chrun FROM customers

    What to do: SHOW MODELS lists what exists; qualify the name if the model is in another database or schema.
    """

    sqlstate = "42704"

    def __init__(self, name: str, models: Sequence[str], span: Span) -> None:
        super().__init__(
            f"there is no model `{name}`",
            hint=near_names(name, models) or ("SHOW MODELS lists the models" if models else "CREATE MODEL makes one"),
            span=span,
        )


class VersionUnknown(Problem):
    """The model has no version of that number.

    Why: versions are numbered from 1 as CREATE OR REPLACE MODEL makes them, and may have been dropped since.

    Example:

        PREDICT churn VERSION 9 FROM customers

    What to do: name one of the versions that the model has, or none for its default.
    """

    sqlstate = "42704"

    def __init__(self, name: str, versions: Sequence[int], span: Span) -> None:
        there = ", ".join(map(str, versions))
        super().__init__(f"model `{name}` is not there", detail=f"versions that are: {there}", span=span)


class VersionIsDefault(Problem):
    """The version to drop is the one that the model uses.

    Why: without its default version the model's name would mean nothing.

    Example:

        DROP MODEL churn VERSION 3

    What to do: ALTER MODEL … SET DEFAULT VERSION makes the name mean another version; DROP MODEL without VERSION
    removes the whole model.
    """

    sqlstate = "55006"

    def __init__(self, name: str, model: str, span: Span) -> None:
        super().__init__(
            f"`{name}` is the model's default version",
            hint=f"ALTER MODEL {model} SET DEFAULT VERSION … first, or drop the whole model",
            span=span,
        )


class NotAModel(Problem):
    """The name is a table's or view's, where a model is needed.

    Why: PREDICT, EVALUATE, DESCRIBE MODEL and DROP MODEL take the name of a model.

    Example:

        PREDICT customers FROM customers

    What to do: name a model: SHOW MODELS lists them.
    """

    sqlstate = "42809"

    def __init__(self, name: str, models: Sequence[str], span: Span) -> None:
        super().__init__(
            f"`{name}` is a table, not a model",
            hint=near_names(name, models) or "SHOW MODELS lists the models",
            span=span,
        )


class ModelExists(Problem):
    """A model of that name is there already.

    Why: CREATE MODEL and IMPORT MODEL never overwrite a model unasked.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: CREATE OR REPLACE MODEL trains a new version, IF NOT EXISTS keeps the old one; IMPORT OR REPLACE MODEL
    makes the model of a file a new version.
    """

    sqlstate = "42710"

    def __init__(self, name: str, span: Span, verb: str) -> None:
        keeps = "; CREATE MODEL IF NOT EXISTS keeps this one" if verb == "CREATE" else ""
        makes = "trains" if verb == "CREATE" else "makes it"
        super().__init__(
            f"model `{name}` exists", hint=f"{verb} OR REPLACE MODEL {makes} a new version{keeps}", span=span
        )


class NamedLikeATable(Problem):
    """A table or view has the name that the new model should get.

    Why: models and tables share the names of a schema, so that a tool that lists both can tell them apart.

    Example:

        CREATE MODEL customers PREDICT churned AS FROM customers

    What to do: give the model a name of its own.
    """

    sqlstate = "42P07"

    def __init__(self, name: str, span: Span, verb: str) -> None:
        super().__init__(
            f"`{name}` is a table; a model needs a name of its own",
            hint=f"{verb} MODEL {identifier(name + '_model')} …",
            span=span,
        )


class BigqueryModelType(Problem):
    """The BigQuery model type asked for has no counterpart here.

    Why: OPTIONS (model_type = …) is read so that scripts run unchanged, for tasks that sqlml has:
    classification and regression.

    Example:

        CREATE MODEL m OPTIONS (model_type = 'KMEANS') AS FROM customers

    What to do: use a type for classification or regression, or CREATE MODEL … PREDICT, which needs none.
    """

    sqlstate = "0A000"

    def __init__(self, model_type: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"model type `{model_type}` is not among the tasks of sqlml",
            detail=f"the types that are: {', '.join(known)}",
            hint=near_names(model_type, known),
            span=span,
        )


class BigqueryOptionDecided(Notice):
    """An option of BigQuery's was read and has no effect, since sqlml decides what it sets.

    Why: learner, tuning and split are chosen by measurement, so that nobody needs to know the option.

    Example:

        CREATE MODEL m OPTIONS (model_type = 'LOGISTIC_REG', l2_reg = 0.1) AS SELECT * FROM customers

    What to do: nothing; take the option out to be rid of the notice.
    """

    sqlstate = "01000"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{listed(names, 'and')}: decided by sqlml, so the option has no effect")


class ModelKept(Notice):
    """The model was there already and was left as it is.

    Why: CREATE MODEL IF NOT EXISTS trains only where there is no model of that name.

    Example:

        CREATE MODEL IF NOT EXISTS churn PREDICT churned AS FROM customers

    What to do: nothing; CREATE OR REPLACE MODEL trains a new version.
    """

    sqlstate = "42710"

    def __init__(self, name: str) -> None:
        super().__init__(f"model `{name}` exists and was kept; nothing was trained")


class NothingToDrop(Notice):
    """There was no such model to drop.

    Why: DROP MODEL IF EXISTS is content when the model is not there.

    Example:

        DROP MODEL IF EXISTS churn

    What to do: nothing.
    """

    sqlstate = "00000"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no model `{name}`; nothing was dropped")


def returned(names: Sequence[str]) -> str:
    """How many columns a query returns, and which."""
    shown = ", ".join(f"`{name}`" for name in names[:10])
    if len(names) <= 10:
        return f"{len(names)} column{'s' if len(names) != 1 else ''}: {shown}"
    return f"{len(names)} columns, among them {shown}"
