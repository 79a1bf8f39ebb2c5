"""Between which numbers a value of a graph lies, whatever the row: what is never looked up need not be written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sqlml.model.nodes import Node

Bounds = tuple[NDArray[Any], NDArray[Any]]

_ANY = np.array(-np.inf), np.array(np.inf)


class Reach:
    """What is known of the values of one graph."""

    def __init__(self, nodes: Sequence[Node], constants: Mapping[str, NDArray[Any]]) -> None:
        self._nodes = {node.output: node for node in nodes}
        self._constants = constants

    def rows(self, name: str, shape: tuple[int, ...], count: int) -> list[range]:
        """Which of so many rows, numbered from 0, each number of a value of this shape can stand for."""
        low, high = (np.clip(np.broadcast_to(bound, shape), 0, count - 1).ravel() for bound in self.bounds(name))
        return [range(int(first), int(last) + 1) for first, last in zip(low, high, strict=True)]

    def bounds(self, name: str) -> Bounds:
        """The least and the greatest that a value may be, in arrays that spread to its shape; infinite if unknown."""
        if name in self._constants:
            known = self._constants[name]
            return np.nan_to_num(known, nan=-np.inf, neginf=-np.inf), np.nan_to_num(known, nan=np.inf, posinf=np.inf)
        node = self._nodes.get(name)
        followed = _FOLLOWED.get(node.operator) if node else None
        return followed(self, *node.inputs) if node and followed else _ANY

    def _whole(self, number: str) -> Bounds:
        low, high = self.bounds(number)
        return np.floor(low), np.ceil(high)

    def _sum(self, left: str, right: str) -> Bounds:
        (low, high), (least, most) = self.bounds(left), self.bounds(right)
        return low + least, high + most

    def _either(self, condition: str, yes: str, no: str) -> Bounds:
        (low, high), (least, most) = self._where(condition, yes), self.bounds(no)
        return np.minimum(low, least), np.maximum(high, most)

    def _where(self, condition: str, value: str) -> Bounds:
        """The bounds of a value in all rows for which the condition holds."""
        node = self._nodes.get(condition)
        if node and node.operator == "And":
            (low, high), (least, most) = (self._where(part, value) for part in node.inputs)
            return np.maximum(low, least), np.minimum(high, most)
        if node and node.operator == "GreaterOrEqual" and node.inputs[0] == value:
            return self.bounds(node.inputs[1])[0], _ANY[1]
        if node and node.operator == "Less" and node.inputs[0] == value:
            return _ANY[0], self.bounds(node.inputs[1])[1]
        return self.bounds(value)


_FOLLOWED: dict[str, Callable[..., Bounds]] = {
    "Identity": Reach.bounds,
    "Cast": Reach._whole,
    "Add": Reach._sum,
    "Where": Reach._either,
}
