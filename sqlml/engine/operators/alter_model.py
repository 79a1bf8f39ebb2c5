"""ALTER MODEL: what a model, its default version and its aliases are called."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlml.engine import catalog, macros
from sqlml.engine.database import Host
from sqlml.engine.operators.answer import Answer
from sqlml.engine.operators.models import nothing
from sqlml.engine.scope import Scope
from sqlml.plan import Model, RenameModel, SetAlias, SetDefault, UnsetAlias
from sqlml.plan.name_problems import CallsLeftBehind


def rename(operator: RenameModel, scope: Scope) -> Answer:
    """Gives the model its new name, and says what goes on calling the old one; no rows."""
    model, host = operator.model, scope.host
    with _changed(host, model):
        is_another = operator.name.lower() != model.name.lower()
        if is_another and (calling := macros.calling(host, model)):
            scope.notices.append(CallsLeftBehind(model.name, operator.name, calling))
        every = catalog.all_called(host, model)
        for called in every:
            macros.remove(host, replace(model, called=called))
        catalog.rename(host, model, operator.name)
        where = (model.database, model.schema, operator.name)
        for called, version in every.items():
            macros.write(host, catalog.stored(host, where, version, called))
    return nothing(scope)


def set_default(operator: SetDefault, scope: Scope) -> Answer:
    """Lets the model's name mean this version, in views too; no rows."""
    with _changed(scope.host, operator.model):
        catalog.set_default(scope.host, operator.model)
        macros.write(scope.host, replace(operator.model, called=""))
    return nothing(scope)


def set_alias(operator: SetAlias, scope: Scope) -> Answer:
    """Lets the alias mean this version, in views too; no rows."""
    model, host = operator.model, scope.host
    with _changed(host, model):
        catalog.set_alias(host, model, operator.alias)
        macros.write(host, replace(model, called=catalog.alias_called(operator.alias)))
    return nothing(scope)


def unset_alias(operator: UnsetAlias, scope: Scope) -> Answer:
    """Takes the alias away; no rows."""
    with _changed(scope.host, operator.model):
        catalog.unset_alias(scope.host, operator.model, operator.alias)
        macros.remove(scope.host, operator.model)
    return nothing(scope)


@contextmanager
def _changed(host: Host, model: Model) -> Iterator[None]:
    """What is done inside to a model stands or falls together, in a database that has all that it takes.

    Raises:
        ReadOnlyDatabase: nothing can be done to it.
    """
    catalog.check_writable(host, model.database)
    with host.transaction():
        catalog.prepare(host, model.database)
        yield
