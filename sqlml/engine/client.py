"""On whose behalf a connection runs statements, where it is that of a server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """A user of a server in one of their sessions.

    `rules` where they may stop what others have begun, and `seconds` is what a training of theirs may take.
    """

    user: str
    session: str
    rules: bool
    seconds: float
