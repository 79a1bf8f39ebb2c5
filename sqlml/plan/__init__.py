"""LANGUAGE. Statements become operators: what is to be done, with every name resolved.

Enters: a statement's parts and a `Catalog` that answers what exists. Leaves: operators for the engine, or
a problem in the user's nouns. Knows no learner, no Arrow and no DuckDB; queries are opaque text.
"""

from sqlml.plan.catalog import Catalog, Model, ModelName, Part
from sqlml.plan.operators import (
    Aim,
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
    ScoreRow,
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
from sqlml.plan.query import Query

__all__ = [
    "Aim",
    "Assert",
    "CancelJob",
    "Catalog",
    "DescribeModel",
    "DropModel",
    "Evaluate",
    "Explain",
    "Export",
    "Import",
    "InBackground",
    "Model",
    "ModelName",
    "Operator",
    "Part",
    "Query",
    "Refresh",
    "RenameModel",
    "Score",
    "ScoreRow",
    "SetAlias",
    "SetDefault",
    "ShowCreateModel",
    "ShowDiagnostics",
    "ShowJobs",
    "ShowModels",
    "ShowTrials",
    "Train",
    "UnsetAlias",
]
