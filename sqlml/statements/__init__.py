"""LANGUAGE. One file a statement: what its parts mean, and what they ask of the engine.

Enters: a matched rule of grammar/ with its text. Leaves: an operator, every name resolved and every mistake
found that can be found before anything is run. A statement's file has the name of its grammar file.
"""

from collections.abc import Callable

from sqlml.dialect import Node
from sqlml.plan import Catalog, Operator
from sqlml.statements import (
    alter_model,
    assert_model,
    cancel_job,
    create_model,
    describe_model,
    drop_model,
    evaluate,
    explain,
    export_model,
    import_model,
    predict,
    refresh_model,
    show_create_model,
    show_diagnostics,
    show_jobs,
    show_models,
    show_trials,
)
from sqlml.statements.evaluate import evaluation
from sqlml.statements.predict import prediction, row_prediction, unseen_prediction

# How each statement and call of the grammar becomes an operator.
STATEMENTS: dict[str, Callable[[Node, str, Catalog], Operator]] = {
    "create_model": create_model.bind,
    "refresh_model": refresh_model.bind,
    "predict": predict.bind,
    "evaluate": evaluate.bind,
    "assert_model": assert_model.bind,
    "explain": explain.bind,
    "show_diagnostics": show_diagnostics.bind,
    "show_jobs": show_jobs.bind,
    "cancel_job": cancel_job.bind,
    "show_models": show_models.bind,
    "show_trials": show_trials.bind,
    "show_create_model": show_create_model.bind,
    "describe_model": describe_model.bind,
    "alter_model": alter_model.bind,
    "drop_model": drop_model.bind,
    "export_model": export_model.bind,
    "import_model": import_model.bind,
}

__all__ = ["STATEMENTS", "evaluation", "prediction", "row_prediction", "unseen_prediction"]
