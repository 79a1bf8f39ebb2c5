"""Every operator's way of being run: each leaves SQL whose rows are the statement's answer."""

from collections.abc import Callable
from importlib import import_module

from sqlml.engine.operators.answer import Answer
from sqlml.engine.scope import Scope
from sqlml.plan import (
    Assert,
    CancelJob,
    DescribeModel,
    DropModel,
    Evaluate,
    Explain,
    Export,
    Import,
    InBackground,
    Operator,
    Refresh,
    RenameModel,
    Score,
    SetAlias,
    SetDefault,
    ShowCreateModel,
    ShowDiagnostics,
    ShowJobs,
    ShowModels,
    ShowTrials,
    Train,
    UnsetAlias,
)
from sqlml.plan.operators import Keep

# Module of engine.operators and function in it. They load when first used: `import sqlml` stays light.
_RUNNERS: dict[type[Operator], tuple[str, str]] = {
    Train: ("train", "train"),
    Refresh: ("refresh_model", "refresh"),
    InBackground: ("background", "begin"),
    ShowJobs: ("jobs", "show"),
    CancelJob: ("jobs", "cancel"),
    Score: ("score", "predict"),
    Evaluate: ("evaluate", "evaluate"),
    Assert: ("assert_model", "check"),
    Explain: ("explain", "explain"),
    ShowDiagnostics: ("diagnostics", "show"),
    ShowModels: ("models", "show"),
    ShowTrials: ("models", "trials"),
    ShowCreateModel: ("show_create_model", "show"),
    DescribeModel: ("models", "describe"),
    RenameModel: ("alter_model", "rename"),
    SetDefault: ("alter_model", "set_default"),
    SetAlias: ("alter_model", "set_alias"),
    UnsetAlias: ("alter_model", "unset_alias"),
    DropModel: ("models", "drop"),
    Export: ("export", "export"),
    Import: ("bringing", "bring"),
    Keep: ("models", "keep"),
}


def run(operator: Operator, scope: Scope) -> Answer:
    """Runs `operator` for the statement of `scope`."""
    module, name = _RUNNERS[type(operator)]
    runner: Callable[[Operator, Scope], Answer] = getattr(import_module(f"sqlml.engine.operators.{module}"), name)
    return runner(operator, scope)
