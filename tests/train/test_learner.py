"""Learners of installed packages are found and tried like ours."""

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint

import pytest

from sqlml.schema import Task
from sqlml.train import learner as room
from sqlml.train.fitted import Settings
from sqlml.train.job import Job
from sqlml.train.learner import LEARNERS, learners
from sqlml.train.learners.linear import LinearModel
from sqlml.train.problems import LearnerFailed
from sqlml.train.search import search


class Guest(LinearModel):
    """A learner that another package brings."""

    name = "guest"
    title = "a guest"

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
        return [{"l2": 3.0}]


Install = Callable[[str], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """As if a package were installed that names the learner given."""

    def installed(value: str) -> None:
        found = [EntryPoint("guest", value, "sqlml.learners")]
        monkeypatch.setattr(room, "entry_points", lambda group: [point for point in found if point.group == group])
        room._others.cache_clear()

    yield installed
    room._others.cache_clear()


def test_a_learner_of_an_installed_package_is_found(install: Install) -> None:
    install(f"{__name__}:Guest")
    *ours, guest = learners()
    assert tuple(ours) == LEARNERS
    assert guest.title == "a guest"
    assert learners(gpu=True)[-1] is guest


@pytest.mark.parametrize("value", ["nowhere_at_all:Guest", f"{__name__}:Other"])
def test_a_learner_that_cannot_be_made_is_told_and_ends_nothing(
    value: str, install: Install, job: Callable[..., Job]
) -> None:
    install(value)
    outcome = search(job(max_trials=2), lambda _: None)
    assert [trial.state for trial in outcome.trials] == ["done", "done", "failed"]
    (warning,) = outcome.notices
    assert isinstance(warning, LearnerFailed)
    assert "`guest`" in warning.message
    assert warning.__cause__.__cause__


def test_a_learner_of_an_installed_package_is_tried(install: Install, job: Callable[..., Job]) -> None:
    install(f"{__name__}:Guest")
    outcome = search(job(max_trials=2), lambda _: None)
    assert [trial.learner for trial in outcome.trials] == ["baseline", "linear", "guest"]
    assert outcome.trials[-1].settings == {"l2": 3.0}
    assert outcome.trials[-1].state == "done"


def test_without_any_there_are_ours() -> None:
    assert learners() == LEARNERS
