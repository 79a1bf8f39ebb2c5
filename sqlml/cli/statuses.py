"""The exit statuses of a job, for schedulers."""

import sqlml
from sqlml.engine.errors import passes

DONE, FAILED, RETRY, INTERRUPTED = 0, 1, 75, 130
"""Of these, 75 is what sysexits.h calls a temporary failure, and 130 a shell's own for Ctrl-C."""

_WORDS = {DONE: "done", FAILED: "failed", RETRY: "failed", INTERRUPTED: "interrupted"}


def status_of(failure: sqlml.Error) -> int:
    """The status of a job that a statement's error ends."""
    if isinstance(failure, sqlml.Diagnosed) and failure.diagnostic.condition == "query_canceled":
        return INTERRUPTED
    return RETRY if passes(failure) else FAILED


# The worst first: whoever ends a job wants it ended, and what a person has to mend no other try mends.
_WORST = (INTERRUPTED, FAILED, RETRY, DONE)


def worse(one: int, other: int) -> int:
    """The worse of two statuses, which is the job's where both befell it."""
    return min(one, other, key=_WORST.index)


def said(status: int) -> str:
    """A status in a word."""
    return _WORDS[status]
