"""Whether each learner can be loaded here: `python -P -m sqlml.train.examine`, one JSON object on stdout.

A process of its own: what does not fit the machine may end it.
"""

import json
import os

from sqlml.faults import of_machine
from sqlml.faults.problems import PartMissing
from sqlml.train import device
from sqlml.train.learner import Learner, learners


def main() -> None:
    """Says of each learner what keeps it from being loaded, null where nothing does, and which device was found."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    expected = device.expected("gpu", 0)
    titles = {one.title: _failure(one) for one in learners(gpu=expected.device == "GPU")}
    found = device.found() if expected.device == "GPU" else expected
    reason = f"{found.reason}; {device.worth()}" if found.device == "GPU" else found.reason
    json.dump({"learners": titles, "device": found.device, "reason": reason}, answer)
    answer.close()


def _failure(learner: Learner) -> str | None:
    try:
        learner.load()
    except Exception as cause:
        return (of_machine(str(cause), type(cause).__name__) or PartMissing()).message
    return None


if __name__ == "__main__":
    main()
