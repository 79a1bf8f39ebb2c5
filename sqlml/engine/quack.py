"""DuckDB's own remote protocol: an empty database that listens, and asks of each text what to run instead of it.

No text of a client's runs in that database, nor is there anything in it that one could reach: what runs is the answer.
Messages of the protocol that have no text find no table there.
"""

import re
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, get_ident
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from sqlml.engine.database import Inner, Refused, opened
from sqlml.quote import literal

if TYPE_CHECKING:
    import pyarrow as pa

# One thread: what a connection asks and what it then runs share that of the connection.
_EMPTY: dict[str, Any] = {
    "threads": 1,
    "allow_persistent_secrets": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}
_PROTOCOL = "quack"
# The text by which a listener asks itself what comes of a text.
_PROBE = "sqlml_probe"
# The protocol's messages go over another extension of DuckDB's, where it is no part of DuckDB itself.
_CARRIER = "httpfs"
_SEALED = (
    "SET GLOBAL enable_external_access = false",
    "SET GLOBAL lock_configuration = true",
)

# A text that calls for the statement that it has as its only value.
_CALL = re.compile(
    r"\s*(?:SELECT\s+\*\s+)?FROM\s+sqlml\s*\(\s*(?:'(?P<plain>(?:[^']|'')*)'|(?P<mark>\$\w*\$)(?P<marked>(?:(?!(?P=mark)).)*)(?P=mark))"
    r"\s*\)\s*;?\s*",
    re.DOTALL | re.IGNORECASE,
)

# Seconds that calls which are at work have to end when the listener closes.
_PATIENCE = 10.0

MOST_OUTLETS = 10_000
"""How many kinds of results there can be, by their columns; as many of a kind as are read at once."""

Admits = Callable[[str, str], bool]
Answers = Callable[[str, str], str | None]


class Unspoken(Exception):
    """DuckDB's protocol cannot be spoken here; the text says what is missing."""


def called(text: str) -> str | None:
    """The statement of a text `FROM sqlml('…')` or `FROM sqlml($$…$$)`; None of any other text."""
    found = _CALL.fullmatch(text)
    if found is None:
        return None
    plain = found["plain"]
    return str(found["marked"]) if plain is None else plain.replace("''", "'")


class Crowded(Exception):
    """Results of so many kinds have been shown that no other can be."""


class _Outlet:
    """What a view reads, of rows with one schema: those that were put there last, once.

    A view lasts as long as its database. To drop one would end objects of Python's while DuckDB holds a lock for which
    others wait that Python waits for.
    """

    def __init__(self, kind: bytes, schema: "pa.Schema") -> None:
        self.kind, self._schema = kind, schema
        self._rows: pa.RecordBatchReader | None = None
        self._is_read = False

    def put(self, rows: "pa.RecordBatchReader") -> None:
        self._rows, self._is_read = rows, False

    def forget(self) -> bool:
        """Whether the rows were read: if not, somebody may still be about to, and must never find another's."""
        self._rows = None
        return self._is_read

    def __arrow_c_schema__(self) -> object:
        return self._schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested: object = None) -> object:
        rows, self._rows = self._rows, None
        self._is_read = self._is_read or rows is not None
        rows = rows or self._schema.empty_table().to_reader()
        return rows.__arrow_c_stream__(requested)


