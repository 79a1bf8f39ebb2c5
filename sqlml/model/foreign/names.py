"""The names of the columns that a model reads: those of its file, or those that the statement gives."""

from collections.abc import Sequence

from sqlml.model.foreign.problems import ColumnsAlike, ColumnsMiscounted


def named(own: Sequence[str], given: Sequence[str] | None) -> list[str]:
    """`given` in the place of a model's `own` names, or these.

    Raises:
        ColumnsMiscounted: they are more or fewer.
    """
    if given is not None and len(given) != len(own):
        raise ColumnsMiscounted(own, len(given))
    return list(own if given is None else given)


def check_distinct(names: Sequence[str]) -> None:
    """Raises ColumnsAlike where two names mean one column, as SQL tells no capitals."""
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            raise ColumnsAlike(seen[name.lower()], name)
        seen[name.lower()] = name
