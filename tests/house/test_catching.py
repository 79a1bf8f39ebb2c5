"""Only doors and gates catch everything; elsewhere an error is caught by its name."""

import ast
from collections.abc import Iterator

# Doors show whatever went wrong; gates give another library's errors our names; a worker and a job report their own
# end, and a search the trials that failed; a GPU that is tried may fail in any way; a program that watches a training
# must not break it, nor a learner that somebody else has installed.
MAY_CATCH_ALL = {
    "sqlml/cli/main.py",
    "sqlml/dialect/bigquery.py",
    "sqlml/engine/connection.py",
    "sqlml/engine/worded.py",
    "sqlml/engine/job.py",
    "sqlml/engine/progress.py",
    "sqlml/model/foreign/graph.py",
    "sqlml/model/onnx.py",
    "sqlml/model/runtime.py",
    "sqlml/serve/execution.py",
    "sqlml/serve/failures.py",
    "sqlml/serve/quack.py",
    "sqlml/serve/results.py",
    "sqlml/serve/running.py",
    "sqlml/train/device.py",
    "sqlml/train/examine.py",
    "sqlml/train/learner.py",
    "sqlml/train/learners/linear.py",
    "sqlml/train/learners/trees.py",
    "sqlml/train/search.py",
    "sqlml/train/worker.py",
}


def caught(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines that swallow every error, by `except` or by `suppress`.

    A handler of BaseException that raises again is no such line: it only tidies up.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = {part.id for part in ast.walk(node.type or ast.Name("BaseException")) if isinstance(part, ast.Name)}
            passes_on = any(isinstance(step, ast.Raise) and step.exc is None for step in node.body)
            if "Exception" in kinds or ("BaseException" in kinds and not passes_on):
                yield node.lineno, "except"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            kinds = {ast.unparse(argument) for argument in node.args}
            if kinds & {"Exception", "BaseException"}:
                yield node.lineno, "suppress"


def test_everything_is_caught_only_at_doors_and_gates(modules: dict[str, ast.Module]) -> None:
    found = {path: list(caught(tree)) for path, tree in modules.items() if path not in MAY_CATCH_ALL}
    assert {path: lines for path, lines in found.items() if lines} == {}
