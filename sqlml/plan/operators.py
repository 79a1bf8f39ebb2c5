"""What the engine can be asked to do: a small fixed set."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlml.diagnostics import Notice, Span
from sqlml.plan.catalog import Model, ModelName
from sqlml.plan.options import Given, Settings
from sqlml.plan.query import Query
from sqlml.plan.score_options import Asked
from sqlml.schema import Column


@dataclass(frozen=True)
class Aim:
    """A column to predict, and the place where it is named."""

    target: Column
    place: Span


@dataclass(frozen=True)
class Train:
    """Learn each target of `aims` from other columns of `query`, and store the model as `name`.

    `columns` are those to learn from: neither a target nor those that the settings set apart. `places` are those of
    the options' values, by the option's name.
    """

    name: ModelName
    aims: tuple[Aim, ...]
    query: Query
    columns: tuple[Column, ...]
    settings: Settings
    version: int
    notices: tuple[Notice, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class Adaptation:
    """How a query's columns become a model's inputs: each column to cast with its SQL, and what to say of them."""

    casts: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Score:
    """The rows of `query` with the model's prediction beside them, and what else was `asked`."""

    model: Model
    query: Query
    adaptation: Adaptation = Adaptation()
    asked: Asked = field(default_factory=Asked)


@dataclass(frozen=True)
class ScoreRow:
    """One column of the model's prediction, called `output`, of one row."""

    model: Model
    output: str
    adaptation: Adaptation = Adaptation()
    asked: Asked = field(default_factory=Asked)


@dataclass(frozen=True)
class Evaluate:
    """The model's metrics, on the rows of `query`, or on the rows held out in training.

    With a `threshold`, of what it predicts where the positive class needs that probability.
    """

    model: Model
    query: Query | None
    adaptation: Adaptation = Adaptation()
    threshold: float | None = None


@dataclass(frozen=True)
class Requirement:
    """What a metric must be: beyond one of the `numbers`, as the `sign` says, or BETWEEN two of them."""

    metric: str
    sign: str
    numbers: tuple[float, ...]
    place: Span

    def __str__(self) -> str:
        return f"{self.sign} {' AND '.join(f'{number:.15g}' for number in self.numbers)}"


@dataclass(frozen=True)
class Assert:
    """Fail unless each of the `requirements` holds for what `measured` finds."""

    measured: Evaluate
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Refresh:
    """Train the model again, by the statement kept with it, on what its query returns today.

    Only if that has `drifted`, or if the version is older than what stands at `age`, where one of these is asked for.
    `options` are those that are other ones this time, and `place` is where the model is named.
    """

    model: Model
    place: Span
    options: tuple[Given, ...] = ()
    drifted: bool = False
    age: Span | None = None


@dataclass(frozen=True)
class InBackground:
    """Do a training while other statements run. `place` is where that is asked for.

    With `may_exist`, the statement can be run where there is such a model already.
    """

    training: Train | Refresh
    place: Span
    may_exist: bool


@dataclass(frozen=True)
class ShowJobs:
    """A row for every training in the background."""


@dataclass(frozen=True)
class CancelJob:
    """End the training in the background that has this number; `place` is where it is named."""

    job: int
    place: Span


@dataclass(frozen=True)
class Explain:
    """The plan of another operator, as rows."""

    operator: Train | Score | Evaluate | Refresh


@dataclass(frozen=True)
class ShowDiagnostics:
    """A row for each of the latest errors, warnings and notices."""


@dataclass(frozen=True)
class ShowModels:
    """A row for every model."""


@dataclass(frozen=True)
class ShowTrials:
    """A row for everything that was tried when a model was trained."""

    model: Model


@dataclass(frozen=True)
class DescribeModel:
    """What a model needs, computes and returns."""

    model: Model


@dataclass(frozen=True)
class ShowCreateModel:
    """The statement that makes a model again."""

    model: Model


@dataclass(frozen=True)
class DropModel:
    """Remove a model, or the one version of it that is named."""

    model: Model
    version: int | None


@dataclass(frozen=True)
class Export:
    """Write the model into a folder, as files of a format, and of a dialect where the format has some.

    `place` is where the folder is named.
    """

    model: Model
    folder: str
    place: Span
    format: str
    dialect: str | None = None


@dataclass(frozen=True)
class RenameModel:
    """Give a model, all its versions, another name in the same schema."""

    model: Model
    name: str


@dataclass(frozen=True)
class SetDefault:
    """Let the name of a model mean this version of it."""

    model: Model


@dataclass(frozen=True)
class SetAlias:
    """Let an alias mean this version of the model, whatever it meant before."""

    model: Model
    alias: str


@dataclass(frozen=True)
class UnsetAlias:
    """Take an alias away; `model` is the version that it means."""

    model: Model
    alias: str


@dataclass(frozen=True)
class Import:
    """Store the model of a file as `name`, with a prediction of what is called `target`.

    `columns` are the names of what it reads where they are not those in the file; `place` and `columns_place` are where
    the file and they are named.
    """

    name: ModelName
    target: str
    file: str
    place: Span
    columns: tuple[str, ...] | None
    columns_place: Span | None
    version: int


@dataclass(frozen=True)
class Keep:
    """Leave everything as it is, and say why."""

    notice: Notice


Operator = (
    Train
    | Score
    | Evaluate
    | Assert
    | Refresh
    | InBackground
    | ShowJobs
    | CancelJob
    | Explain
    | ShowDiagnostics
    | ShowModels
    | ShowTrials
    | ShowCreateModel
    | DescribeModel
    | RenameModel
    | SetDefault
    | SetAlias
    | UnsetAlias
    | DropModel
    | Export
    | Import
    | Keep
)
