"""LEARNING. A table of numbers becomes the best model that its time allows.

Enters: a folder with the files that `Job` names, and that `Job`. Leaves: an `Outcome` with the graph of the model,
every trial and what the user should know, and in the folder the scores of the rows held out. Knows no SQL, no table
and no statement. Decisions: training runs in a process of its own, so that whatever happens there is a diagnostic and
not the end of the session; the first trial is a baseline that always works, so that there is a model whenever the time
is up; what is tried comes from a list of settings known to do well (`plan`), each is fitted on every split side by
side (`bag`), the best are averaged (`blend`) and fitted once more on all rows (`final`).
"""

from sqlml.train.job import Job, Outcome, Progress, Trial

__all__ = ["Job", "Outcome", "Progress", "Trial"]
