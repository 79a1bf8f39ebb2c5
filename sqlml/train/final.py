"""From the trials to the one model: weights, a last fit on all rows, a graph, and scores of the rows held out."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sqlml.diagnostics import Problem
from sqlml.model.form import Blend, Floats, Form, Matrix, sharpened
from sqlml.train.bag import Bag
from sqlml.train.blend import Judged, mean, power, weights
from sqlml.train.clock import Clock
from sqlml.train.export import Exported, exported
from sqlml.train.fitted import Fitted
from sqlml.train.importance import importances
from sqlml.train.job import SCORES, Job
from sqlml.train.problems import LearnerDiffers, NothingLearnt, PartOfRows, ScoresSlowly, TrainingFailed
from sqlml.train.refit import Guarded, Member, Refit, Tell
from sqlml.train.table import Table

# So many times the usual cost of scoring is worth a word.
_SLOW = 1.5
# A blend may lose so many times as much as the best if all of it can learn from all rows, and the best cannot: these
# are an eighth more than those of a trial, or more.
_WORTH_ALL_ROWS = 1.02


@dataclass(frozen=True)
class Made:
    """The model's graph, how fast it scores, the words for what it is, what to tell, and what it goes by."""

    graph: bytes
    scoring: str
    linear: str | None
    learner: str
    detail: str
    notices: tuple[Problem, ...]
    importance: tuple[tuple[str, float], ...]


class Final:
    """The end of one job; `guarded` turns what fails into a warning, `tell` says what is being done."""

    def __init__(self, job: Job, table: Table, judged: Judged, clock: Clock, guarded: Guarded, tell: Tell) -> None:
        self._job, self._table, self._judged, self._clock = job, table, judged, clock
        self._guarded, self._tell = guarded, tell

    def made(self, bags: Sequence[Bag]) -> Made:
        """The best blend of the bags whose stored form predicts what was learnt.

        Raises:
            TrainingFailed: there is none.
        """
        left = list(bags)
        while left:
            members, sharpness = self._blended(left)
            members = self._refit(members).refitted()
            made = self._exported(members, sharpness)
            if made is None:
                broken = self._broken(members)
                left = [one for one in left if one.learner.name not in broken]
            elif len(left) > 1 and not made.tells_apart:
                left = left[:1]
            else:
                return self._written(members, sharpness, made)
        raise TrainingFailed

    def _blended(self, bags: Sequence[Bag]) -> tuple[list[Member], float]:
        """The best blend of those that there is time to fit on all rows, unless it is much worse than the best of all.

        Also the power that its probabilities are raised to.
        """
        self._tell("weighing the models")
        members = self._weighed(bags)
        while len(members) > 1 and not self._refit(members).has_time():
            # As they weigh already: to weigh them anew takes the time that there is not.
            others = _without_dearest(members, len(self._table.label))
            if self._judged.loss(_mean(others)) > _WORTH_ALL_ROWS * self._judged.loss(_mean(members)):
                break
            members = others
        # Neither the order of rows nor the likeliest class of one changes by that: it serves every metric.
        sharpness = power(self._judged, _mean(members)) if self._job.task.classifies and members else 1.0
        return members, sharpness

    def _refit(self, members: Sequence[Member]) -> Refit:
        return Refit(self._job, self._table, self._clock, self._guarded, self._tell, members)

    def _weighed(self, bags: Sequence[Bag]) -> list[Member]:
        scores, costs = [one.scores for one in bags], [one.cost for one in bags]
        found = weights(self._judged, scores, costs, self._job.scoring)
        return [Member(bags[place], weight, bags[place].fits[:1]) for place, weight in found.items()]

    def _exported(self, members: Sequence[Member], sharpness: float) -> Exported | None:
        """The graph of the blend, None where it does not predict what the members do."""
        self._tell("checking the model")
        last = [(weight, fitted) for member in members for weight, fitted in _shared(member)]
        with suppress(ValueError):
            origin = _origin(members, sharpness, self._job.seed)
            return exported(_form(last, sharpness), partial(self._scored, last, sharpness), self._table, origin)
        return None

    def _broken(self, members: Sequence[Member]) -> set[str]:
        """The learners whose graphs do not predict what they do; all of them, if the fault is none of theirs."""
        broken = {member.bag.learner.name for member in members if not self._is_true(member)}
        return broken or {member.bag.learner.name for member in members}

    def _is_true(self, member: Member) -> bool:
        differs = LearnerDiffers(member.bag.learner.title)
        first = member.lasts[0]
        return self._guarded(differs, lambda: exported(first.form, first.predict, self._table)) is not None

    def _written(self, members: Sequence[Member], sharpness: float, made: Exported) -> Made:
        self._tell("measuring the model")
        # None of these fits has seen the rows held out.
        fits = [(member.weight / len(member.seen), fitted) for member in members for fitted in member.seen]
        scores = self._scored(fits, sharpness, self._table.matrix[self._job.rows :])
        (self._job.folder / SCORES).write_bytes(scores.tobytes())
        return Made(
            graph=made.graph,
            scoring=_scoring(made),
            linear=made.linear,
            learner=_title(members),
            detail=_detail(members),
            notices=tuple(self._said(members, made)),
            importance=importances(made.graph, self._table),
        )

    def _scored(self, fits: Sequence[tuple[float, Fitted]], sharpness: float, rows: Matrix) -> Floats:
        """What weighted fits predict together."""
        with ThreadPoolExecutor(max(1, self._job.threads)) as pool:
            parts = list(pool.map(lambda pair: pair[0] * pair[1].predict(rows), fits))
        scores: Floats = np.sum(parts, axis=0)
        return scores if sharpness == 1.0 else sharpened(scores, sharpness)

    def _said(self, members: Sequence[Member], made: Exported) -> list[Problem]:
        if not made.tells_apart:
            return [NothingLearnt()] if self._job.features else []
        rows = _learnt_from(members)
        every = len(self._table.label)
        said: list[Problem] = [PartOfRows(rows, every)] if rows < every else []
        cost = sum(member.cost for member in members)
        usual = replace(self._job, effort="balanced").scoring
        return [*said, ScoresSlowly(cost, usual)] if cost > _SLOW * usual else said


