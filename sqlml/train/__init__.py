"""LEARNING. A table of numbers becomes the best model that its time allows.

Enters: a folder with `matrix.f32` and `label.f64`, and a `Job` that describes them. Leaves: an `Outcome` with the
graph of the best model, every trial, and what the user should know. Knows no SQL, no table and no statement.
Decisions: training runs in a process of its own, so that whatever happens there is a diagnostic and not the end of
the session; the first trial is a baseline that always works, so that there is a model whenever the time is up.
"""

from sqlml.train.job import Job, Outcome, Progress, Trial

__all__ = ["Job", "Outcome", "Progress", "Trial"]
