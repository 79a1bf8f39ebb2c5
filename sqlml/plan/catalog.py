"""What the binder may ask about what exists; the engine answers."""

from dataclasses import dataclass
from typing import Protocol

from sqlml.diagnostics import Span
from sqlml.plan.query import Query
from sqlml.schema import Column, Task


@dataclass(frozen=True)
class ModelName:
    """A model as the user names it: one to three parts, and the version asked for, if any."""

    parts: tuple[str, ...]
    span: Span
    version: int | None = None

    def __str__(self) -> str:
        return ".".join(self.parts) + (f" VERSION {self.version}" if self.version is not None else "")


@dataclass(frozen=True)
class Model:
    """What a statement needs to know of a stored model version.

    `is_foreign` where it is not in the current database. `classes` are the target's values as text, (negative,
    positive) for a binary target, none for a regression; `prior` their shares in training, or the mean.
    """

    database: str
    schema: str
    name: str
    version: int
    is_default: bool
    is_foreign: bool
    task: Task
    target: Column
    inputs: tuple[Column, ...]
    classes: tuple[str, ...]
    prior: tuple[float, ...]
    artifact: str

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the columns that a prediction adds."""
        predicted = f"predicted_{self.target.name}"
        if not self.task.classifies:
            return (predicted,)
        return (predicted, f"{predicted}_probability", f"{predicted}_probabilities")


class Catalog(Protocol):
    """What exists, as the statement's own transaction sees it."""

    def columns(self, query: Query) -> list[Column]:
        """The columns of a query, duplicates included. Raises the problem of a query that is wrong."""

    def model(self, name: ModelName) -> Model | None:
        """The stored version that `name` means, or None."""

    def models(self) -> list[str]:
        """The names of all models, for near names."""

    def versions(self, name: ModelName) -> list[int]:
        """The versions that a model has, ascending; none if there is no such model."""

    def is_table(self, name: ModelName) -> bool:
        """Whether `name` means a table or view."""
