"""TESTING. The contracts as executable suites, for us and for whoever adds a part from outside.

Enters: a learner, a step of a recipe, or a `.test` file. Leaves: nothing, or an AssertionError that says which
promise is broken.
"""

from sqlml.testing.learner import check_learner
from sqlml.testing.sqlfile import run_sql_file
from sqlml.testing.step import check_step

__all__ = ["check_learner", "check_step", "run_sql_file"]
