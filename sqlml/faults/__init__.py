"""GROUND. What a raw failure of the machine, of its devices or of a library is, told from its words alone.

Enters: the text of an error, of a log line or of a dead process's last words, and how it was raised. Leaves: a `Fault`,
one of a small set of kinds with what helps against it, and the `Problem` that says so to an analyst. No library is
known here, only what libraries say.
"""

from sqlml.faults.classify import Fault, classified
from sqlml.faults.kind import Advice, Kind
from sqlml.faults.worded import of_machine, of_system, of_work, worded

__all__ = ["Advice", "Fault", "Kind", "classified", "of_machine", "of_system", "of_work", "worded"]
