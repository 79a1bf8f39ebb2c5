"""What can be wrong with how an export is asked for."""

from collections.abc import Sequence

from sqlml.diagnostics import Problem, Span
from sqlml.diagnostics.suggest import listed, near_names
from sqlml.quote import identifier


class FormatUnknown(Problem):
    """A model cannot be exported in that format.

    Why: a model can be written in a few formats, which the message lists.

    Example:

        EXPORT MODEL churn TO 'churn' (FORMAT pmml)

    What to do: name one of the formats that the message lists.
    """

    sqlstate = "22023"

    def __init__(self, name: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"there is no format `{name}`",
            detail=f"the formats are {listed(known, 'and')}",
            hint=near_names(name, known) or f"for instance `(FORMAT {known[0]})`",
            span=span,
        )


class DialectUnknown(Problem):
    """A model cannot be exported as SQL of that dialect.

    Why: SQL is written for a few engines, which the message lists.

    Example:

        EXPORT MODEL churn TO 'churn' (FORMAT sql, DIALECT oracle)

    What to do: name one of the dialects that the message lists.
    """

    sqlstate = "22023"

    def __init__(self, name: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"there is no dialect `{name}`",
            detail=f"the dialects are {listed(known, 'and')}",
            hint=near_names(name, known) or "leave DIALECT out for DuckDB's",
            span=span,
        )


class DialectNotOfFormat(Problem):
    """A dialect was named for a format that is not SQL.

    Why: only SQL has dialects; the word would mean nothing, and nothing is ignored.

    Example:

        EXPORT MODEL churn TO 'churn' (FORMAT native, DIALECT postgres)

    What to do: leave DIALECT out, or export with FORMAT sql.
    """

    sqlstate = "22023"

    def __init__(self, format_: str, span: Span) -> None:
        super().__init__(
            f"format `{format_}` has no dialects", hint="leave DIALECT out, or export with (FORMAT sql)", span=span
        )


class ImportedAlready(Problem):
    """A model that was imported is to be exported, and not as SQL.

    Why: it came in a file that works without sqlml, and nothing that was learnt here is in it.

    Example:

        IMPORT MODEL churn FROM 'churn.txt'; EXPORT MODEL churn TO 'there' (FORMAT native)

    What to do: take that file, which DESCRIBE MODEL churn names; or export the model as SQL.
    """

    sqlstate = "0A000"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"model `{name}` was imported: its file is what there is to take away",
            hint=f"DESCRIBE MODEL {identifier(name)} names the file; (FORMAT sql) makes SQL of it",
            span=span,
        )
