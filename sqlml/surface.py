"""Finds grammar/ and udfs/, in a checkout or in an installed wheel."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


@cache
def surface(name: str) -> Path:
    """The folder `name` ("grammar" or "udfs") that this package reads.

    A checkout is preferred: an editable install may leave a stale copy inside the package.
    """
    checkout = _PACKAGE.parent / name
    if (_PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    return _PACKAGE / "_surface" / name
