"""Ctrl-C, and whatever else asks a door to end its statement, heard at once wherever the statement is."""

import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import sqlml


@contextmanager
def heard(
    db: sqlml.Connection, numbers: Sequence[signal.Signals], finishing: signal.Signals | None = None
) -> Iterator[None]:
    """Inside, each of the signals interrupts the connection, and is a KeyboardInterrupt as soon as Python can raise it.

    `finishing` has a training end with the best model so far, and is nothing where none runs.

    It cannot while the main thread waits for DuckDB; so the signal is heard by another thread, by way of a socket. What
    was ignored before, as Ctrl-C is by a job in the background, stays ignored.
    """
    heeded = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    near, far = socket.socketpair()
    far.setblocking(False)
    waking = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, signal.default_int_handler) for number in heeded}
    if finishing:
        before[finishing] = signal.signal(finishing, lambda _number, _frame: None)
    listener = Thread(target=_listen, args=(near, db, heeded, finishing), daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(waking)
        for number, handler in before.items():
            signal.signal(number, handler)
        far.close()
        listener.join()
        near.close()


def _listen(
    near: socket.socket, db: sqlml.Connection, heeded: Sequence[signal.Signals], finishing: signal.Signals | None
) -> None:
    while said := near.recv(16):
        if set(said) & set(heeded):
            db.interrupt()
        if finishing is not None and finishing in set(said):
            db.finish()
