"""How the time of a training is shared out: what a trial may take, and what is kept to fit the best once more."""

import math
from collections.abc import Callable, Sequence

from sqlml.train.bag import Bag
from sqlml.train.clock import Clock
from sqlml.train.fitted import WORK
from sqlml.train.job import Job
from sqlml.train.learner import Learner
from sqlml.train.loads import Loads
from sqlml.train.plan import is_main

# What one trial may take of the time left: before the main learner has been tried, of that one first and later, and
# of others later.
_EARLY, _FIRST, _LATER, _OTHERS = 0.06, 0.2, 0.25, 0.6
# And of the main learner first in fewer seconds than these, in which one good trial is worth more than several.
_ALONE, _FEW_SECONDS = 0.33, 20.0
# What the last fits on all rows may take of the whole time; and where trials learnt from a part of them, as all of
# them are worth more than other settings then.
_RESERVE, _RESERVE_MORE = 0.35, 0.6
# To be measured by fits of its own besides takes so many times as long; it is not, if it were more than that share.
_TWICE, _MEASURED = 1.7, 0.3
# The least time that a trial needs, as a share of what the longest of its learner took: less and less time for each
# would make up for it by learning faster, and so worse.
_LEAST_LENGTH = 0.6
# The main learner is not begun with less than this share of the time of the least that it can learn.
_START = 0.15
# A trial is dear if the least that it can take is this share of the time.
_DEAR = 0.02
# How far the machine's pace may seem off before something else is wrong, and the seconds of a fit that tell it.
_PACES, _TELLING = (1.0, 4.0), 0.3


class Budget:
    """The time of one job, as its trials are added to `bags`.

    Trials have `splits` fits, each of which learns from `fitted` of `rows`; `loads` are what is being loaded meanwhile.
    `likely` are those that a model would be made of by now. Where trials are counted, nothing depends on how long they
    take, nor on how many threads there are.
    """

    def __init__(
        self,
        job: Job,
        clock: Clock,
        loads: Loads,
        bags: Sequence[Bag],
        likely: Callable[[Sequence[Bag]], Sequence[Bag]],
        *,
        splits: int,
        fitted: int,
        rows: int,
    ) -> None:
        self._job, self._clock, self._loads, self._bags, self._likely = job, clock, loads, bags, likely
        self._splits, self._fitted, self._rows = splits, fitted, rows

    @property
    def is_counted(self) -> bool:
        """Whether trials are counted."""
        return self._job.max_trials is not None

    @property
    def left(self) -> float:
        """Seconds left for fitting."""
        return self._clock.left - self._job.writing

    def limit(self, learner: Learner) -> float:
        """Seconds that the next trial may take so that the best ones can still be fitted once more."""
        if self.is_counted:
            return self.left
        fair = max(self._share(learner) * self.left, self._usual(learner) / _LEAST_LENGTH)
        fair = max(fair, self.least(learner)) if is_main(learner) else fair
        # What it takes is wanted once more, for one of its fits on all rows, beside those of others.
        growth = self._rows / max(1, self._fitted)
        again: float = growth**WORK / self._turns(self._job.threads) / self._job.threads
        return min(fair, (self.left - self._reserve()) / (1 + again))

    def part(self, learner: Learner, seconds: float) -> Clock:
        """The clock of a trial of so many seconds, with how much work to plan it for."""
        if self.is_counted:  # As if there were two threads, however many there are.
            work = self._share(learner) * self._job.allowed / 2 * self._turns(self._job.threads) / self._turns(2)
        else:
            work = (seconds - self._loads.left(learner)) / self._pace(learner)
        return self._clock.part(seconds, work)

    def least(self, learner: Learner) -> float:
        """Seconds below which a trial is not worth its start: what it would learn is less than what is there."""
        if usual := self._usual(learner):
            return usual
        cost = self._pace(learner) * self._cost(learner)
        if is_main(learner):
            # Anything else that was learnt is a model, too.
            return _START * cost if len(self._bags) > 1 else 0.0
        is_early = not learner.loading and not self._has_main
        return 0.0 if is_early else self._loads.left(learner) + cost

    def is_dear(self, learner: Learner) -> bool:
        """Whether a trial takes so long that it is left off when its first fits are poor.

        How many are the first depends on the threads.
        """
        return not self.is_counted and self._cost(learner) > _DEAR * self._job.seconds

    @property
    def _has_main(self) -> bool:
        return any(is_main(one.learner) for one in self._bags)

    def _turns(self, threads: int) -> int:
        """How often so many threads fit side by side until each split has had its turn."""
        return math.ceil(self._splits / threads)

    def _share(self, learner: Learner) -> float:
        if self._has_main:
            return _LATER if is_main(learner) else _OTHERS
        if is_main(learner):
            return _ALONE if self.is_counted or self._job.seconds < _FEW_SECONDS else _FIRST
        return _OTHERS if learner.loading else _EARLY

    def _reserve(self) -> float:
        """Seconds to fit the best bags once more on all rows, side by side, within reason."""
        likely = self._likely(self._bags)
        work = [one.again(self._rows) for one in likely]
        needed = max([sum(work) / self._job.threads, *work], default=0.0)
        # Where few folds are judged, the model is fitted twice: to be measured, and to be the model.
        if self._splits < self._job.folds and _TWICE * needed <= _MEASURED * self._job.seconds:
            return _TWICE * needed
        are_parts = any(one.fits[0].is_part(self._fitted) for one in likely)
        return min(needed, (_RESERVE_MORE if are_parts else _RESERVE) * self._job.seconds)

    def _usual(self, learner: Learner) -> float:
        """Somewhat less than the longest trial of this learner took; 0 where there was none."""
        before = [one.seconds for one in self._bags if one.learner is learner]
        return _LEAST_LENGTH * self._turns(self._job.threads) * max(before, default=0.0)

    def _cost(self, learner: Learner) -> float:
        """Rough seconds of the least that a trial takes."""
        job = self._job
        return self._turns(job.threads) * learner.cost(self._fitted, len(job.features), job.classes)

    def _pace(self, learner: Learner) -> float:
        """How many times as long as planned a learner takes now; one that is yet to be seen, as the quickest trial."""
        paced = [] if self.is_counted else [one for one in self._bags if one.pace]
        telling = [one for one in paced if one.seconds > _TELLING]
        own = [one.pace for one in telling if one.learner is learner]
        low, high = _PACES
        # What is loaded meanwhile slows the first trials, what surrounds a short fit slows that: the quickest tells.
        others = min(one.pace for one in paced) if telling else low
        return min(high, max(low, own[-1] if own else others))
