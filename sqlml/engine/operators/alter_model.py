"""ALTER MODEL: what a model, its default version and its aliases are called."""

from dataclasses import replace

from sqlml.engine import catalog, macros
from sqlml.engine.operators.answer import Answer
from sqlml.engine.operators.models import nothing
from sqlml.engine.scope import Scope
from sqlml.plan import RenameModel, SetAlias, SetDefault, UnsetAlias
from sqlml.plan.name_problems import CallsLeftBehind


def rename(operator: RenameModel, scope: Scope) -> Answer:
    """Gives the model its new name, and says what goes on calling the old one; no rows."""
    model, host = operator.model, scope.host
    catalog.check_writable(host, model.database)
    is_another = operator.name.lower() != model.name.lower()
    if is_another and (calling := macros.calling(host, model)):
        scope.notices.append(CallsLeftBehind(model.name, operator.name, calling))
    with host.transaction():
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
    catalog.check_writable(scope.host, operator.model.database)
    with scope.host.transaction():
        catalog.set_default(scope.host, operator.model)
        macros.write(scope.host, replace(operator.model, called=""))
    return nothing(scope)


def set_alias(operator: SetAlias, scope: Scope) -> Answer:
    """Lets the alias mean this version, in views too; no rows."""
    model, host = operator.model, scope.host
    catalog.check_writable(host, model.database)
    with host.transaction():
        catalog.set_alias(host, model, operator.alias)
        macros.write(host, replace(model, called=catalog.alias_called(operator.alias)))
    return nothing(scope)


def unset_alias(operator: UnsetAlias, scope: Scope) -> Answer:
    """Takes the alias away; no rows."""
    catalog.check_writable(scope.host, operator.model.database)
    with scope.host.transaction():
        catalog.unset_alias(scope.host, operator.model, operator.alias)
        macros.remove(scope.host, operator.model)
    return nothing(scope)
