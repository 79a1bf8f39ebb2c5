"""How much of the server its clients may have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Counts, bytes and seconds; each has a value that suits a server for a team."""

    statements: int = 8
    """Statements that run at once."""
    waiting: int = 32
    """Statements that wait for their turn."""
    sessions: int = 200
    calls: int = 64
    """Calls of one session that are being answered: one that sends nothing holds a thread."""
    results: int = 32
    """Results of one session that are being read, or wait to be."""
    prepared: int = 256
    """Prepared statements of one session."""
    transactions: int = 8
    """Open transactions of one session."""
    text: int = 1 << 20
    """Bytes of a statement's text."""
    values: int = 64 << 20
    """Bytes of values that are sent for the parameters of a statement."""
    batch: int = 1_000_000
    """Bytes of a message of rows; clients are slow with larger ones, and refuse what is much larger."""
    statement_seconds: float = 300
    training_seconds: float = 3600
    result_idle: float = 60
    """Seconds in which the rows of a statement must be asked for."""
    prepared_idle: float = 900
    session_idle: float = 1800
    grace: float = 10
    """Seconds that running statements have to end when the server is stopped."""
