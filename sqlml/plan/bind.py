"""Checks that a query fits a model, and says which casts make it fit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlml.diagnostics import Notice, Span
from sqlml.plan.casts import holds, safe_cast
from sqlml.plan.catalog import FLAGGED, Catalog, Model, ModelName, Part, predicted
from sqlml.plan.input_problems import (
    InputCast,
    InputMissing,
    InputTwice,
    InputType,
    OutputTaken,
    OutputTwice,
    TargetNotInQuery,
)
from sqlml.plan.name_problems import AliasUnknown
from sqlml.plan.operators import Adaptation, Aim
from sqlml.plan.problems import ModelExists, ModelUnknown, NamedLikeATable, NotAModel, VersionUnknown
from sqlml.plan.score_options import Asked
from sqlml.quote import identifier
from sqlml.schema import Column, Task


def existing_model(name: ModelName, catalog: Catalog) -> Model:
    """The stored version that `name` means.

    Raises:
        ModelUnknown, VersionUnknown, AliasUnknown, NotAModel: it means none.
    """
    model = catalog.model(name)
    if model is not None:
        return model
    if versions := catalog.versions(name):
        if name.alias is not None:
            raise AliasUnknown(str(replace(name, alias=None)), name.alias, list(catalog.aliases(name)), name.span)
        raise VersionUnknown(str(name), versions, name.span)
    if catalog.is_table(name):
        raise NotAModel(str(name), catalog.models(), name.span)
    raise ModelUnknown(str(name), catalog.models(), name.span)


def next_version(name: ModelName, catalog: Catalog, *, replaces: bool, verb: str) -> int:
    """The number of the version that a statement of that verb makes.

    Raises:
        ModelExists, NamedLikeATable: it may make none.
    """
    versions = catalog.versions(name)
    if versions and not replaces:
        raise ModelExists(str(name), name.span, verb)
    if not versions and catalog.is_table(name):
        raise NamedLikeATable(str(name), name.span, verb)
    return max(versions, default=0) + 1


def adapt(model: Model, columns: Sequence[Column], span: Span, row: str = "") -> Adaptation:
    """How the columns of a query become the inputs of `model`; `row` is SQL that stands before their names.

    Raises:
        InputMissing, InputTwice, InputType: they cannot.
    """
    counts = Counter(column.name.lower() for column in columns)
    there = {column.name.lower(): column for column in columns}
    missing = [wanted.name for wanted in model.inputs if wanted.name.lower() not in there]
    if missing:
        raise InputMissing(model.name, missing, [column.name for column in columns], span)
    casts: list[tuple[str, str]] = []
    notices: list[Notice] = []
    for wanted in model.inputs:
        found = there[wanted.name.lower()]
        if counts[found.name.lower()] > 1:
            raise InputTwice(found.name, span)
        if found.type == wanted.type or (model.is_imported and holds(wanted.type, found.type)):
            continue
        cast = safe_cast(found.type, wanted.type, row + identifier(found.name))
        if cast is None:
            raise InputType(found, wanted.type, span, imported=model.is_imported)
        casts.append((wanted.name, cast))
        notices.append(InputCast(found, wanted.type, imported=model.is_imported))
    return Adaptation(tuple(casts), tuple(notices))


def check_distinct(columns: Sequence[Column], span: Span) -> None:
    """Raises InputTwice where two columns have one name."""
    counts = Counter(column.name.lower() for column in columns)
    for column in columns:
        if counts[column.name.lower()] > 1:
            raise InputTwice(column.name, span)


def check_outputs(model: Model, asked: Asked, columns: Sequence[Column], span: Span) -> None:
    """Raises OutputTaken where a column has the name of one that the prediction adds."""
    outputs = {name.lower() for name in (*model.outputs, *([FLAGGED] if asked.flags else []))}
    for column in columns:
        if column.name.lower() in outputs:
            raise OutputTaken(column.name, span)


def check_predictions(aims: Sequence[tuple[Aim, Task]]) -> None:
    """Raises OutputTwice, at the later target's place, where the predictions of two targets would have one name."""
    taken: dict[str, Aim] = {}
    for aim, task in aims:
        for name in predicted(aim.target, task):
            if name.lower() in taken:
                raise OutputTwice(name, taken[name.lower()].target.name, aim.target.name, aim.place)
            taken[name.lower()] = aim


def check_targets(model: Model, columns: Sequence[Column], span: Span) -> None:
    """Raises TargetNotInQuery, InputTwice or InputType where a target is not there once, in a type like its own."""
    for part in model.parts:
        _check_target(model, part, columns, span)


def _check_target(model: Model, part: Part, columns: Sequence[Column], span: Span) -> None:
    wanted = part.target
    found = [column for column in columns if column.name.lower() == wanted.name.lower()]
    if not found:
        raise TargetNotInQuery(model.name, wanted.name, columns, span)
    if len(found) > 1:
        raise InputTwice(wanted.name, span)
    type_ = found[0].type
    # Who made the model elsewhere may have had numbers for what is true and false here.
    if type_ == wanted.type or (model.is_imported and part.classes and holds(wanted.type, type_)):
        return
    if safe_cast(type_, wanted.type, identifier(wanted.name)) is None:
        raise InputType(found[0], wanted.type, span, imported=model.is_imported)
