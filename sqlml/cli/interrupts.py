"""Ctrl-C, and whatever else asks a door to end its statement, heard at once wherever the statement is."""

import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread
from types import FrameType
from typing import Protocol

Others = Mapping[signal.Signals, Callable[[], None]]


class Interruptible(Protocol):
    """Whatever ends what it does when it is asked to, from another thread: a connection, a job."""

    def interrupt(self) -> None: ...


class Heard:
    """What was heard: `by` is the signal that came first; once `over` is set, nothing is raised any more."""

    def __init__(self) -> None:
        self.by: int | None = None
        self.over = False

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        self.by = self.by or number
        if not self.over:
            raise KeyboardInterrupt


@contextmanager
def heard(running: Interruptible, numbers: Sequence[signal.Signals], others: Others | None = None) -> Iterator[Heard]:
    """Inside, each signal interrupts what is running, and is a KeyboardInterrupt as soon as Python can raise it.

    Each of the `others` calls what it stands for, and raises nothing.

    It cannot while the main thread waits for DuckDB; so the signal is heard by another thread, by way of a socket. What
    was ignored before, as Ctrl-C is by a job in the background, stays ignored.
    """
    heeded = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    near, far = socket.socketpair()
    far.setblocking(False)
    waking = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
    what, others = Heard(), others or {}
    before = {number: signal.signal(number, what) for number in heeded}
    before |= {number: signal.signal(number, lambda _number, _frame: None) for number in others}
    listener = Thread(target=_listen, args=(near, running, heeded, others), daemon=True)
    listener.start()
    try:
        yield what
    finally:
        signal.set_wakeup_fd(waking)
        for number, handler in before.items():
            signal.signal(number, handler)
        far.close()
        listener.join()
        near.close()


def _listen(near: socket.socket, running: Interruptible, heeded: Sequence[signal.Signals], others: Others) -> None:
    while said := near.recv(16):
        if set(said) & set(heeded):
            running.interrupt()
        for number, call in others.items():
            if number in said:
                call()
