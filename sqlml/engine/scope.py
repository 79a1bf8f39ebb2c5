"""One statement being read: its text, its calls to models, and what its names mean."""

import json
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING

from sqlml.diagnostics import Problem, Span
from sqlml.dialect import Kind, Node, Statement, Token, calls
from sqlml.dialect.bigquery import to_duckdb
from sqlml.dialect.ctes import visible
from sqlml.dialect.places import is_alias, tables_read
from sqlml.engine import catalog
from sqlml.engine.activity import Activity
from sqlml.engine.cancellation import Cancellation
from sqlml.engine.client import Client
from sqlml.engine.composed import Composed
from sqlml.engine.database import Host, Parameters
from sqlml.engine.evaluation import evaluation_sql
from sqlml.engine.instance import Instance
from sqlml.engine.job_problems import RunningNotKept
from sqlml.engine.problems import QueryWrong, ReadAsBigquery
from sqlml.engine.progress import Listener
from sqlml.engine.record import Record
from sqlml.engine.scoring import ROW, Stored, Way, Written, scored_row, scored_sql
from sqlml.plan import Evaluate, Model, ModelName, Query, Score, ScoreRow
from sqlml.plan.input_problems import FlagsUnknown
from sqlml.plan.row_problems import NotARow
from sqlml.schema import Column
from sqlml.statements import evaluation, prediction, row_prediction, unseen_prediction
from sqlml.statements.parts import model_name

if TYPE_CHECKING:
    from sqlml.engine.connection import Connection


# What is no table, unless somebody has made one of that name.
_RUNNING = ("sqlml", "running")


@dataclass(frozen=True)
class Step:
    """A step of DuckDB's plan of a query: its kind, how many rows are expected of it, and how many steps feed it."""

    kind: str
    rows: int
    before: int


@dataclass(frozen=True)
class Around:
    """What a statement finds around it: how it is stopped, who is told how it goes, and what else goes on.

    `instance` is what the connections to the database share, and `root` the one of them that the others came of;
    `beside` makes another, on which names mean what they mean here. `job` is the number of the statement, if it is one.
    """

    stop: Cancellation
    listener: Listener | None
    record: Record
    instance: Instance
    root: "Connection"
    beside: "Callable[[], Connection]"
    client: Client | None = None
    job: int | None = None


