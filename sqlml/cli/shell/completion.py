"""Tab: what the shell itself takes, names of files, and what may stand in SQL."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer
from prompt_toolkit.completion import Completion as Offer
from prompt_toolkit.document import Document

from sqlml.cli.shell.dots import DOTS
from sqlml.cli.shell.modes import MODES
from sqlml.cli.shell.names import Names
from sqlml.cli.shell.session import Session
from sqlml.cli.shell.suggestions import Suggestion, open_string, suggestions

_LONGEST_MEANING = 60


class Completion(Completer):
    """Completes what stands before the cursor; what the catalog says is asked anew for each statement."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: tuple[tuple[int, int], Names] | None = None

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Offer]:  # noqa: ARG002
        """What may stand at the cursor."""
        text = document.text_before_cursor
        for one in self._dotted(text) if text.startswith(".") else self._in_sql(text):
            meaning = one.meaning if len(one.meaning) <= _LONGEST_MEANING else one.meaning[: _LONGEST_MEANING - 1] + "…"
            yield Offer(one.text, start_position=-one.length, display_meta=meaning)

    def _in_sql(self, text: str) -> list[Suggestion]:
        begun = open_string(text)
        if begun is None:
            return suggestions(text, self._names())
        return list(_files(begun)) or suggestions(text, self._names())

    def _dotted(self, text: str) -> list[Suggestion]:
        name, space, rest = text[1:].partition(" ")
        if not space:
            found = [one for one in DOTS if one.name.startswith(name)]
            return [Suggestion(f".{one.name}", len(text), one.meaning) for one in found]
        command = next((one for one in DOTS if one.name == name), None)
        begun = re.split(r"\s", rest)[-1]
        argument = command.argument if command else ""
        if argument == "file":
            return list(_files(begun.lstrip("'\"")))
        choices: dict[str, Iterable[str]] = {
            "switch": ("on", "off"),
            "mode": MODES,
            "command": [one.name for one in DOTS],
            "model": self._names().models if argument == "model" else (),
        }
        return [Suggestion(one, len(begun)) for one in choices.get(argument, ()) if one.startswith(begun)]

    def _names(self) -> Names:
        now = self._session.ran, self._session.defined
        if self._known is None or self._known[0] != now:
            names = Names(self._session.db)
            if self._known and self._known[0][1] == now[1]:
                names.keep_functions(self._known[1])
            self._known = now, names
        return self._known[1]


def _files(begun: str) -> Iterator[Suggestion]:
    """Files and folders whose names begin so; hidden ones only where the dot is typed."""
    folder, slash, start = begun.rpartition("/")
    try:
        entries = sorted(Path(folder + slash or ".").expanduser().iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(start) and (start.startswith(".") or not entry.name.startswith(".")):
            is_folder = entry.is_dir()
            yield Suggestion(entry.name + "/" * is_folder, len(start), "folder" if is_folder else "file")
