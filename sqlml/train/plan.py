"""What a training means to do: what is tried in which order, on how many splits, for how long and in how much memory.

All of it follows from the size of the job and its limits, so that EXPLAIN can say it before anything is paid for.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlml.prep.partition import BLOCKS, FOLDS
from sqlml.schema import Task
from sqlml.train.fitted import Settings
from sqlml.train.job import Effort
from sqlml.train.learner import Learner
from sqlml.train.splits import LAST_FOLDS

# Whose turn it is: found by AutoGluon's portfolios and by our own trials to help soonest. Whoever is not named here
# has its first turn with the first of the others; when the list is through, it is everyone's turn again and again.
_TURNS = "linear trees trees trees network trees linear trees linear trees trees trees network".split()

# The strongest on most tables: what the time is planned for.
_MAIN = "trees"
# Trials of an effort that is to be quick.
_FEW_TRIALS = 4
# The splits of one full trial of the strongest learner may take this share of the time.
_SPLITS_SHARE = 0.2
# What a trial of any other learner may take of the time: one that is cut short is not worth its start. And by which
# part of the time it has to be loaded, beside the trials of others.
_OTHERS_SHARE, _LOADED = 0.4, 0.5
# Few rows are judged again and again, by folds put together otherwise, until so many have been, as long as all trials
# take no more than this share of the time.
_ENOUGH_JUDGED, _REPEATED_SHARE = 6_000, 0.6
# A full fit takes so many times the seconds of the least that is worth its start; everything around the trials takes
# so many seconds.
_FULL, _AROUND = {"trees": 4.0, "network": 4.0}, 2.0

# No more rows are read than one fit that is worth its start can take in within this share of the time, nor fewer than
# these.
_READ_SHARE, _LEAST_READ = 0.25, 50_000

# Bytes of memory for each number that is learnt from: in the file that is mapped, in its bin, and in the part of the
# bins that one fit sees. For each row; for each that a fit sees; for each sum that this fit predicts of it; and for the
# row's number in each split.
_MAPPED, _BINNED, _PART = 4, 1, 1
_ROW, _FITTED, _SUM, _NUMBERED = 26, 15, 15, 4
# With less memory, what takes seconds to be loaded would leave none to learn in.
_LARGE = 1_500_000_000


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
    ordered: bool = False
    memory: int | None = None


@dataclass(frozen=True)
class Plan:
    """The baseline and then everything else in order; `splits` fits a trial; what all of it takes at most.

    More `splits` than folds judge some rows more than once.
    """

    baseline: tuple[Learner, Settings]
    trials: tuple[tuple[Learner, Settings], ...]
    splits: int
    seconds: float
    memory: int


def plan(size: Size, learners: Iterable[Learner]) -> Plan:
    """The plan for a job of that size; the first of the learners is the baseline."""
    first, *others = (learner for learner in learners if size.task in learner.tasks)
    fit_rows = size.rows * (size.folds - 1) // size.folds
    once = _splits(others, fit_rows, size)
    # What the main learner needs at least is not there to load others meanwhile: that takes the same cores.
    spare = size.seconds - sum(_trial(_least, one, fit_rows, once, size) for one in others if is_main(one))
    suited = [one for one in others if is_main(one) or _is_quick(one, fit_rows, once, size, max(0.0, spare))]
    trials = _in_turn(suited, fit_rows, once, size) if size.features else []
    trials = trials[: _most_trials(size)]
    fits = [(learner.loading, _full(learner, fit_rows, size)) for learner, _ in trials]
    count = once * _repetitions(fits, size) if once == size.folds else once
    trying = _trying(fits, math.ceil(count / size.threads))
    return Plan(
        baseline=(first, first.settings(fit_rows, size.features, size.task)[0]),
        trials=tuple(trials),
        splits=count,
        seconds=min(size.seconds, _AROUND + trying),
        memory=size.rows * (_bytes(size.features, size.classes, min(count, size.threads)) + _NUMBERED * count),
    )


def rows_in_time(rows: int, features: int, seconds: float, learners: Iterable[Learner]) -> int:
    """How many of so many rows there is time to learn from; more would only be read."""
    main = next((learner for learner in learners if is_main(learner)), None)
    if main is None:
        return rows
    # However many classes there are: rows of rare ones are wanted, and others can be left out later.
    fitting = bisect_right(range(rows), _READ_SHARE * seconds, key=lambda some: main.cost(some, features, 2))
    return min(rows, max(_LEAST_READ, fitting))


def rows_in_memory(rows: int, features: int, threads: int, memory: int) -> int:
    """How many of so many rows can be learnt from in so many bytes of memory."""
    return min(rows, memory // (_bytes(features, 2, threads) + _NUMBERED * FOLDS))


def _bytes(features: int, classes: int, fits: int) -> int:
    """Bytes of memory for each row, where so many fits run side by side."""
    sums = classes if classes > 2 else 1
    return features * (_MAPPED + _BINNED) + _ROW + fits * (features * _PART + _FITTED + sums * _SUM)


def _in_turn(learners: list[Learner], rows: int, splits: int, size: Size) -> list[tuple[Learner, Settings]]:
    waiting = {one.name: (one, list(one.settings(rows, size.features, size.task))) for one in learners}
    strangers = [name for name in waiting if name not in _TURNS]
    # Where the main learner is slow, as it is with many classes, one that is loaded late and still quicker comes first.
    most = max((_trial(_full, one, rows, splits, size) for one in learners if is_main(one)), default=0.0)
    late = [(one, one.loading + _trial(_full, one, rows, splits, size)) for one in learners if one.loading]
    quicker = [one.name for one, seconds in late if seconds < most]
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
    """How many of the folds are judged: all of them where there is time for that, at least one; of a log, the last."""
    full = max((_full(one, rows, size) for one in learners if is_main(one)), default=0.0)
    affordable = int(_SPLITS_SHARE * size.seconds * _threads(size) / max(full, 1e-9))
    most = min(size.folds - 1, LAST_FOLDS) if size.ordered else size.folds
    # With fewer than threads, some of these would have nothing to do.
    return min(most, max(size.threads if size.max_trials is None else 1, affordable))


def _trying(fits: Sequence[tuple[float, float]], turns: int) -> float:
    """Seconds of all trials of so many turns; `fits` are the seconds of loading and of one fit of each.

    What has to be loaded is, while the others are tried.
    """
    loading = max((loads for loads, _ in fits), default=0.0)
    others = turns * sum(seconds for loads, seconds in fits if not loads)
    return max(loading, others) + turns * sum(seconds for loads, seconds in fits if loads)


def _repetitions(fits: Sequence[tuple[float, float]], size: Size) -> int:
    """How often all folds are judged, for which there is something to try and time."""
    if size.ordered or not fits:
        return 1
    turns, most = math.ceil(size.folds / _threads(size)), min(BLOCKS, _ENOUGH_JUDGED // max(1, size.rows))
    seconds = _REPEATED_SHARE * size.seconds
    return next((times for times in range(most, 1, -1) if _trying(fits, times * turns) <= seconds), 1)


def _threads(size: Size) -> int:
    """The threads to decide by: where trials are counted, nothing may depend on how many there are."""
    return size.threads if size.max_trials is None else 2


def _is_quick(learner: Learner, rows: int, splits: int, size: Size, spare: float) -> bool:
    is_large = learner.loading > 0 and size.memory is not None and size.memory < _LARGE
    if is_large or learner.loading > _LOADED * spare:
        return False
    return _trial(_least, learner, rows, splits, size) <= _OTHERS_SHARE * size.seconds


def _trial(fit: Callable[[Learner, int, Size], float], learner: Learner, rows: int, splits: int, size: Size) -> float:
    """Seconds of a trial of a learner, whose fits are the least or full ones."""
    return math.ceil(splits / _threads(size)) * fit(learner, rows, size)


def _full(learner: Learner, rows: int, size: Size) -> float:
    """Seconds of one full fit on one core."""
    return _FULL.get(learner.name, 1.0) * _least(learner, rows, size)


def _least(learner: Learner, rows: int, size: Size) -> float:
    """Seconds of the least fit that is worth its start."""
    return learner.cost(rows, size.features, size.classes)


def is_main(learner: Learner) -> bool:
    """Whether this is the learner that the time is planned for."""
    return learner.name == _MAIN
