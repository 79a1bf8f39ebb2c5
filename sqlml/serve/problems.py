"""What a client of the server may be told beyond what its SQL is told anywhere."""

from sqlml.diagnostics import Notice, Problem
from sqlml.diagnostics.suggest import listed


class NotAllowed(Problem):
    """The user may not run statements of this kind.

    Why: whoever keeps the server has given each user a role. A `reader` asks and predicts, a `trainer` makes models
    too, an `admin` may change tables. No role reaches files, other databases or extensions of the machine that serves.

    Example:

        DROP TABLE customers

    What to do: ask whoever keeps the server for a user with another role.
    """

    sqlstate = "42501"

    def __init__(self, statement: str, role: str, roles: list[str]) -> None:
        super().__init__(
            f"`{role}` is not allowed to run {statement}",
            detail=f"{listed(roles)} may" if roles else "no user may, over a connection to a server",
            hint="SHOW MODELS, PREDICT and SELECT are for everybody",
        )


class LoginFailed(Problem):
    """The server does not know this user, password or token.

    Why: the name or the password is wrong, or the server was given another file of users since. Which of them it is is
    not told. After several failures a name has to wait.

    Example:

        SELECT 1    -- with a password that is not the user's

    What to do: connect with a name and a password, or a token, that whoever keeps the server has handed out.
    """

    sqlstate = "28000"

    def __init__(self) -> None:
        super().__init__("the user, the password or the token is not right")


class TooBusy(Problem):
    """The server has as much to do as it may.

    Why: statements that run, sessions, prepared statements and results that wait to be fetched are limited in number,
    so that one client cannot take the server from the others.

    Example:

        SELECT count(*) FROM customers    -- while as many statements run as may

    What to do: close what is no longer needed, and try again.
    """

    sqlstate = "53400"
    retryable = True

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"the limit of {limit} {what} is reached", hint="close some, or try again later")


class TextTooLong(Problem):
    """The statement is longer than the server takes.

    Why: the text of a statement is limited, as it has to be read before anything is known of it.

    Example:

        SELECT * FROM customers WHERE id IN (1, 2, 3)    -- and so on, for megabytes

    What to do: send values as rows of parameters, or put them into a table.
    """

    sqlstate = "54000"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"the statement is longer than {limit:,} bytes", hint="send values as parameters, or put them into a table"
        )


class HandleUnknown(Problem):
    """What the client names is not there, or no longer.

    Why: a prepared statement, a transaction or a result belongs to one session, and ends when it is closed, when its
    session ends, or when nobody has used it for a while.

    Example:

        PREDICT churn FROM customers    -- prepared, then left alone for an hour

    What to do: run the statement again.
    """

    sqlstate = "26000"

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what} in this session", hint="it may have expired: run it again")


class ResultSuperseded(Problem):
    """The rest of a result cannot be read, as another statement began.

    Why: a transaction, and a session with variables or temporary tables, have one connection, on which one result can
    be read at a time.

    Example:

        SELECT * FROM customers    -- half read when the next statement of the transaction began

    What to do: read a result to its end first, or read it outside the transaction.
    """

    sqlstate = "55000"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "another statement began before this result was read to its end",
            hint="read a result to its end first, or outside the transaction",
        )


class ParametersUnfit(Problem):
    """The parameters that were sent are not those of the statement.

    Why: each `?` or `$name` of a statement takes one column of what is sent, and a query takes one row.

    Example:

        SELECT * FROM customers WHERE age > ? AND plan = ?    -- sent with one value

    What to do: send a value for each parameter, in their order.
    """

    sqlstate = "08P01"

    def __init__(self, asked: int, given: int) -> None:
        super().__init__(
            f"the statement takes {asked} parameter{'s' * (asked != 1)}, and {given} came",
            hint="send one row with a value for each `?`, in their order",
        )


class CallUnknown(Problem):
    """The server was asked for something that it does not do.

    Why: the client sent a message that is damaged, or a kind of call that is not offered, such as a savepoint or a plan
    that is not SQL.

    Example:

        SELECT 1    -- sent as a plan of another system

    What to do: send SQL.
    """

    sqlstate = "0A000"

    def __init__(self) -> None:
        super().__init__("the server does not understand this call", hint="send SQL, such as SHOW MODELS")


class ServerStopping(Problem):
    """The server is being stopped.

    Why: whoever keeps it stops it; statements that run are given a while to end.

    Example:

        SELECT 1    -- while the server goes down

    What to do: connect again in a while.
    """

    sqlstate = "57003"
    retryable = True

    def __init__(self) -> None:
        super().__init__("the server is being stopped", hint="connect again later")


class ShellsUnserved(Notice):
    """DuckDB shells cannot connect to the server.

    Why: they speak DuckDB's own protocol, which is an extension of DuckDB's, `quack`, of the very version of DuckDB
    that the server runs on. It is not there, or is another than the server knows. Other clients are served.

    Example:

        FROM shop.query('SHOW MODELS')    -- in a shell that could not attach the server as `shop`

    What to do: run INSTALL quack and INSTALL httpfs on the server's machine, in a DuckDB of its version, and start the
    server again.
    """

    sqlstate = "01000"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"DuckDB shells cannot connect: {why}",
            hint="run INSTALL quack in a DuckDB of the same version, and start the server again",
        )
