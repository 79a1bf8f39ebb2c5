"""Signs of life on connections that nothing is sent on, so that whatever lies between does not take them for dead."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds without a word after which the system asks whether the other side is there, and between two questions; after
# so many without an answer the client is gone, and what it has begun is stopped.
_IDLE, _EVERY, _UNANSWERED = 30, 10, 6
_OPTIONS = {"TCP_KEEPIDLE": _IDLE, "TCP_KEEPALIVE": _IDLE, "TCP_KEEPINTVL": _EVERY, "TCP_KEEPCNT": _UNANSWERED}


def keep_alive(port: int) -> bool:
    """Has the system ask on each connection to the port whether its client is there; whether it can.

    The library that listens has no setting for it. A connection is born with the options of the socket that listens.
    """
    found = False
    for one in sockets(port):
        if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            continue
        found = True
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _OPTIONS.items():
            if hasattr(socket, name):
                one.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return found


def sockets(port: int) -> Iterator[socket.socket]:
    """Each socket of this process at the port, for as long as it is looked at."""
    try:
        open_ = [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return
    for descriptor in open_:
        with _borrowed(descriptor) as one:
            is_net = one is not None and one.family in (socket.AF_INET, socket.AF_INET6)
            if one is not None and is_net and one.getsockname()[1] == port:
                yield one


@contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.socket | None]:
    """What is open by that number, if it is a socket; it is not closed: a file would lose its locks by that."""
    try:
        is_socket = stat.S_ISSOCK(os.fstat(descriptor).st_mode)
        one = socket.socket(fileno=descriptor) if is_socket else None
    except OSError:
        one = None
    try:
        yield one
    finally:
        if one is not None:
            one.detach()