class Scope:
    """Implements the binder's `Catalog` for one statement.

    `source` is the text of the whole script, in which places are counted, and the statement of it; `notices` collects
    what was decided for the user, `asides` what the record alone is to keep; `activity` is told how it goes.
    """

    def __init__(
        self,
        host: Host,
        source: tuple[str, Statement],
        parameters: Parameters,
        around: Around,
        activity: Activity | None = None,
    ) -> None:
        self.host = host
        self.source = source
        self.text, statement = source
        self.span = statement.span
        self.given = parameters
        self.around = around
        self.activity = activity
        self.cancellation = around.stop
        self.listener = around.listener
        self.record = around.record
        self.notices: list[Problem] = []
        self.asides: list[Problem] = []
        self.doubt: QueryWrong | None = None
        self._tokens = statement.tokens
        self._is_bare = False
        # Calls and translated queries, each made once and used wherever its place is part of.
        self._done: dict[Span, Composed] = {}

    # What exists (plan.Catalog).

    def columns(self, query: Query) -> list[Column]:
        try:
            return self._described(query.span)
        except QueryWrong as wrong:
            translation = to_duckdb(query.text) if self._is_bigquery else None
            if translation is None:
                raise
            return self._described_as(translation, query.span, wrong)

    def row(self, place: Span) -> list[Column] | None:
        tables = tables_read(self._tokens, self._at(place.start))
        asking = self.composed(place).within("SELECT ", " AS row")
        if tables is not None:
            # In the order of the source, as parameters without names are told apart by it.
            clause = self.composed(tables).within(" ", " ")
            asking = clause + asking if tables.start < place.start else asking + clause
        described = self._behind_ctes(place, asking).within("DESCRIBE SELECT unnest(row) FROM (", "\n)")
        try:
            rows = self.host.rows(described.text, self.parameters(*([tables] if tables else []), place))
        except QueryWrong as wrong:
            if "UNNEST() can only be applied" in wrong.message:
                raise NotARow(place) from wrong.__cause__
            # It leans on tables beside it. DuckDB has the last word.
            return None
        return [Column(name, type_name) for name, type_name, *_ in rows]

    def model(self, name: ModelName) -> Model | None:
        return catalog.find(self.host, name)

    def models(self) -> list[str]:
        return catalog.names(self.host)

    def versions(self, name: ModelName) -> list[int]:
        return catalog.versions(self.host, name)

    def aliases(self, name: ModelName) -> dict[str, int]:
        return catalog.aliases(self.host, name)

    def is_table(self, name: ModelName) -> bool:
        return catalog.is_table(self.host, name)

    # The statement's text as DuckDB is to read it.

    def composed(self, span: Span) -> Composed:
        """The text at `span`, each call to a model in it replaced by SQL."""
        return self._done.get(span) or self._compose(span)

    def read(self, query: Query) -> Query:
        """The query as it is to be read again: in DuckDB's SQL, calls to models as they were written."""
        translated = self._done.get(query.span)
        return Query(translated.text, query.span) if translated else query

    def within_ctes(self, span: Span) -> Composed:
        """The query at `span`, behind the common table expressions that it can see."""
        return self._behind_ctes(span, self.composed(span))

    def _behind_ctes(self, span: Span, query: Composed) -> Composed:
        """A query that stands for `span`, behind the common table expressions that can be seen from there."""
        seen = visible(self._tokens, self._at(span.start))
        if not seen.definitions:
            return query
        result = Composed.written("WITH RECURSIVE " if seen.recursive else "WITH ", span)
        for index, definition in enumerate(seen.definitions):
            result += Composed.written(", " if index else "", definition) + self.composed(definition)
        return result + query.within(" SELECT * FROM (", "\n)")

    def planned(self, query: Query) -> list[Step]:
        """The last steps of what DuckDB means to do for a query; nothing of it is run."""
        planning = self.composed(query.span).within("EXPLAIN (FORMAT json) FROM (", "\n)")
        with planning.blamed():
            ((_, plan),) = self.host.rows(planning.text, self.parameters(query.span))
        return [
            Step(step["name"].strip(), int(step["extra_info"].get("Estimated Cardinality", 0)), len(step["children"]))
            for step in json.loads(plan)
        ]

    def parameters(self, *spans: Span) -> Parameters:
        """The statement's parameters as far as the text at `spans` uses them."""
        places = [any(span.start <= p.start < span.end for span in spans) for p in self.placeholders]
        used = list(compress(self.placeholders, places))
        if self.given is None:
            # A statement that is prepared has no values yet; their places can be bound all the same.
            return {p.text[1:]: None for p in used if p.text != "?"} or [None for _ in used] or None
        if isinstance(self.given, Mapping):
            names = {placeholder.text[1:] for placeholder in used}
            return {name: value for name, value in self.given.items() if name in names} or None
        values = list(self.given)  # type: ignore[call-overload]
        return values if any(p.text != "?" for p in used) else list(compress(values, places)) or None

    @cached_property
    def placeholders(self) -> list[Token]:
        """`?`, `$1` and `$name`, the latter joined into one token."""
        found = []
        for token, following in zip(self._tokens, [*self._tokens[1:], None], strict=True):
            if token.text == "?" and token.kind is Kind.SYMBOL:
                found.append(token)
            elif token.text == "$" and following is not None and following.start == token.end:
                found.append(Token(Kind.SYMBOL, "$" + following.text, token.start, following.end))
        return found

    def sql_around(self, operator: Score | Evaluate) -> tuple[str, str]:
        """What to write before and behind the operator's query."""
        way = self._way(operator)
        if isinstance(operator, Score):
            return scored_sql(operator, way)
        return evaluation_sql(operator, way.scores(operator.adaptation.casts))

    def _way(self, operator: Score | ScoreRow | Evaluate) -> Way:
        """How the statement scores, with the model at hand and everything said that is to be said of its rows."""
        model, formulas = operator.model, catalog.formulas(self.host, operator.model)
        catalog.load(self.host, model.database, [one.artifact for one in formulas if not one.linear])
        self.notices += operator.adaptation.notices
        way = written(self.host, model, flagged=isinstance(operator, Score) and operator.asked.flags)
        if way.limits and not all(way.limits):
            self.notices.append(FlagsUnknown(model.name))
        return Stored(model) if self._is_kept else way

    def _compose(self, span: Span) -> Composed:
        first, last = self._at(span.start), self._at(span.end)
        result, done = Composed(), span.start
        for node in calls(self._tokens[first:last], bare=self._is_bare):
            place = Span(node.first.start, node.last.end)
            if node.rule == "bare_row_prediction" and self.model(model_name(node)) is None:
                continue
            if node.rule == "running" and self.is_table(ModelName(_RUNNING, place)):
                continue
            if place not in self._done:
                self._done[place] = self._call(node, place)
            result += Composed.copied(self.text, Span(done, place.start)) + self._done[place]
            done = place.end
        return result + Composed.copied(self.text, Span(done, span.end))

    def _described(self, span: Span) -> list[Column]:
        described = self.within_ctes(span).within("DESCRIBE ", "\n")
        with described.blamed():
            rows = self.host.rows(described.text, self.parameters(span))
        return [Column(name, type_name) for name, type_name, *_ in rows]

    def _described_as(self, translation: str, span: Span, wrong: QueryWrong) -> list[Column]:
        """The columns of a query that DuckDB refuses as it stands and may take in translation."""
        self._done[span] = Composed.written(translation, span)
        try:
            columns = self._described(span)
        except Problem:
            raise wrong from wrong.__cause__
        self.notices.append(ReadAsBigquery())
        return columns

    @property
    def _is_bigquery(self) -> bool:
        """Whether the statement is spelled in BigQuery's way."""
        return any(token.is_word("ML") or token.is_word("OPTIONS") for token in self._tokens)

    @property
    def _is_kept(self) -> bool:
        """Whether the statement's text is stored to be run later: a view's or a macro's."""
        if not self._tokens[0].is_word("CREATE"):
            return False
        return any(token.is_word(word) for token in self._tokens[1:5] for word in ("VIEW", "MACRO", "FUNCTION"))

    def bare(self) -> bool:
        """From here on, takes `PREDICT(m, row)` for a call too where `m` is a model; whether there is one."""
        self._is_bare = True
        self._done.clear()
        self.notices.clear()
        return any(
            node.rule == "bare_row_prediction" and self.model(model_name(node)) is not None
            for node in calls(self._tokens, bare=True)
        )

    def _call(self, node: Node, place: Span) -> Composed:
        if node.rule == "doctor":
            # Loaded late: it looks at everything that there is.
            from sqlml.engine import doctor

            return Composed.written(doctor.answered(self.host), place)
        if node.rule == "running":
            return self._running(place)
        if node.rule in ("row_prediction", "bare_row_prediction"):
            return self._row_call(node)
        rows = _input(node, self.text)
        if node.rule == "evaluation" or rows is None:
            return self._wrapped(evaluation(node, rows, self), rows, place)
        try:
            operator = prediction(node, rows, self)
        except QueryWrong as doubt:
            # A query that leans on the tables beside it cannot be looked at alone. DuckDB has the last word.
            self.doubt, operator = doubt, unseen_prediction(node, rows, self)
        return self._wrapped(operator, rows, place)

    def _running(self, place: Span) -> Composed:
        if self._is_kept:
            raise RunningNotKept(place)
        following = next(iter(self._tokens[self._at(place.end) :]), None)
        called = "" if is_alias(following) else " AS running"
        return Composed.written(f"({self.around.instance.activities.sql()}){called}", place)

    def _row_call(self, node: Node) -> Composed:
        operator = row_prediction(node, ROW, self)
        head, tail = scored_row(operator, self._way(operator))
        row = node.all("row")[0]
        return self.composed(Span(row.first.start, row.last.end)).within(head, tail)

    def _wrapped(self, operator: Score | Evaluate, rows: Query | None, place: Span) -> Composed:
        """The SQL of a call, around the call's own input."""
        head, tail = self.sql_around(operator)
        inner = self.composed(rows.span) if rows is not None else Composed()
        return Composed.written(head, place) + inner + Composed.written(tail, place)

    def _at(self, position: int) -> int:
        """The index of the first token at or behind a position of the text."""
        return bisect_left(self._tokens, position, key=lambda token: token.start)


def written(host: Host, model: Model, *, flagged: bool) -> Written:
    """The way to score by the recipes of a stored version, which can flag rows where they are to be `flagged`."""
    return Written(model, catalog.formulas(host, model), catalog.limits(host, model) if flagged else ())


def _input(node: Node, text: str) -> Query | None:
    given = node.find("input")
    if given is None:
        return None
    span = Span(given.first.start, given.last.end)
    return Query(text[span.start : span.end], span)
