"""What the words of a row's features are written on."""

from dataclasses import dataclass

from sqlml.export.stages import Stages
from sqlml.prep.ask import Ask


@dataclass(frozen=True)
class Sheet:
    """The row as SQL names it, the values kept on the way, and the engine to write for; `ask` is for the database.

    An expression reads either the row or kept values, as these are of a later stage.
    """

    row: str
    stages: Stages
    dialect: str
    ask: Ask

    def keep(self, expression: str) -> str:
        """A name for what would else be computed in several places."""
        return self.stages.keep([expression])[0]
