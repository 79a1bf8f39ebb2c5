"""`sqlml help CODE`: what a diagnostic means and what to do."""

import inspect

import click

import sqlml
from sqlml.diagnostics import Problem, nearest
from sqlml.diagnostics.index import conditions, find, load


@click.command("help")
@click.argument("code", required=False)
def help_command(code: str | None) -> None:
    """What a diagnostic means and what to do: CODE is its name or its SQLSTATE."""
    load(sqlml)
    if code is None:
        for name, kind in conditions().items():
            click.echo(f"{name:28} {kind.sqlstate}  {_page(kind).splitlines()[0]}")
        return
    found = find(code)
    if not found:
        near = nearest(code, conditions())
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `sqlml help` lists them all"
        raise click.UsageError(f"there is no diagnostic `{code}`{hint}")
    click.echo("\n\n".join(f"{kind.condition()} ({kind.severity} {kind.sqlstate})\n\n{_page(kind)}" for kind in found))


def _page(kind: type[Problem]) -> str:
    return inspect.getdoc(kind) or ""
