"""A diagnostic for people."""

from sqlml.diagnostics.diagnostic import Diagnostic, Severity

_COLOURS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.NOTICE: "\x1b[1;36m",
    Severity.LOG: "\x1b[2m",
}
_PLAIN = "\x1b[0m"


def as_text(diagnostic: Diagnostic, *, colour: bool = False) -> str:
    """Severity and message, then the place, the detail, the hint and where to read more; no final newline."""
    label = str(diagnostic.severity)
    if colour:
        label = _COLOURS[diagnostic.severity] + label + _PLAIN
    lines = [f"{label}: {diagnostic.message}"]
    if diagnostic.place is not None:
        source, caret = diagnostic.place.excerpt.split("\n")
        head = f"LINE {diagnostic.place.line}: "
        lines += [head + source, " " * len(head) + caret]
    if diagnostic.detail:
        lines.append(f"DETAIL: {diagnostic.detail}")
    if diagnostic.hint:
        lines.append(f"HINT: {diagnostic.hint}")
    if diagnostic.severity is Severity.ERROR:
        lines.append(f"MORE: sqlml help {diagnostic.condition} ({diagnostic.sqlstate})")
    return "\n".join(lines)
