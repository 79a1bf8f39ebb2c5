"""SQL text put together from the user's own and ours, with every place still known."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlml.diagnostics import Problem, Span
from sqlml.engine.problems import QueryWrong
from sqlml.engine.worded import placed


@dataclass(frozen=True)
class Piece:
    """A stretch of text and the place in the source that it stands for; `verbatim` where it is that place's text."""

    text: str
    span: Span
    verbatim: bool


@dataclass(frozen=True)
class Composed:
    """Pieces one after the other."""

    pieces: tuple[Piece, ...] = ()

    @classmethod
    def copied(cls, source: str, span: Span) -> "Composed":
        """The source's own text at `span`."""
        return cls((Piece(source[span.start : span.end], span, True),))

    @classmethod
    def written(cls, text: str, span: Span) -> "Composed":
        """Text of ours that stands for `span`."""
        return cls((Piece(text, span, False),))

    def __add__(self, other: "Composed") -> "Composed":
        return Composed(self.pieces + other.pieces)

    def within(self, before: str, after: str) -> "Composed":
        """This text with text of ours around it."""
        return Composed.written(before, self.span) + self + Composed.written(after, self.span)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def span(self) -> Span:
        """The place in the source that all of the text stands for."""
        return Span(self.pieces[0].span.start, self.pieces[-1].span.end)

    @property
    def is_verbatim(self) -> bool:
        """Whether the text is the source's own, untouched."""
        return all(piece.verbatim for piece in self.pieces)

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Inside, a problem that DuckDB places in this text gets its place in the source."""
        try:
            yield
        except Problem as problem:
            place = self.origin(placed(problem.__cause__, self.text))
            problem.at(place or (self.span if isinstance(problem, QueryWrong) else None))
            raise

    def origin(self, span: Span | None) -> Span | None:
        """The place in the source of a span of `text`."""
        if span is None:
            return None
        begin = 0
        for piece in self.pieces:
            if span.start < begin + len(piece.text):
                return span.shifted(piece.span.start - begin) if piece.verbatim else piece.span
            begin += len(piece.text)
        return self.pieces[-1].span if self.pieces else None
