"""The models of the attached databases, kept in a schema `sqlml` of each."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sqlml.engine import job_rows, parts, record
from sqlml.engine.database import Host
from sqlml.engine.problems import DatabaseUnknown, QueryWrong, ReadOnlyDatabase
from sqlml.plan import Model, ModelName
from sqlml.prep.limits import Limits, from_json
from sqlml.prep.recipe import Recipe
from sqlml.quote import identifier, literal, word
from sqlml.score import function
from sqlml.score.formula import Formula
from sqlml.surface import surface

# Readable by any DuckDB client; times are UTC. A version has a row in `versions`, and one in `targets` for each column
# that it predicts; an artifact is what predicts one of these. No keys: one would refuse to delete and insert a row in
# a transaction.
_TABLES = """
CREATE TABLE IF NOT EXISTS {home}.models (
    schema_name VARCHAR, model_name VARCHAR, default_version INTEGER, created_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS {home}.aliases (
    schema_name VARCHAR, model_name VARCHAR, alias VARCHAR, version INTEGER);
CREATE TABLE IF NOT EXISTS {home}.versions (
    schema_name VARCHAR, model_name VARCHAR, version INTEGER, task VARCHAR, target VARCHAR, query VARCHAR,
    options VARCHAR, learner VARCHAR, rows BIGINT, features INTEGER, metric VARCHAR, value DOUBLE, baseline DOUBLE,
    seconds DOUBLE, device VARCHAR, device_reason VARCHAR, notices VARCHAR[], sqlml_version VARCHAR,
    created_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS {home}.targets (
    schema_name VARCHAR, model_name VARCHAR, version INTEGER, position INTEGER, artifact VARCHAR, task VARCHAR,
    target VARCHAR, target_type VARCHAR, learner VARCHAR, detail VARCHAR, rows BIGINT, features INTEGER,
    metric VARCHAR, value DOUBLE, baseline DOUBLE, inputs STRUCT("name" VARCHAR, "type" VARCHAR)[], classes VARCHAR[],
    prior DOUBLE[], recipe VARCHAR, scoring VARCHAR, linear VARCHAR, limits VARCHAR);
ALTER TABLE {home}.targets ADD COLUMN IF NOT EXISTS scoring VARCHAR;
ALTER TABLE {home}.targets ADD COLUMN IF NOT EXISTS linear VARCHAR;
ALTER TABLE {home}.targets ADD COLUMN IF NOT EXISTS limits VARCHAR;
CREATE TABLE IF NOT EXISTS {home}.metrics (
    artifact VARCHAR, position INTEGER, metric VARCHAR, value DOUBLE, lower DOUBLE, upper DOUBLE, baseline DOUBLE,
    rows BIGINT);
CREATE TABLE IF NOT EXISTS {home}.trials (
    artifact VARCHAR, number INTEGER, learner VARCHAR, settings VARCHAR, metric VARCHAR, value DOUBLE, seconds DOUBLE,
    state VARCHAR, message VARCHAR);
CREATE TABLE IF NOT EXISTS {home}.learnt (
    artifact VARCHAR, histograms VARCHAR, probe UBIGINT, every INTEGER, marks UINTEGER[], counts BIGINT[]);
CREATE TABLE IF NOT EXISTS {home}.held_out (artifact VARCHAR, mark UINTEGER, scores DOUBLE[]);
CREATE TABLE IF NOT EXISTS {home}.drift (
    schema_name VARCHAR, model_name VARCHAR, version INTEGER, checked_at TIMESTAMP, target VARCHAR,
    "column" VARCHAR, shift DOUBLE, bound DOUBLE, rows BIGINT);
CREATE TABLE IF NOT EXISTS {home}.curves (
    artifact VARCHAR, curve VARCHAR, position INTEGER, x DOUBLE, y DOUBLE, actual VARCHAR, predicted VARCHAR,
    rows BIGINT);
CREATE TABLE IF NOT EXISTS {home}.importance (
    schema_name VARCHAR, model_name VARCHAR, version INTEGER, target VARCHAR, "column" VARCHAR, importance DOUBLE);
CREATE TABLE IF NOT EXISTS {home}.artifacts (id VARCHAR, part INTEGER, bytes BLOB);
CREATE TABLE IF NOT EXISTS {home}.about (surface VARCHAR);
"""

# Bytes of an artifact go into rows of at most this size.
_CHUNK = 16 << 20


def homes(host: Host) -> list[str]:
    """The databases that hold models, as they are called here, the current one first."""
    # Sorted here: each prediction asks, and DuckDB takes a third of a millisecond to plan a sort.
    found = host.rows(
        "SELECT database_name <> current_database(), database_name FROM duckdb_tables()"
        " WHERE schema_name = 'sqlml' AND table_name = 'models'"
    )
    return [name for _, name in sorted(found)]


def find(host: Host, name: ModelName) -> Model | None:
    """The stored version that `name` means, or None."""
    try:
        return _find(host, name)
    except QueryWrong:
        if not host.findings.holders:
            raise
        # One of them is not what it was.
        host.findings.holders.clear()
        return _find(host, name)


def _find(host: Host, name: ModelName) -> Model | None:
    for database, schema, model in _meanings(host, name):
        holder = _holder(host, database)
        if holder is None:
            continue
        named = f"lower(m.schema_name) = lower({literal(schema)}) AND lower(m.model_name) = lower({literal(model)})"
        if found := _named(host, holder, name, named):
            return found
    return None


def _holder(host: Host, database: str) -> str | None:
    """The database of that name as it is called here, where it holds models."""
    if database not in host.findings.holders:
        host.findings.holders.update(homes(host))
    # A copy: other threads may find others meanwhile.
    return next((holder for holder in tuple(host.findings.holders) if holder.lower() == database.lower()), None)


def _named(host: Host, database: str, name: ModelName, named: str) -> Model | None:
    """The version of the model that is `named` which its name means."""
    found = host.rows(f"SELECT schema_name, model_name, default_version FROM {home(database)}.models m WHERE {named}")
    if not found:
        return None
    ((schema, model, default),) = found
    version, called = default, ""
    if name.version is not None:
        version, called = name.version, version_called(name.version)
    elif name.alias is not None:
        of_alias = f"lower(m.alias) = lower({literal(name.alias)})"
        aliased = host.rows(f"SELECT alias, version FROM {home(database)}.aliases m WHERE {named} AND {of_alias}")
        if not aliased:
            return None
        version, called = aliased[0][1], alias_called(aliased[0][0])
    return _version(host, (database, schema, model), default, version, called)


def _version(host: Host, where: tuple[str, str, str], default: int, version: int, called: str) -> Model | None:
    database, schema, name = where
    of_version = f"schema_name = {literal(schema)} AND model_name = {literal(name)} AND version = {version}"
    found = host.rows(f"SELECT position, artifact FROM {home(database)}.targets WHERE {of_version}")
    if not found:
        return None
    made = parts.parts(host, home(database), [artifact for _, artifact in sorted(found)])
    return Model(*where, version, called, version == default, database != host.current[0], tuple(made))


def stored(host: Host, where: tuple[str, str, str], version: int, called: str | None = None) -> Model:
    """A version of the model that has this database, schema and name; `called` so, or by its number."""
    database, schema, name = where
    of_model = f"schema_name = {literal(schema)} AND model_name = {literal(name)}"
    ((default,),) = host.rows(f"SELECT default_version FROM {home(database)}.models WHERE {of_model}")
    found = _version(host, where, default, version, version_called(version) if called is None else called)
    if found is None:
        raise LookupError(where)
    return found


def version_called(version: int) -> str:
    """What stands behind a model's name where one of its versions is meant."""
    return f" VERSION {version}"


def alias_called(alias: str) -> str:
    """What stands behind a model's name where the version of an alias is meant."""
    return f"@{word(alias)}"


def all_called(host: Host, model: Model) -> dict[str, int]:
    """Everything that may stand behind the name of a model, with the version that is meant by it."""
    at, of_model = home(model.database), _of(model)
    found = {"": host.rows(f"SELECT default_version FROM {at}.models WHERE {of_model}")[0][0]}
    for (version,) in host.rows(f"SELECT version FROM {at}.versions WHERE {of_model}"):
        found[version_called(version)] = version
    return found | {alias_called(alias): version for alias, version in _aliases(host, model).items()}


def versions(host: Host, name: ModelName) -> list[int]:
    """The versions of the model that `name` means, ascending."""
    model = find(host, ModelName(name.parts, name.span))
    if model is None:
        return []
    rows = host.rows(f"SELECT version FROM {home(model.database)}.versions WHERE {_of(model)} ORDER BY version")
    return [version for (version,) in rows]


def aliases(host: Host, name: ModelName) -> dict[str, int]:
    """The aliases of the model that `name` means, with their versions."""
    model = find(host, ModelName(name.parts, name.span))
    return _aliases(host, model) if model else {}


def _aliases(host: Host, model: Model) -> dict[str, int]:
    sql = f"SELECT alias, version FROM {home(model.database)}.aliases WHERE {_of(model)} ORDER BY alias"
    return dict(host.rows(sql))


def names(host: Host) -> list[str]:
    """The names of all models, as a statement would call them here."""
    current, found = host.current, []
    for database in homes(host):
        for schema, name in host.rows(f"SELECT schema_name, model_name FROM {home(database)}.models"):
            if (database, schema) == current:
                found.append(name)
            else:
                found.append(f"{schema}.{name}" if database == current[0] else f"{database}.{schema}.{name}")
    return found


def is_table(host: Host, name: ModelName) -> bool:
    """Whether `name` means a table or view."""
    temporary = [("temp", "main", name.parts[0])] if len(name.parts) == 1 else []
    places = [
        f"(lower(database_name) = lower({literal(d)}) AND lower(schema_name) = lower({literal(s)})"
        f" AND lower(n) = lower({literal(t)}))"
        for d, s, t in [*temporary, *_meanings(host, name)]
    ]
    tables = "SELECT database_name, schema_name, table_name AS n FROM duckdb_tables()"
    views = "SELECT database_name, schema_name, view_name AS n FROM duckdb_views() WHERE NOT internal"
    return bool(host.rows(f"SELECT 1 FROM ({tables} UNION ALL {views}) WHERE {' OR '.join(places)} LIMIT 1"))


def place(host: Host, name: ModelName) -> tuple[str, str, str]:
    """Database, schema and name that a new model called `name` gets.

    Raises:
        DatabaseUnknown, ReadOnlyDatabase: it can have none there.
    """
    there = {
        (database.lower(), schema.lower()): (database, schema)
        for database, schema in host.rows("SELECT database_name, schema_name FROM duckdb_schemas()")
    }
    for database, schema, model in _meanings(host, name):
        if found := there.get((database.lower(), schema.lower())):
            check_writable(host, found[0])
            return (*found, model)
    raise DatabaseUnknown(".".join(name.parts[:-1])).at(name.span)


def check_writable(host: Host, database: str) -> None:
    """Raises ReadOnlyDatabase where `database` can only be read."""
    if host.rows(f"SELECT 1 FROM duckdb_databases() WHERE database_name = {literal(database)} AND readonly"):
        raise ReadOnlyDatabase(database)


def prepare(host: Host, database: str) -> None:
    """Makes the schema, tables and metric macros of `database`, where they are not there as they should be."""
    files = sorted((surface("udfs") / "metrics").glob("*.sql"))
    macros = {path.stem: path.read_text(encoding="utf-8") for path in files}
    fingerprint = hashlib.sha256(
        "".join([_TABLES, record.TABLE, job_rows.TABLE, *macros.values()]).encode()
    ).hexdigest()
    if database in homes(host) and host.rows(f"FROM {home(database)}.about") == [(fingerprint,)]:
        return
    host.run(f"CREATE SCHEMA IF NOT EXISTS {home(database)}")
    for statement in [*_TABLES.split(";")[:-1], record.TABLE, job_rows.TABLE]:
        host.run(statement.format(home=home(database)))
    for name, text in macros.items():
        host.run(text.replace(f"MACRO {name}(", f"MACRO {home(database)}.{identifier(name)}(", 1))
    host.run(f"DELETE FROM {home(database)}.about")
    host.run(f"INSERT INTO {home(database)}.about VALUES ({literal(fingerprint)})")


def store(host: Host, database: str, artifact: str, graph: bytes) -> None:
    """Stores the bytes of an artifact, and keeps it ready to score."""
    for part, start in enumerate(range(0, len(graph), _CHUNK)):
        chunk = graph[start : start + _CHUNK]
        host.run(f"INSERT INTO {home(database)}.artifacts VALUES (?, ?, ?)", [artifact, part, chunk])
    function.remember(artifact, graph)


def load(host: Host, database: str, artifacts: Iterable[str]) -> None:
    """Makes artifacts ready to score, reading them as the statement's own transaction sees them."""
    for artifact in artifacts:
        if not function.is_ready(artifact):
            function.remember(artifact, read(host, database, artifact))


def formulas(host: Host, model: Model) -> list[Formula]:
    """How SQL computes the scores of a stored version's parts."""
    return parts.formulas(host, home(model.database), [part.artifact for part in model.parts])


def recipes(host: Host, model: Model) -> list[Recipe]:
    """The recipes of a stored version's parts."""
    return [formula.recipe for formula in formulas(host, model)]


def training(host: Host, model: Model) -> tuple[str | None, dict[str, Any]]:
    """The text of the query that a stored version was trained on, and the options that it was trained with.

    One that was imported has no query, and the options that it was imported with.
    """
    ((query, options),) = host.rows(f"SELECT query, options FROM {home(model.database)}.versions WHERE {this(model)}")
    return query, json.loads(options)


def limits(host: Host, model: Model) -> list[list[Limits]]:
    """What the columns of a stored version's parts held in training."""
    sql = f"SELECT limits FROM {home(model.database)}.targets WHERE {this(model)} ORDER BY position"
    return [from_json(text) if text else [] for (text,) in host.rows(sql)]


def read(host: Host, database: str, artifact: str) -> bytes:
    """The bytes of an artifact; none if it is not in `database`."""
    chunks = host.rows(f"SELECT bytes FROM {home(database)}.artifacts WHERE id = ? ORDER BY part", [artifact])
    return b"".join(bytes(chunk) for (chunk,) in chunks)


def home(database: str) -> str:
    """The schema of the models of a database."""
    return f"{identifier(database)}.sqlml"


def this(model: Model) -> str:
    """SQL: whether a row of `versions` or of `targets` is of this version of the model."""
    return f"{_of(model)} AND version = {model.version}"


def _of(model: Model) -> str:
    return f"schema_name = {literal(model.schema)} AND model_name = {literal(model.name)}"


def remove(host: Host, model: Model, version: int | None) -> None:
    """Deletes a model's rows, or those of one version of it."""
    at = home(model.database)
    prepare(host, model.database)
    which = _of(model) + (f" AND version = {version}" if version is not None else "")
    found = host.rows(f"SELECT artifact FROM {at}.targets WHERE {which}")
    artifacts = ", ".join(literal(artifact) for (artifact,) in found)
    for table in ("metrics", "curves", "trials", "learnt", "held_out", "artifacts"):
        key = "id" if table == "artifacts" else "artifact"
        host.run(f"DELETE FROM {at}.{table} WHERE {key} IN ({artifacts})")
    for table in ("versions", "targets", "aliases", "drift", "importance"):
        host.run(f"DELETE FROM {at}.{table} WHERE {which}")
    if version is None:
        host.run(f"DELETE FROM {at}.models WHERE {_of(model)}")


def rename(host: Host, model: Model, name: str) -> None:
    """Gives a model's rows another name."""
    for table in ("models", "versions", "targets", "aliases", "drift", "importance"):
        host.run(f"UPDATE {home(model.database)}.{table} SET model_name = {literal(name)} WHERE {_of(model)}")


def set_default(host: Host, model: Model) -> None:
    """Makes the version the model's default."""
    host.run(f"UPDATE {home(model.database)}.models SET default_version = {model.version} WHERE {_of(model)}")


def set_alias(host: Host, model: Model, alias: str) -> None:
    """Lets an alias mean the version, and nothing else."""
    unset_alias(host, model, alias)
    row = ", ".join([literal(model.schema), literal(model.name), literal(alias), str(model.version)])
    host.run(f"INSERT INTO {home(model.database)}.aliases VALUES ({row})")


def unset_alias(host: Host, model: Model, alias: str) -> None:
    """Takes an alias away."""
    of_alias = f"lower(alias) = lower({literal(alias)})"
    host.run(f"DELETE FROM {home(model.database)}.aliases WHERE {_of(model)} AND {of_alias}")


def _meanings(host: Host, name: ModelName) -> list[tuple[str, str, str]]:
    """What a name can mean, as (database, schema, model), the likeliest first."""
    if len(name.parts) == 3:
        database, schema, model = name.parts
        return [(database, schema, model)]
    database, schema = host.current
    if len(name.parts) == 2:
        first, model = name.parts
        return [(database, first, model), (first, "main", model)]
    return [(database, schema, name.parts[0]), (database, "main", name.parts[0])]
