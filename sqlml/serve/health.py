"""A port for machines that watch: whether the server lives and is ready, and what it has counted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from sqlml.serve.audit import Audit
from sqlml.serve.running import Runner
from sqlml.serve.sessions import Sessions

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
# What is told of each counter: its name, and the facts of an event that tell its counts apart.
_COUNTED = {
    "statement": ("sqlml_statements_total", ("kind", "outcome")),
    "job": ("sqlml_jobs_total", ("outcome",)),
    "result": ("sqlml_results_total", ("outcome",)),
    "login": ("sqlml_logins_total", ("outcome",)),
}
_ROWS = "sqlml_rows_sent_total"


class Counts:
    """Counts the events that the log is told of, and tells the log."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._lock = Lock()
        self._counts: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()

    def __call__(self, event: str, **facts: Any) -> None:
        """Counts an event, and tells of it."""
        if event in _COUNTED:
            name, labels = _COUNTED[event]
            with self._lock:
                self._counts[name, tuple((label, str(facts.get(label) or "unknown")) for label in labels)] += 1
                if event == "result":
                    self._counts[_ROWS, ()] += facts["rows"]
        self._audit(event, **facts)

    def lines(self) -> Iterator[str]:
        """The counts as Prometheus reads them."""
        with self._lock:
            counts = sorted(self._counts.items())
        named = ""
        for (name, labels), count in counts:
            if name != named:
                yield f"# TYPE {name} counter"
            named = name
            shown = ",".join(f'{label}="{value}"' for label, value in labels)
            yield f"{name}{{{shown}}} {count}" if shown else f"{name} {count}"


@contextmanager
def watched(address: tuple[str, int], counts: Counts, runner: Runner, sessions: Sessions) -> Iterator[int]:
    """While the block lasts, `/live`, `/ready` and `/metrics` are answered at the address; its port.

    Raises:
        OSError: the port cannot be used.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/live":
                self._answer(200, "live\n")
            elif self.path == "/ready":
                self._answer(*((503, "stopping\n") if runner.is_stopping else (200, "ready\n")))
            elif self.path == "/metrics":
                gauges = {"sqlml_statements_running": runner.running(), "sqlml_sessions": len(sessions.all())}
                told = [line for name, value in gauges.items() for line in (f"# TYPE {name} gauge", f"{name} {value}")]
                self._answer(200, "\n".join([*told, *counts.lines()]) + "\n")
            else:
                self._answer(404, "there are /live, /ready and /metrics\n")

        def log_message(self, *_: object) -> None:
            """Says nothing: who watches asks all the time."""

        def version_string(self) -> str:
            return "sqlml"

        def _answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", _TEXT)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    Handler.timeout = 10
    with ThreadingHTTPServer(address, Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, name="health", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
