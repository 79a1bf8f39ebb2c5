"""Rows that choose the best step of a fit do not make it look better than it is."""

from dataclasses import replace

import numpy as np
import pytest

from sqlml.model.form import Constant
from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Way
from sqlml.train.learner import Learner
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.learners.trees import Trees
from sqlml.train.loss import loss
from sqlml.train.stopping import Ended, ended, ends, halves
from sqlml.train.table import Table


@pytest.mark.parametrize(("rows", "sizes"), [(0, []), (1, [1]), (7, [7]), (8, [4, 4]), (9, [5, 4])])
def test_rows_are_halved_unless_they_are_few(rows: int, sizes: list[int]) -> None:
    parts = halves(np.arange(rows))
    assert [len(part) for part in parts] == sizes
    assert sorted(np.concatenate([[], *parts])) == list(range(rows))


def steps(table: Table, *losses: list[float]) -> Fitted:
    """A fit with these losses (halves, steps), which predicts the number of the step that it ends at."""

    def at(step: int) -> Fitted:
        form = Constant(np.array([float(min(step, len(losses[0]) - 1))]))
        return Fitted(lambda: form, {}, form.predict, "", len(table.fit))

    return replace(at(0), way=Way(np.array(losses), at))


def judged(fits: list[Fitted], of: list[Table]) -> list[Ended]:
    return list(map(ended, fits, ends(fits), of))


def tables(*, validated: int = 12) -> list[Table]:
    """Three tables of the same rows, each validated by others."""
    table = small_table(Task.REGRESSION, rows=3 * validated)
    rows = np.arange(3 * validated).reshape(3, -1)
    return [table.split(np.delete(rows, each, axis=0).ravel(), rows[each]) for each in range(3)]


def test_each_half_is_judged_by_the_step_that_all_others_chose() -> None:
    [table, *_] = tables()
    [one] = judged([steps(table, [1.0, 2.0, 3.0], [3.0, 2.0, 0.0])], [table])
    assert set(one.scores[::2, 0]) == {2.0}
    assert set(one.scores[1::2, 0]) == {0.0}
    # All rows together choose the last step, or the first: that is where it ends.
    assert one.fitted.predict(table.matrix)[0, 0] == 2.0
    # One half of one fit is alone in its choice; it is not asked about itself.
    own, others = [[9.0, 9.0, 0.0], [9.0, 0.0, 9.0]], [[20.0, 1.0, 20.0], [20.0, 1.0, 20.0]]
    found = judged([steps(table, *losses) for losses in (own, others, others)], tables())
    assert [set(each.scores[:, 0]) for each in found] == [{1.0}] * 3


def test_fits_of_one_trial_end_together() -> None:
    short, long = [[5.0, 4.0], [5.0, 4.0]], [[5.0, 4.0, 3.0, 2.0, 9.0], [5.0, 4.0, 3.0, 2.0, 9.0]]
    fits = [steps(table, *losses) for table, losses in zip(tables(), (short, long, long), strict=True)]
    last = [one.fitted.predict(np.zeros((1, 8), np.float32))[0, 0] for one in judged(fits, tables())]
    assert last == [1.0, 3.0, 3.0]


def test_a_loss_that_is_no_number_is_never_chosen() -> None:
    [table, *_] = tables()
    [one] = judged([steps(table, [3.0, float("nan"), 2.0], [3.0, 1.0, 2.0])], [table])
    assert one.fitted.predict(table.matrix)[0, 0] == 2.0


def test_fewer_rows_than_make_halves_are_judged_by_what_they_chose() -> None:
    [table, *_] = tables(validated=5)
    [one] = judged([steps(table, [3.0, 1.0, 2.0])], [table])
    assert set(one.scores[:, 0]) == {1.0}


def test_a_fit_that_had_no_choice_stays_as_it_is() -> None:
    of = tables()
    fits = [Baseline().fit(of[0], {}, Clock(1)), steps(of[1], [2.0, 1.0], [2.0, 1.0])]
    first, second = judged(fits, of[:2])
    assert first.fitted is fits[0]
    assert set(second.scores[:, 0]) == {1.0}


def noise(task: Task, seed: int) -> Table:
    """A table that tells nothing of its label, few of whose rows are validated."""
    table = small_table(task, rows=400, seed=seed)
    label = np.random.default_rng(seed).permutation(table.label)
    return replace(table, label=label, fit=np.arange(360), validation=np.arange(360, 400))


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("learner", [Trees(), NeuralNetwork()], ids=lambda one: one.name)
def test_where_there_is_nothing_to_learn_no_fit_looks_as_if_it_had(task: Task, learner: Learner) -> None:
    settings = learner.settings(360, 8, task)[0]
    honest, flattered, least = [], [], []
    for seed in range(6):
        table = noise(task, seed)
        chosen, fitted = table.validation, learner.fit(table, settings, Clock(60))
        [end] = judged([fitted], [table])
        honest.append(end.loss)
        flattered.append(loss(task, table.label[chosen], fitted.predict(table.matrix[chosen])))
        known = table.label[table.fit]
        shares = np.bincount(known.astype(int)) / len(known) if task.classifies else known.mean()
        least.append(loss(task, table.label[chosen], np.tile(np.atleast_1d(shares), (len(chosen), 1))))
    assert np.mean(honest) > np.mean(flattered)
    assert np.mean(honest) > 0.98 * np.mean(least)
