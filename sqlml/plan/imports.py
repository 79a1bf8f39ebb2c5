"""The options of IMPORT MODEL."""

from collections.abc import Sequence

from sqlml.plan.option_problems import OptionGivenTwice, OptionType, OptionUnknown
from sqlml.plan.options import Given

_TAKES, _EXAMPLE = "a list of names", "[age, plan]"


def columns(given: Sequence[Given]) -> tuple[str, ...] | None:
    """The names that `columns` gives to what the model reads; None where it is not said.

    Raises:
        OptionUnknown, OptionType, OptionGivenTwice: at the option's place.
    """
    found: tuple[str, ...] | None = None
    for one in given:
        if one.name.lower() != "columns":
            raise OptionUnknown(one.name, ["columns"], one.name_span)
        if found is not None:
            raise OptionGivenTwice("columns", one.name_span)
        names = one.value if isinstance(one.value, list) else []
        found = tuple(name for name in names if isinstance(name, str) and name)
        if not found or len(found) < len(names):
            raise OptionType("columns", _TAKES, _EXAMPLE, one.value_span)
    return found
