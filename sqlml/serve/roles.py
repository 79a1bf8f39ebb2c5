"""Who may run what, by what a statement is. What is not named here nobody may."""

from enum import StrEnum

from sqlml.serve.problems import NotAllowed


class Role(StrEnum):
    """What a user may do; each may do what those before may."""

    READER = "reader"
    TRAINER = "trainer"
    ADMIN = "admin"


READS = frozenset(
    {
        "assert_model",
        "describe_model",
        "evaluate",
        "explain",
        "explain_analyze",
        "predict",
        "select",
        "show_create_model",
        "show_diagnostics",
        "show_jobs",
        "show_models",
        "show_trials",
    }
)
"""Statements that change nothing, and are run so that they cannot."""

# PIVOT is several statements to DuckDB; `set` is no more than what a connection may set for itself.
_ALLOWED = {
    Role.READER: READS | {"multi", "set", "set_variable"},
    Role.TRAINER: frozenset({"create_model", "refresh_model", "alter_model", "drop_model", "cancel_job"}),
    Role.ADMIN: frozenset(
        {
            "alter",
            "analyze",
            "call",
            "create",
            "create_temporary",
            "delete",
            "drop",
            "insert",
            "merge_into",
            "transaction",
            "update",
            "vacuum",
        }
    ),
}
REFUSED = frozenset({"export_model", "import_model"})
"""Statements of ours that reach files."""


def may(role: Role, kind: str) -> bool:
    """Whether a user of `role` may run a statement of this kind."""
    return any(kind in kinds for lesser, kinds in _ALLOWED.items() if _rank(lesser) <= _rank(role))


def check(role: Role, kind: str) -> None:
    """Raises NotAllowed where a user of `role` may not run a statement of this kind."""
    if not may(role, kind):
        name = kind.replace("_", " ").upper()
        raise NotAllowed(f"`{name}`", role, [str(other) for other in Role if may(other, kind)])


def _rank(role: Role) -> int:
    return list(Role).index(role)
