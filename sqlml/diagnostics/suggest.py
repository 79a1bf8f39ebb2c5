"""Near names: what the user may have meant."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher


def nearest(name: str, candidates: Iterable[str], limit: int = 3) -> list[str]:
    """The candidates that look like `name`, best first; none when nothing is close."""
    wanted = name.lower()
    scored = [(_likeness(wanted, candidate.lower()), candidate) for candidate in candidates]
    close = sorted((pair for pair in scored if pair[0] >= 0.6), key=lambda pair: (-pair[0], pair[1]))
    return [candidate for _, candidate in close[:limit]]


def _likeness(a: str, b: str) -> float:
    if a in b or b in a:
        return 0.6 + 0.4 * min(len(a), len(b)) / max(len(a), len(b), 1)
    return SequenceMatcher(None, a, b).ratio()


def near_names(name: str, candidates: Iterable[str]) -> str | None:
    """The hint that offers the near names, if there are any."""
    close = nearest(name, candidates)
    return f"did you mean {listed(close)}?" if close else None


def listed(names: Sequence[str], last: str = "or") -> str:
    """Names as a person lists them: `a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    return f" {last} ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))
