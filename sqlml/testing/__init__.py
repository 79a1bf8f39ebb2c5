"""TESTING. The contracts as executable suites, for us and for whoever adds a part from outside."""

from sqlml.testing.learner import check_learner
from sqlml.testing.step import check_step

__all__ = ["check_learner", "check_step"]
