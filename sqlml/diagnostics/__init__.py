"""GROUND. One vocabulary for every error, warning and notice, and nothing else.

Enters: facts (names, counts, places). Leaves: `Problem`s to raise or collect, and `Diagnostic`s, the
one object that the renderers show. Knows no layer above it; each layer words its own problems in its
`problems.py`. A problem's class is its condition, and its docstring the page of `sqlml help`.
"""

from sqlml.diagnostics.diagnostic import Diagnostic, Severity
from sqlml.diagnostics.problem import Log, Notice, Problem, RawCause, Warning
from sqlml.diagnostics.span import Place, Span
from sqlml.diagnostics.suggest import nearest

__all__ = ["Diagnostic", "Log", "Notice", "Place", "Problem", "RawCause", "Severity", "Span", "Warning", "nearest"]
