"""CANCEL JOB n."""

from sqlml.dialect import Node
from sqlml.plan import CancelJob, Catalog
from sqlml.statements.parts import span


def bind(node: Node, _text: str, _catalog: Catalog) -> CancelJob:
    """The end of a training in the background; whether there is one is known when it is run."""
    number = node.all("number_of_job")[0]
    return CancelJob(int(number.first.text), span(number))
