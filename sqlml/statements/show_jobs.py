"""SHOW JOBS."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, ShowJobs


def bind(_node: Node, _text: str, _catalog: Catalog) -> ShowJobs:
    """The list of trainings in the background."""
    return ShowJobs()
