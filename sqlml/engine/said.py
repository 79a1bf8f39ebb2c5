"""What was decided while several targets were learnt, told once where it holds for all of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlml.diagnostics import Problem


class Said:
    """Collects notices by the target that they are about."""

    def __init__(self) -> None:
        self._about: dict[str, list[Problem]] = {}

    def add(self, target: str, notices: Iterable[Problem]) -> None:
        """Collects what was decided for a target."""
        self._about.setdefault(target, []).extend(notices)

    def together(self) -> list[Problem]:
        """All of it in order; what does not hold for every target says which one it is about."""
        messages = [{notice.message for notice in notices} for notices in self._about.values()]
        shared = set.intersection(*messages) if messages else set()
        told: list[Problem] = []
        for target, notices in self._about.items():
            for notice in notices:
                if notice.message in shared:
                    told += [] if notice.message in {one.message for one in told} else [notice]
                else:
                    told.append(_named(notice, target))
        return told


@contextmanager
def gathered(notices: list[Problem]) -> Iterator[Said]:
    """What is said inside is added to `notices` at the end, however that comes."""
    said = Said()
    try:
        yield said
    finally:
        notices += said.together()


def _named(notice: Problem, target: str) -> Problem:
    if f"`{target}`" not in notice.message:
        notice.message = f"for `{target}`: {notice.message}"
    return notice
