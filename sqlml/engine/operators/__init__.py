"""BRIDGE. One file an operator: a plan's step becomes SQL whose rows are the answer.

Enters: an operator of `plan` and the statement's scope. Leaves: an `Answer`. Here the towers meet: plans
from the one, recipes and learners from the other.
"""
