"""What the two processes say to each other: one JSON object a line, a graph's bytes after the line that counts them."""

import json
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from sqlml.diagnostics import Problem
from sqlml.diagnostics.travel import packed, unpacked
from sqlml.faults import problems as of_the_machine
from sqlml.train import problems as of_training
from sqlml.train.job import Job, Outcome, Progress, Trial

# What a training may tell of: a condition is found by its name once its module is loaded.
TOLD = (of_the_machine, of_training)


# Seconds between two words of a training; after so many without one it hangs, however busy the machine is.
BEAT, SILENCE = 1.0, 20.0


@dataclass(frozen=True)
class Alive:
    """Nothing has happened, and the training goes on."""


Message = Alive | Progress | Trial | Outcome | Problem


def send_job(pipe: BinaryIO, job: Job, handed_over: float) -> None:
    """Asks for a training; `handed_over` is the reading of `time.monotonic()` that its seconds count from."""
    _write(pipe, {"job": job.to_json(), "handed_over": handed_over})


def send_enough(pipe: BinaryIO) -> None:
    """Asks for what the training has found by now."""
    _write(pipe, {"enough": True})


def read_job(line: bytes) -> tuple[Job, float] | None:
    """The job, and the reading of `time.monotonic()` at which it was handed over; None for the wish to end one."""
    fields = json.loads(line)
    if "enough" in fields:
        return None
    return Job.from_json(fields["job"]), fields["handed_over"]


def send(pipe: BinaryIO, message: Message) -> None:
    """Reports an event, or the end of a training."""
    if isinstance(message, Outcome):
        fields = _outcome(message)
        _write(pipe, {"outcome": fields | {"graph": len(message.graph)}}, message.graph)
    elif isinstance(message, Problem):
        _write(pipe, {"problem": packed(message)})
    else:
        _write(pipe, {type(message).__name__.lower(): asdict(message)})


def receive(pipe: BinaryIO) -> Message | None:
    """The next message; None when the other side has ended."""
    line = pipe.readline()
    if not line.endswith(b"\n"):
        return None
    ((kind, fields),) = json.loads(line).items()
    if kind == "outcome":
        graph = pipe.read(fields["graph"])
        return _restored(fields | {"graph": graph}) if len(graph) == fields["graph"] else None
    if kind == "problem":
        return unpacked(fields)
    return _PLAIN[kind](**fields)


_PLAIN: dict[str, type[Alive | Progress | Trial]] = {"alive": Alive, "progress": Progress, "trial": Trial}


def _write(pipe: BinaryIO, fields: dict[str, Any], more: bytes = b"") -> None:
    pipe.write(json.dumps(fields).encode() + b"\n" + more)
    pipe.flush()


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "scoring": outcome.scoring,
        "linear": outcome.linear,
        "learner": outcome.learner,
        "detail": outcome.detail,
        "trials": [asdict(trial) for trial in outcome.trials],
        "notices": [packed(notice) for notice in outcome.notices],
        "device": outcome.device,
        "device_reason": outcome.device_reason,
        "importance": outcome.importance,
    }


def _restored(fields: dict[str, Any]) -> Outcome:
    trials = tuple(Trial(**trial) for trial in fields["trials"])
    notices = tuple(unpacked(notice) for notice in fields["notices"])
    importance = tuple((column, moved) for column, moved in fields["importance"])
    return Outcome(**fields | {"trials": trials, "notices": notices, "importance": importance})
