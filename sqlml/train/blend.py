"""The weights by which the trials' scores are averaged, and how sure the average may be.

Greedy selection with replacement (Caruana et al., "Ensemble selection from libraries of models", 2004): from the best
trial on, whichever helps most is added once more. Weights are convex, so that an average of calibrated probabilities
stays nearly calibrated; what is left to mend is mended, whatever the metric, by one power for all classes (temperature
scaling, Guo et al., "On calibration of modern neural networks", 2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sqlml.model.form import Codes, Floats, sharpened
from sqlml.train.metric import LEAST, LOSSES, SHARES

# Metrics that count rows or pairs that are right.
_COUNTING = SHARES - {"r2"}
# Metrics of numbers.
_OF_NUMBERS = frozenset(("rmse", "mae", "r2", "mape"))
# Steps at most, and steps in a row that may better nothing.
_STEPS, _VAIN = 40, 8
# Up to so many rows, weights are found on so many halves of them.
_FEW, _HALVES = 20_000, 10
# And no more than so many rows tell them: with AUC, weighing these takes one to two seconds.
_WEIGHED = 60_000
# Rows that tell which members a blend will have.
_GLANCE = 5_000
# The best so many are weighed as well.
_BEST = 6
# Parts of the cost limit that a single member may take.
_SHARES = (1.0, 0.5, 0.34)
# A member of less weight costs more in scoring than it is worth.
_LEAST_WEIGHT = 0.04
# What a longer list has to better the loss by, as a share of it.
_WORTH = 1e-4
# Powers that are tried, and the share of the log loss that one has to save.
_POWERS = np.exp(np.linspace(np.log(0.5), np.log(2.0), 29))
_CALIBRATED = 1e-3
# Rows that show how sure probabilities should be.
_ENOUGH = 20_000


@dataclass(frozen=True, eq=False)
class Judged:
    """The rows that trials are judged by: their numbers, label and weight, and the metric that counts.

    A row that is judged more than once stands there as often.
    """

    rows: Codes
    label: Floats
    weight: Floats
    metric: str

    def loss(self, scores: Floats) -> float:
        """The metric of scores (rows, outputs), as a loss."""
        return LOSSES[self.metric](self.label, scores, self.weight)

    def part(self, scores: Floats) -> Floats:
        """What of the scores the metric looks at: averages of parts are parts of averages."""
        return self._given(scores) if self.metric == "log_loss" else scores

    def loss_of_part(self, part: Floats) -> float:
        """What a blend is chosen by, of a part of its scores: the metric, as a loss.

        Few rows decide between blends by what is counted right, and most of that is luck. There, how likely all labels
        were counts as much: a product, as neither has a unit. One more wrong row lets it count where none is wrong.
        """
        if self.metric == "log_loss":
            return float(-np.average(np.log(np.maximum(part, LEAST)), weights=self.weight))
        if self.metric in _COUNTING:
            return (self.loss(part) + 1 / len(part)) * LOSSES["log_loss"](self.label, part, self.weight)
        return self.loss(part)

    def some(self, count: int) -> tuple["Judged", Codes]:
        """About `count` of the rows that weigh anything, evenly, and where they are."""
        weighing = np.flatnonzero(self.weight)
        every = weighing[:: max(1, len(weighing) // count)]
        return self._only(every), every

    def views(self) -> list[tuple["Judged", Codes]]:
        """Random halves of the rows where there are few, else some of them once: each with the places it has."""
        if len(self.label) > _FEW:
            return [self.some(_WEIGHED)]
        random, different = np.random.default_rng(0), np.unique(self.rows)
        some = [random.choice(different, max(1, len(different) // 2), replace=False) for _ in range(_HALVES)]
        halves = [np.flatnonzero(np.isin(self.rows, half)) for half in some]
        return [(self._only(half), half) for half in halves]

    def _only(self, places: Codes) -> "Judged":
        return Judged(self.rows[places], self.label[places], self.weight[places], self.metric)

    def _given(self, scores: Floats) -> Floats:
        return scores[np.arange(len(self.label)), self.label.astype(np.int64)]


def weights(judged: Judged, scores: Sequence[Floats], costs: Sequence[float], most: float) -> dict[int, float]:
    """The weight of each member by its place in `scores`; those chosen cost no more than `most` in all.

    Where each alone costs more, the cheapest is chosen. Greed would begin with a member that leaves no room for
    another, so it is tried as well with members of half and of a third of the cost. Few rows would let luck choose:
    there, the weights are the mean of those found on several random halves of the rows.
    """
    best = sorted(range(len(scores)), key=lambda place: judged.loss(scores[place]))[:_BEST]
    places = sorted({*best, *likely(judged, scores, costs, most)}) if scores else []
    parts, own = [judged.part(scores[place]) for place in places], [costs[place] for place in places]
    few, where = judged.some(_FEW)
    limit = _best(few, [part[where] for part in parts], own, most)[0] if sum(own) > most else most
    views = [(one, [part[where] for part in parts]) for one, where in judged.views()]
    found = [_shares(_greedy(one, some, own, most, limit)[1]) for one, some in views]
    mean = {place: sum(each.get(place, 0.0) for each in found) / len(found) for place in set().union(*found)}
    return {places[place]: weight for place, weight in _affordable(mean, own, most).items()}


def likely(judged: Judged, scores: Sequence[Floats], costs: Sequence[float], most: float) -> list[int]:
    """The places of those that a blend is likely made of, by a look at some of the rows.

    Classes are looked at by how likely they were: what counts rows or pairs takes ten times as long.
    """
    few, where = judged.some(_GLANCE)
    few = few if few.metric in _OF_NUMBERS else replace(few, metric="log_loss")
    _, counts = _best(few, [few.part(each[where]) for each in scores], costs, most)
    return list(_affordable(_shares(counts), costs, most))


def _best(judged: Judged, parts: Sequence[Floats], costs: Sequence[float], most: float) -> tuple[float, dict[int, int]]:
    """What a single member may cost in the blend that loses least, and how often each is in that one."""
    limits = [most * share for share in _SHARES] if sum(costs) > most else [most]
    found = [(*_greedy(judged, parts, costs, most, each), each) for each in limits]
    _, counts, limit = min(found, key=lambda one: one[0])
    return limit, counts


def _shares(counts: dict[int, int]) -> dict[int, float]:
    steps = sum(counts.values())
    return {place: count / steps for place, count in counts.items()}


def _affordable(weights: dict[int, float], costs: Sequence[float], most: float) -> dict[int, float]:
    """The weights without those too small to be worth it, and without the least ones as long as all cost too much."""
    kept = {place: weight for place, weight in sorted(weights.items()) if weight >= _LEAST_WEIGHT}
    while len(kept) > 1 and sum(costs[place] for place in kept) > most:
        del kept[min(kept, key=lambda place: (kept[place], -costs[place]))]
    left = sum(kept.values())
    return {place: weight / left for place, weight in kept.items()}


def _greedy(
    judged: Judged, parts: Sequence[Floats], costs: Sequence[float], most: float, each: float
) -> tuple[float, dict[int, int]]:
    """The least loss, and how often each member is in the blend that has it, where none costs more than `each`."""
    affordable = [place for place, cost in enumerate(costs) if cost <= each] or [int(np.argmin(costs))]
    counts: dict[int, int] = {}
    kept: dict[int, int] = {}
    total, best, step_of_best = np.zeros_like(parts[0]), np.inf, 0
    for step in range(1, _STEPS + 1):
        spent = sum(costs[place] for place in counts)
        open_to = [p for p in affordable if p in counts or not counts or spent + costs[p] <= most]
        losses = {place: rounded(judged.loss_of_part((total + parts[place]) / step)) for place in open_to}
        # Of equals, one that is in already, and else the one tried first.
        chosen = min(losses, key=lambda place: (losses[place], place not in counts, place))
        counts[chosen] = counts.get(chosen, 0) + 1
        total += parts[chosen]
        if losses[chosen] < best - _WORTH * abs(best) or step == 1:
            best, kept, step_of_best = losses[chosen], dict(counts), step
        if step - step_of_best > _VAIN:
            break
    return best, kept


def power(judged: Judged, scores: Floats) -> float:
    """The power that makes probabilities likeliest, 1 where none is clearly better."""
    few, where = judged.some(_ENOUGH)
    likely = LOSSES["log_loss"]
    plain = likely(few.label, scores[where], few.weight)
    losses = [likely(few.label, sharpened(scores[where], each), few.weight) for each in _POWERS]
    best = int(np.argmin(losses))
    # A choice fits its own rows better by luck alone: by less than one of them is worth (Akaike 1974).
    luck = 1 / len(np.unique(few.rows))
    return float(_POWERS[best]) if losses[best] < plain * (1 - _CALIBRATED) - luck else 1.0


def mean(scores: Sequence[Floats], weights: dict[int, float]) -> Floats:
    """The weighted mean of the members' scores."""
    averaged: Floats = np.sum([weight * scores[place] for place, weight in weights.items()], axis=0)
    return averaged


def rounded(loss: float) -> float:
    """The loss without the digits that say nothing."""
    return float(f"{loss:.6g}")
