"""What takes seconds to load is loaded beside the trials of others, and its failure is its own."""

from collections.abc import Callable
from threading import Event

import pytest

from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.job import Job
from sqlml.train.learners.baseline import Baseline
from sqlml.train.loads import Loads
from sqlml.train.search import search
from sqlml.train.table import Table


class Late(Baseline):
    """Is loaded when it is let."""

    name, title, loading = "late", "a late learner", 0.01

    def __init__(self, failure: Exception | None = None) -> None:
        self.let, self.loads, self._failure = Event(), 0, failure

    def load(self) -> None:
        self.let.wait(30)
        self.loads += 1
        if self._failure:
            raise self._failure


def test_a_learner_is_loaded_once_and_waited_for() -> None:
    late = Late()
    loads = Loads([late, Baseline(), late])
    assert loads.left(late) > 0
    assert loads.left(Baseline()) == 0
    late.let.set()
    loads.wait(late)
    loads.wait(late)
    assert (loads.left(late), late.loads) == (0, 1)


def test_what_cannot_be_loaded_fails_where_it_is_waited_for() -> None:
    late = Late(ImportError("not here"))
    late.let.set()
    with pytest.raises(ImportError, match="not here"):
        Loads([late]).wait(late)


@pytest.mark.parametrize(
    ("max_trials", "order"), [(None, ["baseline", "other", "late"]), (2, ["baseline", "late", "other"])]
)
def test_others_go_first_while_one_is_loading_unless_trials_are_counted(
    max_trials: int | None, order: list[str], job: Callable[..., Job]
) -> None:
    late = Late()
    if max_trials:
        late.let.set()

    class Other(Baseline):
        name, title = "other", "another learner"

        def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
            late.let.set()
            return super().fit(table, settings, clock)

    outcome = search(job(max_trials=max_trials), lambda _: None, by=[Baseline(), late, Other()])
    assert [trial.learner for trial in outcome.trials] == order
