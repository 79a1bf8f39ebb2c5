"""From how many rows on a GPU pays is measured once on a machine, and said."""

from pathlib import Path

import numpy as np
import pytest

from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train import device
from sqlml.train.clock import Clock
from sqlml.train.device import NEVER, Found
from sqlml.train.learners.costs import Speed
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.learners.payoff import measure, pays
from tests.train.lost import lost

CORE = Speed(start=0.0, step=2e-4, weight=1.2e-10)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of this test alone, on a machine that shows a GPU."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(device, "_NODE", Path("/dev/null"))


def test_a_gpu_pays_where_its_steps_make_up_for_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Speed(start=12.0, step=9e-5, weight=3e-12)
    found = []
    for cores in (1, 2, 64):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(pays(CORE, quick))
    one, two, many = found
    assert 5_000 < one < two < many < 200_000
    assert pays(CORE, Speed(start=0.0, step=1e-6, weight=1e-13)) == 1


def test_one_that_is_no_quicker_never_pays() -> None:
    assert pays(CORE, Speed(start=1.0, step=2e-4, weight=1.2e-10)) == NEVER


def test_a_measure_is_kept_for_the_machine_and_decides() -> None:
    assert device.payoff() is None
    assert device.expected(None, 19_999) == Found("CPU", "a GPU usually pays from about 20,000 rows on")
    assert device.expected(None, 20_000).device == "GPU"
    device.keep_payoff(43_210)
    assert device.expected(None, 43_209) == Found("CPU", "the GPU of this machine pays from about 43,000 rows on")
    assert device.expected(None, 43_210).device == "GPU"
    assert device.expected("gpu", 1).device == "GPU"
    device.keep_payoff(NEVER)
    assert device.expected(None, 5_000_000).reason == "the GPU of this machine is no quicker than its CPU"


def test_where_nothing_can_be_kept_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    device.keep_payoff(5)
    assert device.payoff() is None


def test_a_device_is_measured_by_real_steps() -> None:
    tensorflow, _ = device.opened()
    # The CPU in the GPU's place needs as long for each step, and an hour to start.
    assert measure(tensorflow, Found("CPU", "", seconds=3600.0)) > 1_000_000
    # And where it has an hour's advantage, it pays at once.
    assert measure(tensorflow, Found("CPU", "", seconds=-3600.0)) == 1


def test_the_first_network_on_a_gpu_measures_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow, _ = device.opened()
    pretended = Found("GPU", "there is one that works", seconds=-3600.0)
    monkeypatch.setattr(device, "opened", lambda gpu: (tensorflow, pretended))
    monkeypatch.setattr("sqlml.train.learners.payoff._seconds", lambda *_: (0.0, 1e-3))
    NeuralNetwork(gpu=True).load()
    assert device.payoff() == 1


@pytest.mark.skipif(not Path("/dev/nvidia0").exists(), reason="this machine shows no GPU")
def test_a_real_one_is_measured() -> None:
    tensorflow, found = device.opened(gpu=True)
    assert found.device == "GPU"
    assert 1_000 < measure(tensorflow, found) < NEVER


@pytest.mark.skipif(not Path("/dev/nvidia0").exists(), reason="this machine shows no GPU")
@pytest.mark.parametrize("task", Task)
def test_a_real_one_learns_the_same_again_and_as_well_as_the_cpu(task: Task) -> None:
    table = small_table(task, rows=3000)
    settings = NeuralNetwork().settings(100_000, 8, task)[0] | {"epochs": 16}
    first, again, cpu = (NeuralNetwork(gpu=gpu).fit(table, settings, Clock(600.0)) for gpu in (True, True, False))
    assert np.array_equal(first.predict(table.matrix), again.predict(table.matrix))
    assert lost(table, first) == pytest.approx(lost(table, cpu), rel=0.1)
    assert device.left() == ()
