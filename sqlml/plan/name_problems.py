"""What can be wrong with the names, versions and aliases that models are given."""

from collections.abc import Sequence

from sqlml.diagnostics import Notice, Problem, Span
from sqlml.diagnostics.suggest import listed, near_names
from sqlml.quote import word


class AliasUnknown(Problem):
    """The model has no alias of that name.

    Why: an alias is a name for one version of a model, which ALTER MODEL gives it.

    Example:

        PREDICT churn@chmpion FROM customers

    What to do: name one of the aliases that SHOW MODELS lists, or give the model this one.
    """

    sqlstate = "42704"

    def __init__(self, model: str, alias: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"model `{model}` has no alias `{alias}`",
            detail=f"its aliases are {listed(known, 'and')}" if known else None,
            hint=near_names(alias, known) or f"ALTER MODEL {model} SET ALIAS {word(alias)} TO VERSION …",
            span=span,
        )


class VersionHasAlias(Problem):
    """The version to drop is one that an alias means.

    Why: queries and views that name the alias read this version; without it they would mean nothing.

    Example:

        DROP MODEL churn VERSION 2    -- after ALTER MODEL churn SET ALIAS champion TO VERSION 2

    What to do: let the alias mean another version, or take it away; DROP MODEL without VERSION removes all of it.
    """

    sqlstate = "55006"

    def __init__(self, name: str, model: str, aliases: Sequence[str], span: Span) -> None:
        super().__init__(
            f"`{name}` is what {listed([f'@{alias}' for alias in aliases], 'and')} means",
            hint=f"ALTER MODEL {model} SET ALIAS {word(aliases[0])} TO VERSION …, or UNSET ALIAS it",
            span=span,
        )


class NewNameTaken(Problem):
    """The new name of a model is taken.

    Why: models and tables share the names of a schema, and none is overwritten unasked.

    Example:

        ALTER MODEL churn RENAME TO customers

    What to do: choose another name, or drop what has this one.
    """

    sqlstate = "42710"

    def __init__(self, name: str, what: str, span: Span) -> None:
        super().__init__(
            f"`{name}` is the name of a {what} already",
            hint=f"choose another name, or DROP {what.upper()} {word(name)} first",
            span=span,
        )


class NothingToAlter(Notice):
    """There was no such model to alter.

    Why: ALTER MODEL IF EXISTS is content when the model is not there.

    Example:

        ALTER MODEL IF EXISTS churn RENAME TO churn_2

    What to do: nothing.
    """

    sqlstate = "00000"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no model `{name}`; nothing was altered")


class CallsLeftBehind(Notice):
    """Views or macros go on calling a model by the name that it had.

    Why: a view follows a name, as it does where a table is renamed. It fails until a model has the old name again.

    Example:

        ALTER MODEL churn RENAME TO churn_2    -- with a view over PREDICT(MODEL churn, …)

    What to do: create the views and macros anew, with the new name.
    """

    sqlstate = "01000"

    def __init__(self, old: str, new: str, calling: Sequence[str]) -> None:
        super().__init__(
            f"{listed(calling, 'and')} still call{'s' * (len(calling) == 1)} model `{old}`",
            hint=f"create anew with MODEL {word(new)} what is to go on working",
        )


class CalledModelGone(Problem):
    """A view or macro calls a model that is no longer there.

    Why: text that was kept calls the model by its name, version or alias, and that was dropped or renamed since.

    Example:

        FROM likely_to_leave    -- a view over PREDICT(MODEL churn, …), after DROP MODEL churn

    What to do: give a model this name again, or create the view anew with another model.
    """

    sqlstate = "42704"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no model `{name}` any more, which a view or macro of this statement calls",
            hint="train or rename a model to have this name, or create the view anew; SHOW MODELS lists the models",
        )


class NothingToRefresh(Notice):
    """There was no such model to refresh.

    Why: REFRESH MODEL IF EXISTS is content when the model is not there.

    Example:

        REFRESH MODEL IF EXISTS churn

    What to do: nothing.
    """

    sqlstate = "00000"

    def __init__(self, model: str) -> None:
        super().__init__(f"there is no model `{model}`; nothing was refreshed")


class RefreshOfImport(Problem):
    """A model that was made elsewhere cannot be trained again here.

    Why: an imported model comes with no query and no rows to learn from.

    Example:

        IMPORT MODEL churn FROM 'churn.txt'; REFRESH MODEL churn

    What to do: import the file of its successor, or make a model of the rows: CREATE OR REPLACE MODEL.
    """

    sqlstate = "0A000"

    def __init__(self, model: str, span: Span) -> None:
        super().__init__(
            f"model `{model}` was imported: there is no query that it could learn from again",
            hint=f"IMPORT OR REPLACE MODEL {model} FROM '…' brings in its successor",
            span=span,
        )
