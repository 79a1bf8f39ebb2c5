"""What a training means to do: what is tried in which order, on how many splits, for how long and in how much memory.

All of it follows from the size of the job and its limits, so that EXPLAIN can say it before anything is paid for.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sqlml.schema import Task
from sqlml.train.fitted import Settings
from sqlml.train.job import Effort
from sqlml.train.learner import Learner

# Whose turn it is: found by AutoGluon's portfolios and by our own trials to help soonest. Whoever is not named here
# has its first turn with the first of the others; when the list is through, it is everyone's turn again and again.
_TURNS = "linear trees network trees trees trees linear trees linear trees trees trees network".split()

# The strongest on most tables: what the time is planned for.
_MAIN = "trees"
# Trials of an effort that is to be quick.
_FEW_TRIALS = 4
# The splits of one full trial of the strongest learner may take this share of the time.
_SPLITS_SHARE = 0.2
# What a trial of any other learner may take of the time: one that is cut short is not worth its start.
_OTHERS_SHARE = 0.4
# A full fit of the main learner takes so many times the seconds of the least that is worth its start; and everything
# around the trials takes so many seconds.
_FULL, _AROUND = 4.0, 2.0

# Bytes of memory for each number that is learnt from: in the file that is mapped, in its bin, and in the part of the
# bins that one fit sees.
_MAPPED, _BINNED, _PART = 4, 1, 1


@dataclass(frozen=True)
class Size:
    """The size of a job, and the limits that it was given."""

    rows: int
    features: int
    task: Task
    classes: int
    folds: int
    threads: int
    seconds: float
    max_trials: int | None = None
    effort: Effort = "balanced"


@dataclass(frozen=True)
class Plan:
    """The baseline and then everything else in order; `splits` fits a trial; what all of it takes at most."""

    baseline: tuple[Learner, Settings]
    trials: tuple[tuple[Learner, Settings], ...]
    splits: int
    seconds: float
    memory: int


def plan(size: Size, learners: Iterable[Learner]) -> Plan:
    """The plan for a job of that size; the first of the learners is the baseline."""
    first, *others = (learner for learner in learners if size.task in learner.tasks)
    fit_rows = size.rows * (size.folds - 1) // size.folds
    count = _splits(others, fit_rows, size)
    suited = [learner for learner in others if is_main(learner) or _is_quick(learner, fit_rows, count, size)]
    trials = _in_turn(suited, fit_rows, count, size) if size.features else []
    trials = trials[: _most_trials(size)]
    turns = math.ceil(count / size.threads)
    trying = sum(turns * _cost(learner, fit_rows, size) for learner, _ in trials)
    loading = sum(learner.loading for learner in {learner for learner, _ in trials})
    cells = size.rows * size.features
    return Plan(
        baseline=(first, first.settings(fit_rows, size.features, size.task)[0]),
        trials=tuple(trials),
        splits=count,
        seconds=min(size.seconds, _AROUND + loading + trying),
        memory=cells * (_MAPPED + _BINNED) + cells * _PART * min(count, size.threads),
    )


def _in_turn(learners: list[Learner], rows: int, splits: int, size: Size) -> list[tuple[Learner, Settings]]:
    waiting = {one.name: (one, list(one.settings(rows, size.features, size.task))) for one in learners}
    strangers = [name for name in waiting if name not in _TURNS]
    # Where the main learner is slow, as it is with many classes, one that is loaded late and still quicker comes first.
    most = max((_trial(one, rows, splits, size) for one in learners if is_main(one)), default=0.0)
    quicker = [one.name for one in learners if one.loading and _trial(one, rows, splits, size) < most]
    order = []
    while any(left for _, left in waiting.values()):
        for name in [_TURNS[0], *strangers, *quicker, *_TURNS[1:]]:
            learner, left = waiting.get(name, (None, []))
            if learner and left:
                order.append((learner, left.pop(0)))
    return order


def _most_trials(size: Size) -> int | None:
    """How many trials are made, None where only time and what there is to try set an end."""
    if size.max_trials is None:
        return _FEW_TRIALS if size.effort == "fast" else None
    return size.max_trials


def _splits(learners: list[Learner], rows: int, size: Size) -> int:
    """How many of the folds are judged: all of them where there is time for that, at least one."""
    full = max((_cost(one, rows, size) for one in learners if is_main(one)), default=0.0)
    affordable = int(_SPLITS_SHARE * size.seconds * _threads(size) / max(full, 1e-9))
    # With fewer than threads, some of these would have nothing to do.
    return min(size.folds, max(size.threads if size.max_trials is None else 1, affordable))


def _threads(size: Size) -> int:
    """The threads to decide by: where trials are counted, nothing may depend on how many there are."""
    return size.threads if size.max_trials is None else 2


def _is_quick(learner: Learner, rows: int, splits: int, size: Size) -> bool:
    return _trial(learner, rows, splits, size) <= _OTHERS_SHARE * size.seconds


def _trial(learner: Learner, rows: int, splits: int, size: Size) -> float:
    """Seconds of a full trial, the first of its learner."""
    return learner.loading + math.ceil(splits / _threads(size)) * _cost(learner, rows, size)


def _cost(learner: Learner, rows: int, size: Size) -> float:
    """Seconds of one full fit on one core."""
    least = learner.cost(rows, size.features, size.classes)
    return _FULL * least if is_main(learner) else least


def is_main(learner: Learner) -> bool:
    """Whether this is the learner that the time is planned for."""
    return learner.name == _MAIN
