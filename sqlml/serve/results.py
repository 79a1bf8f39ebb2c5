"""Results on their way to a client: read while they are sent, never held as a whole."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import ceil
from threading import Condition, Thread
from time import monotonic
from typing import Any

import pyarrow as pa

import sqlml
from sqlml.engine.worded import streamed
from sqlml.faults.problems import QueryCanceled, TimedOut
from sqlml.serve import columns
from sqlml.serve.failures import raised, refused
from sqlml.serve.problems import HandleUnknown
from sqlml.serve.running import Caller

# Batches that are ready before they are asked for: with few, who computes and who sends wait for each other.
_AHEAD = 8
# Seconds between two looks at whether the client is still there.
_LOOK = 0.1
# Seconds without a batch after which an empty one is sent: whatever lies between cuts calls in which nothing moves.
_SILENT = 15.0
# Seconds in which a batch that is being computed may be finished: an interrupt would be the end of its transaction.
_GENTLY = 0.3
# Rows that DuckDB computes in one piece, and the bytes of most values: so many rows at a time fill two messages.
_PIECE, _CELL, _MESSAGES = 2048, 8, 2

Ended = Callable[["Result", BaseException | None], None]


class Result:
    """The rows of one statement: computed in a thread of its own, a little ahead of the client that reads them.

    `db` is the connection that they come from. `ended` is called once, when nothing of the result is left there: with
    what it ended for, None where it was read to its end.
    """

    def __init__(self, db: sqlml.Connection, text: str, relation: Any, batch: int, ended: Ended) -> None:
        spelt = columns.spelt(relation)
        pieces = max(1, _MESSAGES * batch // (_PIECE * _CELL * max(1, len(spelt.columns))))
        self._reader = spelt.to_arrow_reader(pieces * _PIECE)
        self.schema = columns.shown(self._reader.schema, relation.columns, [str(type_) for type_ in relation.types])
        self.rows = 0
        self.used = monotonic()
        self.is_read = False
        self._db, self._text, self._batch, self._ended = db, text, batch, ended
        self._change = Condition()
        self._ready: deque[pa.RecordBatch] = deque()
        self._failure: BaseException | None = None
        self._is_over = self._is_closed = False
        self._feeder: Thread | None = None

    def stream(self, caller: Caller, seconds: float) -> Iterator[pa.RecordBatch]:
        """The rows, for one client at a time; `seconds` are what computing a batch may take.

        Batches without rows tell a client that waits that there are more to come.

        Raises:
            HandleUnknown: somebody reads them already.
            FlightError: whatever ended the result before its end.
        """
        with self._change:
            if self.is_read:
                raise HandleUnknown("result")
            self.is_read = True
            if self._feeder is None and not self._is_closed:
                self._feeder = Thread(target=self._feed, name="result", daemon=True)
                self._feeder.start()
        return self._sent(caller, seconds)

    def end(self, problem: BaseException | None = None) -> None:
        """Ends the result, for the problem if it is not over; returns when its connection is free."""
        with self._change:
            if not self._is_over:
                self._failure = self._failure or problem or QueryCanceled()
            self._is_over = True
            self._change.notify_all()
            feeder = self._feeder
            if feeder is None:
                self._close()
                return
        feeder.join(_GENTLY)
        while feeder.is_alive():
            self._db.interrupt()
            feeder.join(_LOOK)

    def _sent(self, caller: Caller, seconds: float) -> Iterator[pa.RecordBatch]:
        try:
            waited = 0.0
            while (batch := self._next(caller, seconds - waited)) is not None:
                waited = 0.0 if batch.num_rows else waited + _SILENT
                yield batch
        except Exception as error:
            self._failure = None
            raise raised(refused(error, self._text)) from None

    def _next(self, caller: Caller, seconds: float) -> pa.RecordBatch | None:
        until, silent = monotonic() + seconds, monotonic() + _SILENT
        self.used = monotonic()
        while True:
            with self._change:
                if not self._ready and not self._is_over:
                    self._change.wait(_LOOK)
                if self._failure is not None:
                    raise self._failure
                if self._ready:
                    self._change.notify_all()
                    return self._ready.popleft()
                if self._is_over:
                    return None
            if caller.is_cancelled():
                self.end(QueryCanceled())
            elif monotonic() > until:
                self.end(TimedOut())
            elif monotonic() > silent:
                return pa.RecordBatch.from_pylist([], schema=self.schema)

    def _feed(self) -> None:
        try:
            for batch in self._reader:
                for piece in self._pieces(columns.fitted(batch, self.schema)):
                    if not self._put(piece):
                        return
        except Exception as error:
            with self._change:
                self._failure = self._failure or refused(streamed(error), self._text)
        finally:
            with self._change:
                self._is_over = True
                self._close()
                self._change.notify_all()

    def _put(self, batch: pa.RecordBatch) -> bool:
        """Whether the batch is still wanted, once there is room for it."""
        with self._change:
            while len(self._ready) >= _AHEAD and not self._is_over:
                self._change.wait()
            if not self._is_over:
                self._ready.append(batch)
                self.rows += batch.num_rows
                self._change.notify_all()
            return not self._is_over

    def _pieces(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        rows = max(1, ceil(batch.num_rows / max(1, ceil(batch.nbytes / self._batch))))
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows)

    def _close(self) -> None:
        """Lets go of the connection."""
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(pa.ArrowException):
            self._reader.close()
        del self._reader
        self._ended(self, self._failure)


def ending(problem: BaseException | None) -> str:
    """How a result ended, in a word for the log."""
    return "done" if problem is None else refused(problem, "").diagnostic.condition