def _without_dearest(members: Sequence[Member], rows: int) -> list[Member]:
    """All but the member whose fit to so many rows takes longest; the others weigh as much more."""
    dearest = max(members, key=lambda one: one.bag.again(rows))
    return [replace(one, weight=one.weight / (1 - dearest.weight)) for one in members if one is not dearest]


def _mean(members: Sequence[Member]) -> Floats:
    """The scores that the members have together."""
    return mean([one.bag.scores for one in members], {place: one.weight for place, one in enumerate(members)})


def _scoring(made: Exported) -> str:
    """How fast the model scores, in words."""
    return "written as SQL, as fast as its own sums" if made.linear else str(made.pace)


def _shared(member: Member) -> list[tuple[float, Fitted]]:
    """The member's fits, each with its share of the weight."""
    return [(member.weight / len(member.lasts), fitted) for fitted in member.lasts]


def _learnt_from(members: Sequence[Member]) -> int:
    """How many rows taught most of the model."""
    shares: dict[int, float] = {}
    for share, fitted in (one for member in members for one in _shared(member)):
        shares[fitted.rows] = shares.get(fitted.rows, 0.0) + share
    return max(shares, key=lambda rows: shares[rows])


def _origin(members: Sequence[Member], sharpness: float, seed: int) -> str:
    """As JSON: of each fit its learner, share of the weight, settings, seed, rows and factor; and the whole's power."""
    fits = [
        {
            "learner": member.bag.learner.name,
            "weight": share,
            "settings": dict(fitted.again),
            "seed": (seed + place) % 2**31,
            "rows": fitted.rows,
            "link": _link(fitted.form),
            "factor": member.bag.factor,
        }
        for member in members
        for place, (share, fitted) in enumerate(_shared(member))
    ]
    return json.dumps({"fits": fits, "power": sharpness})


def _link(form: Form) -> str:
    """That of a learner's sums; several of one kind have the same."""
    return _link(form.members[0]) if isinstance(form, Blend) else getattr(form, "link", "identity")


def _form(fits: Sequence[tuple[float, Fitted]], sharpness: float) -> Form:
    if len(fits) == 1 and sharpness == 1.0:
        return fits[0][1].form
    return Blend(tuple(fitted.form for _, fitted in fits), tuple(weight for weight, _ in fits), sharpness)


def _title(members: Sequence[Member]) -> str:
    """The learners in words, the weightiest first."""
    shares: dict[str, float] = {}
    for member in members:
        title = member.bag.learner.title
        shares[title] = shares.get(title, 0.0) + member.weight
    titles = sorted(shares, key=lambda title: -shares[title])
    return titles[0] if len(titles) == 1 else f"a blend of {', '.join(titles[:-1])} and {titles[-1]}"


def _detail(members: Sequence[Member]) -> str:
    return "; ".join(f"{member.weight:.0%} {_times(member)}{member.lasts[0].detail}" for member in members)


def _times(member: Member) -> str:
    return f"{len(member.lasts)} times " if len(member.lasts) > 1 else ""
