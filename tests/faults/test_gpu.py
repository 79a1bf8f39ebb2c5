"""A GPU that cannot go on is left with a word, and one that is demanded is never silently missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sqlml.train import device
from tests.faults.patient import STATEMENTS, Patient

# Enough trials for a network to have its turn.
NETWORK = STATEMENTS["create"].replace("= 1", "= 5")
DEMANDED = NETWORK.replace("= 5", "= 5, device = 'gpu'")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that shows a GPU to the session."""
    monkeypatch.setattr(device, "_NODE", Path("/dev/null"))


def trained(patient: Patient, statement: str) -> tuple[str, list[str]]:
    """The device of the model, and what was said of GPUs."""
    patient.db.execute(statement).fetchall()
    about = [one.message for one in patient.db.notices if one.condition == "gpu_left"]
    ((found, notices),) = patient.db.execute(
        "SELECT device, notices FROM sqlml.versions WHERE model_name = 'other'"
    ).fetchall()
    assert set(about) <= set(notices)
    return found, about


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    "says",
    [
        "CUDA_ERROR_OUT_OF_MEMORY: out of memory",
        "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 17179869184 bytes.",
    ],
)
def test_where_its_memory_is_short_fewer_rows_are_tried_and_then_the_cpu(
    says: str, patient: Patient, inject: Callable[..., None]
) -> None:
    inject(runs="pretended:gpu", says=says)
    assert trained(patient, DEMANDED) == (
        "CPU",
        [
            "the GPU has too little memory free: training went on with fewer rows at once on it",
            "the GPU has too little memory free: training went on without it, on the CPU",
        ],
    )


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    "says",
    [
        "GPU is lost. Reboot the system to recover this GPU",
        "Failed to initialize NVML: Driver/library version mismatch",
    ],
)
def test_one_that_breaks_down_is_left(says: str, patient: Patient, inject: Callable[..., None]) -> None:
    inject(runs="pretended:gpu", says=says)
    found, (said,) = trained(patient, DEMANDED)
    assert found == "CPU"
    assert said.endswith("training went on without it, on the CPU")


@pytest.mark.usefixtures("shown")
def test_one_that_turns_out_not_to_work_is_an_error_where_it_is_demanded(
    patient: Patient, inject: Callable[..., None]
) -> None:
    inject(runs="pretended:broken_gpu")
    told = patient.suffers(DEMANDED).diagnostic
    assert (told.condition, told.detail) == ("gpu_unavailable", "the GPU computes wrong numbers")
    patient.assert_unharmed()
    # Where it is not, training goes on, and says so.
    assert trained(patient, NETWORK) == (
        "CPU",
        ["the GPU computes wrong numbers: training went on without it, on the CPU"],
    )


def test_one_that_is_demanded_and_not_shown_is_an_error_before_anything_is_read(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "_NODE", Path("/nowhere"))
    for statement in (DEMANDED, f"EXPLAIN {DEMANDED}"):
        told = patient.suffers(statement).diagnostic
        assert told.condition == "gpu_unavailable"
        assert told.place is not None
        assert told.place.column == statement.index("'gpu'") + 1
    patient.assert_unharmed()


@pytest.mark.skipif(not device._NODE.exists(), reason="this machine shows no GPU")
def test_a_real_one_trains_and_is_recorded(patient: Patient) -> None:
    assert trained(patient, DEMANDED) == ("GPU", [])


@pytest.mark.skipif(not device._NODE.exists(), reason="this machine shows no GPU")
def test_a_real_one_that_the_environment_hides_is_an_error(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert patient.suffers(DEMANDED).diagnostic.condition == "gpu_unavailable"
    patient.assert_unharmed()
