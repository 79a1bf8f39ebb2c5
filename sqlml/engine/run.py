"""Every operator's way of being run: each leaves SQL whose rows are the statement's answer."""

from collections.abc import Callable
from importlib import import_module

from sqlml.engine.operators.answer import Answer
from sqlml.engine.scope import Scope
from sqlml.plan import (
    DescribeModel,
    DropModel,
    Evaluate,
    Explain,
    Export,
    Import,
    Operator,
    Score,
    ShowDiagnostics,
    ShowModels,
    ShowTrials,
    Train,
)
from sqlml.plan.operators import Keep

# Module of engine.operators and function in it. They load when first used: `import sqlml` stays light.
_RUNNERS: dict[type[Operator], tuple[str, str]] = {
    Train: ("train", "train"),
    Score: ("score", "around"),
    Evaluate: ("evaluate", "evaluate"),
    Explain: ("explain", "explain"),
    ShowDiagnostics: ("diagnostics", "show"),
    ShowModels: ("models", "show"),
    ShowTrials: ("models", "trials"),
    DescribeModel: ("models", "describe"),
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
