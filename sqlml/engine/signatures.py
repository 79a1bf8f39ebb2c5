"""The models of the attached databases as tables are listed: where they are, what they read and what they add."""

from dataclasses import dataclass

from sqlml.diagnostics import Span
from sqlml.engine import catalog
from sqlml.engine.connection import Connection
from sqlml.engine.database import Host
from sqlml.engine.scoring import output_types
from sqlml.plan import ModelName
from sqlml.schema import Column


@dataclass(frozen=True)
class Signature:
    """A model's default version: its place, the columns that it reads, and those of its prediction behind them."""

    database: str
    schema: str
    name: str
    columns: tuple[Column, ...]


def signatures(db: Connection) -> list[Signature]:
    """One for each model, as the connection's transaction sees them."""
    host = db.host()
    return [
        _signature(host, ModelName((database, schema, name), Span(0, 0)))
        for database in catalog.homes(host)
        for schema, name in host.rows(f"SELECT schema_name, model_name FROM {catalog.home(database)}.models")
    ]


def _signature(host: Host, name: ModelName) -> Signature:
    model = catalog.find(host, name)
    if model is None:
        database, schema, called = name.parts
        return Signature(database, schema, called, ())
    added = [
        Column(output, kind)
        for part in model.parts
        for output, kind in zip(part.outputs, output_types(part.target.type), strict=False)
    ]
    return Signature(model.database, model.schema, model.name, (*model.inputs, *added))
