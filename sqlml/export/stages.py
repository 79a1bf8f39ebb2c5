"""SQL in stages: each stage has values that later ones read by name, so that nothing is computed twice.

A value stands in the first stage that can have it: engines take long to plan what is nested deep.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

# The name of a value, or what is in quotes and may look like one.
_NAME = re.compile(r"""'[^']*'|"[^"]*"|\bv(\d+)_\d+\b""")


@dataclass
class Stages:
    """Values under names of their own, by stages."""

    stages: list[dict[str, str]] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)

    def keep(self, expressions: Sequence[str]) -> list[str]:
        """Keeps these values, each once, and says how to read it."""
        return [self._keep(expression) for expression in expressions]

    def query(self, first: str, relation: str) -> str:
        """A query with all values of each row of a relation, behind what `first` selects of it."""
        for number, values in enumerate(self.stages):
            listed = ", ".join(f"{expression} AS {name}" for name, expression in values.items())
            relation = f"(SELECT {'*' if number else first}, {listed} FROM {relation}) AS stage_{number}"
        return relation

    def _keep(self, expression: str) -> str:
        number = max((int(read) + 1 for read in _NAME.findall(expression) if read), default=0)
        if number == len(self.stages):
            self.stages.append({})
        known = self._names.get(expression)
        if known:
            return known
        name = f"v{number}_{len(self.stages[number]) + 1}"
        self.stages[number][name] = expression
        self._names[expression] = name
        return name
