"""What the binder may ask about what exists; the engine answers."""

from dataclasses import dataclass
from typing import Protocol

from sqlml.diagnostics import Span
from sqlml.plan.query import Query
from sqlml.schema import Column, Task

# The column that a prediction adds where it is asked for: in what a row is unlike those of the training.
FLAGGED = "prediction_flags"


@dataclass(frozen=True)
class ModelName:
    """A model as the user names it: one to three parts, and the version or the alias asked for, if any."""

    parts: tuple[str, ...]
    span: Span
    version: int | None = None
    alias: str | None = None

    def __str__(self) -> str:
        version = f" VERSION {self.version}" if self.version is not None else ""
        return ".".join(self.parts) + version + (f"@{self.alias}" if self.alias is not None else "")


@dataclass(frozen=True)
class Part:
    """What of a model predicts one target.

    `inputs` are the columns that it reads. `classes` are the target's values as text, (negative, positive) for a
    binary target, none for a regression; `prior` their shares in training, or the mean. A part that was imported has
    none, as nothing is known of its training.
    """

    task: Task
    target: Column
    inputs: tuple[Column, ...]
    classes: tuple[str, ...]
    prior: tuple[float, ...]
    artifact: str

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the columns that a prediction of the target adds."""
        return predicted(self.target, self.task)


def predicted(target: Column, task: Task) -> tuple[str, ...]:
    """The names of the columns that a prediction of `target` adds."""
    name = f"predicted_{target.name}"
    return (name, f"{name}_probability", f"{name}_probabilities") if task.classifies else (name,)


@dataclass(frozen=True)
class Model:
    """What a statement needs to know of a stored model version: where it is, and its parts, one for each target.

    `called` is what stands behind the model's name where this version is meant: nothing for the default one, or
    ` VERSION 3`, or `@champion`. `is_foreign` where it is not in the current database.
    """

    database: str
    schema: str
    name: str
    version: int
    called: str
    is_default: bool
    is_foreign: bool
    parts: tuple[Part, ...]

    @property
    def is_imported(self) -> bool:
        """Whether it was made elsewhere, so that nothing is known of its training."""
        return not all(part.prior for part in self.parts)

    def prefix(self, part: Part) -> str:
        """What stands before the names of a part's metrics: where there are several parts, its target."""
        return "" if len(self.parts) == 1 else f"{part.target.name}."

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that a row must have, each once."""
        return tuple(dict.fromkeys(column for part in self.parts for column in part.inputs))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the columns that a prediction adds, in the order of the targets."""
        return tuple(name for part in self.parts for name in part.outputs)


class Catalog(Protocol):
    """What exists, as the statement's own transaction sees it."""

    def columns(self, query: Query) -> list[Column]:
        """The columns of a query, duplicates included. Raises the problem of a query that is wrong."""

    def row(self, place: Span) -> list[Column] | None:
        """The columns of the row that an expression stands for, duplicates included; None where nobody can tell."""

    def model(self, name: ModelName) -> Model | None:
        """The stored version that `name` means, or None."""

    def models(self) -> list[str]:
        """The names of all models, for near names."""

    def versions(self, name: ModelName) -> list[int]:
        """The versions that a model has, ascending; none if there is no such model."""

    def aliases(self, name: ModelName) -> dict[str, int]:
        """The aliases of a model and the version that each means; none if there is no such model."""

    def is_table(self, name: ModelName) -> bool:
        """Whether `name` means a table or view."""