class Listener:
    """An empty database that speaks DuckDB's remote protocol, on this machine alone, at `location`.

    `admits` says of a connection's name and the token that it shows whether it may come in. `answers` says of its name
    and a text of its what is to be run: SQL over what is `shown`; None refuses it without a word. Both are called in
    threads of DuckDB's. Where DuckDB does not run what it is told but the text itself, `rewrites` is false, and only a
    text `FROM sqlml('…')` is let through, which asks for its answer.

    Raises:
        Unspoken: this DuckDB cannot speak the protocol.
        OSError: the port cannot be used.
    """

    def __init__(self, port: int, admits: Admits, answers: Answers) -> None:
        self._admits, self._answers = admits, answers
        self._probe = secrets.token_hex(16)
        self._is_open = False
        self._due: dict[int, str] = {}
        self._lock = Lock()
        self._outlets: dict[str, _Outlet] = {}
        self._free: dict[bytes, list[str]] = {}
        self.location = ""
        self._inner = opened(":memory:", False, _EMPTY)
        try:
            self._speak()
            self.location = f"quack:localhost:{_free(port)}"
            self._listen()
            self.rewrites = self._is_rewritten()
            if not self.rewrites:
                self._take_calls()
            self._check_told()
            for statement in _SEALED:
                self._inner.execute(statement)
        except BaseException:
            self.close()
            raise

    def open(self) -> None:
        """Lets clients in: before, nobody is."""
        self._is_open = True

    def show(self, rows: "pa.RecordBatchReader") -> str:
        """The name by which an answer can read these rows, once; they are asked for as they are sent.

        Raises:
            Crowded: results of too many kinds have been shown.
        """
        kind = rows.schema.serialize().to_pybytes()
        with self._lock:
            free = self._free.setdefault(kind, [])
            name = free.pop() if free else f"rows_{len(self._outlets)}"
            is_new = name not in self._outlets
            if is_new and len(self._outlets) >= MOST_OUTLETS:
                raise Crowded
            outlet = self._outlets.setdefault(name, _Outlet(kind, rows.schema))
            if is_new:
                # Whoever reads a view goes by the connection that made it, which must still be there.
                self._inner.from_arrow(outlet).create_view(name)
        outlet.put(rows)
        return name

    def hide(self, shown: str) -> None:
        """Forgets what was shown: if it was read, others can be shown in its place."""
        with self._lock:
            outlet = self._outlets[shown]
            if outlet.forget():
                self._free[outlet.kind].append(shown)

    def connections(self) -> set[str]:
        """The names of the connections that have not been closed."""
        found = self._inner.cursor().execute("FROM quack_active_connections()")
        # Its name differs between versions.
        at = [name.endswith("connection_id") for name, *_ in found.description].index(True)
        return {str(row[at]) for row in found.fetchall()}

    def close(self) -> None:
        """Stops listening, and waits for the calls that are at work.

        DuckDB does not wait for them, and they go on with functions and views of a connection that must not be closed
        under them; in a process that ends meanwhile, they would find no Python any more to return to.
        """
        self._is_open = False
        with suppress(Refused):
            self._inner.execute(f"CALL quack_stop({literal(self.location)})")
        until = monotonic() + _PATIENCE
        while self._is_at_work() and monotonic() < until:
            sleep(0.001)
        self._inner.close()

    def _is_at_work(self) -> bool:
        """Whether the database has another connection than that of the listener itself."""
        # Meanwhile, nobody makes a view by way of the same connection.
        with suppress(Refused), self._lock:
            ((count,),) = self._inner.execute("FROM duckdb_connection_count()").fetchall()
            return int(count) > 1
        return False

    def _speak(self) -> None:
        _load(self._inner)
        self._function(self._let_in, 3, "BOOLEAN")
        self._function(self._instead, 2, "VARCHAR")

    def _function(self, function: Callable[..., Any], arguments: int, result: str) -> None:
        name = f"sqlml{function.__name__}"
        self._inner.create_function(name, function, ["VARCHAR"] * arguments, result, side_effects=True)

    def _listen(self) -> None:
        # Before anybody can connect: there is no moment in which DuckDB's own word would count.
        self._inner.execute("SET GLOBAL quack_authentication_function = 'sqlml_let_in'")
        self._inner.execute("SET GLOBAL quack_authorization_function = 'sqlml_instead'")
        try:
            self._inner.execute(
                f"CALL quack_serve({literal(self.location)}, token := {literal(secrets.token_hex(32))})"
            )
        except Refused as refusal:
            raise OSError("DuckDB cannot listen there") from refusal

    def _is_rewritten(self) -> bool:
        """Whether DuckDB runs what it is told instead of a text, as a client finds it."""
        try:
            return self._asked(_PROBE) == [(self._probe,)]
        except Refused:
            return False

    def _take_calls(self) -> None:
        """Lets texts through that call for their answer."""
        self._function(self._may, 2, "BOOLEAN")
        self._inner.create_function("sqlml_due", lambda _: self._due.pop(get_ident()), ["VARCHAR"], "VARCHAR")
        self._inner.execute("CREATE MACRO sqlml(statement) AS TABLE FROM query(sqlml_due(statement))")
        self._inner.execute("SET GLOBAL quack_authorization_function = 'sqlml_may'")
        try:
            answer = self._asked(f"FROM sqlml({literal(_PROBE)})")
        except Refused as refusal:
            raise Unspoken("its extension `quack` lets nobody say what is run") from refusal
        if answer != [(self._probe,)]:
            raise Unspoken("its extension `quack` lets nobody say what is run")

    def _check_told(self) -> None:
        try:
            self.connections()
        except (Refused, ValueError) as refusal:
            raise Unspoken("its extension `quack` does not tell who is connected") from refusal

    def _asked(self, text: str) -> list[tuple[Any, ...]]:
        """What a client is answered."""
        with closing(opened(":memory:", False, _EMPTY)) as client:
            _load(client)
            asked = f"FROM quack_query({literal(self.location)}, {literal(text)}, token := {literal(self._probe)})"
            return client.execute(asked).fetchall()

    def _let_in(self, connection: str, token: str, _own: str) -> bool:
        return self._admits(connection, token) if self._is_open else token == self._probe

    def _instead(self, connection: str, text: str) -> str | None:
        # Nobody else is there yet; whoever is still there when it closes is told so by who answers.
        if not self._is_open and text == _PROBE:
            return f"SELECT {literal(self._probe)}"
        return self._answers(connection, text)

    def _may(self, connection: str, text: str) -> bool:
        statement = called(text)
        answer = None if statement is None else self._instead(connection, statement)
        if answer is not None:
            self._due[get_ident()] = answer
        return answer is not None


def _load(inner: Inner) -> None:
    """Loads the protocol, from where DuckDB installs extensions or from a package that has them.

    Raises:
        Unspoken: it is in neither.
    """
    with suppress(Unspoken):
        _load_one(inner, _CARRIER)
    _load_one(inner, _PROTOCOL)


def _load_one(inner: Inner, name: str) -> None:
    for place in (name, *map(str, _packaged(inner, name))):
        with suppress(Refused):
            inner.execute(f"LOAD {literal(place)}")
            return
    ((version,),) = inner.execute("SELECT version()").fetchall()
    raise Unspoken(f"this DuckDB, {version}, has no extension `{name}`")


def _packaged(inner: Inner, name: str) -> Iterator[Path]:
    """The files of an extension in the package that brings it, for this version of DuckDB."""
    package = find_spec(f"duckdb_extension_{name}")
    ((version,),) = inner.execute("SELECT version()").fetchall()
    for folder in (package and package.submodule_search_locations) or ():
        yield Path(folder) / "extensions" / version / f"{name}.duckdb_extension"


def _free(port: int) -> int:
    """The port, or one that is free where it is 0. Raises OSError where it is taken."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(("127.0.0.1", port))
        return int(tried.getsockname()[1])
