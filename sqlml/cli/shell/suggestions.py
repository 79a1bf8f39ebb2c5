"""What may stand at the cursor: by the grammar's own expectation, by the catalog, and by DuckDB's words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlml.cli.shell.names import Names
from sqlml.dialect import Kind, Token, expected_next, lex, statements
from sqlml.dialect.places import is_table_place
from sqlml.engine.database import tokenize
from sqlml.plan.exports import DIALECTS, FORMATS
from sqlml.plan.options import METRICS, OPTIONS
from sqlml.plan.retrain_options import RETRAIN_OPTIONS
from sqlml.plan.score_options import FLAGS, THRESHOLD

# How a query may begin, which the grammar leaves to DuckDB.
_QUERIES = ("SELECT", "FROM", "WITH", "TABLE", "VALUES", "PIVOT")
# Where none of these stands before, no function is called.
_CALLING = frozenset(("SELECT", "FROM", "WHERE", "SET", "VALUES", "CALL", "ON", "BY", "("))
# Without a letter typed, a list of every function and keyword helps nobody.
_MOST_UNASKED = 400


@dataclass(frozen=True)
class Suggestion:
    """A text that may stand at the cursor in place of the last `length` characters, and what it is."""

    text: str
    length: int
    meaning: str = ""


@dataclass(frozen=True)
class _Place:
    """The statement up to the word at the cursor, and that word."""

    tokens: Sequence[Token]
    word: str
    names: Names

    @property
    def begun(self) -> str:
        """The word without the quote that it may begin with."""
        return self.word.removeprefix('"')

    def is_behind(self, *words: str) -> bool:
        """Whether the last token is one of these words or signs."""
        return bool(self.tokens) and self.tokens[-1].text.upper() in words


def open_string(text: str) -> str | None:
    """What stands behind a quote that is still open at the end of `text`; None where none is."""
    tokens = lex(text, tokenize(text))
    last = tokens[-1].text if tokens and tokens[-1].kind is Kind.STRING else ""
    is_open = last.startswith("'") and text.endswith(last) and (len(last) == 1 or last.count("'") % 2 == 1)
    return last[1:] if is_open else None


def suggestions(text: str, names: Names) -> list[Suggestion]:
    """What may stand at the end of `text`, the likeliest first."""
    parts = statements(lex(text, tokenize(text)))
    tokens = list(parts[-1].tokens) if parts and not text.rstrip().endswith(";") else []
    word = ""
    if tokens and tokens[-1].end == len(text) and tokens[-1].kind is not Kind.SYMBOL:
        word = tokens.pop().text
    place = _Place(tokens, word, names)
    offered: dict[str, str] = {}
    for each, meaning in _offered(place):
        if each.lower().startswith(word.lower()) or each.lower().startswith(f'"{place.begun.lower()}'):
            offered.setdefault(each, meaning)
    found = [Suggestion(each, len(word), meaning) for each, meaning in offered.items()]
    return found if word else found[:_MOST_UNASKED]


def _offered(place: _Place) -> Iterator[tuple[str, str]]:
    expected = expected_next(place.tokens)
    described = [one for one in expected if one in _DESCRIBED]
    for one in sorted(described):
        yield from _DESCRIBED[one](place)
    yield from ((one, "") for one in sorted(expected) if one.isalpha() and one.isupper())
    if not place.tokens:
        yield from ((one, "") for one in (*_QUERIES, "CREATE", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "COPY"))
    if described or (expected and not place.word and place.tokens):
        return
    yield from _of_duckdb(place)


def _of_duckdb(place: _Place) -> Iterator[tuple[str, str]]:
    """What DuckDB's own SQL may go on with."""
    names = place.names
    if place.is_behind("."):
        yield from _below(place)
        return
    if place.is_behind("SET", "RESET", "PRAGMA"):
        yield from names.settings
    is_table = is_table_place(place.tokens, len(place.tokens)) or place.is_behind("TABLE", "INTO", "UPDATE", "DESCRIBE")
    if is_table:
        yield from names.tables
        yield from (("PREDICT(MODEL", "rows with a prediction"), ("EVALUATE(MODEL", "how good a model is"))
    else:
        columns = names.columns(_tables(place)) or (names.columns_like(place.begun) if place.word else [])
        yield from ((names.written(name), f"{kind} of {table}") for name, kind, table in columns)
        yield from _aliases(place)
    if place.word:
        if any(token.text.upper() in _CALLING for token in place.tokens):
            yield from ((f"{name}(", text) for name, tabular, text in names.functions if tabular == is_table)
        yield from ((keyword, "") for keyword in names.keywords)
        yield from names.tables


def _below(place: _Place) -> Iterator[tuple[str, str]]:
    """Behind a dot: the columns of a table or of its alias, or the tables of a schema."""
    holder = place.tokens[-2].name if len(place.tokens) > 1 else ""
    table = next((name for name, alias in _named(place.tokens) if alias.lower() == holder.lower()), holder)
    yield from ((place.names.written(name), kind) for name, kind, _ in place.names.columns([table]))
    for name, kind in place.names.tables:
        if name.lower().startswith(f"{place.names.written(holder).lower()}.") and not name.endswith("."):
            yield name.partition(".")[2], kind


_LISTS = frozenset(("FROM", "JOIN", "INTO", "UPDATE", "TABLE", ",", "DESCRIBE", "SUMMARIZE"))
_AFTER_TABLES = frozenset(
    "WHERE GROUP ORDER JOIN ON USING LEFT RIGHT INNER FULL CROSS SELECT LIMIT HAVING SET UNION NATURAL ASOF".split()
)


def _named(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Words that may be tables of the statement, each with the alias that it may have there."""
    for at, token in enumerate(tokens):
        before = tokens[at - 1].text.upper() if at else ""
        if token.kind not in (Kind.WORD, Kind.QUOTED) or before not in (*_LISTS, "."):
            continue
        following = [one for one in tokens[at + 1 : at + 3] if not one.is_word("AS")]
        alias = following[0] if following else None
        is_alias = alias and alias.kind in (Kind.WORD, Kind.QUOTED) and alias.text.upper() not in _AFTER_TABLES
        yield token.name, alias.name if alias and is_alias else token.name


def _tables(place: _Place) -> list[str]:
    return [name for name, _ in _named(place.tokens)]


def _aliases(place: _Place) -> Iterator[tuple[str, str]]:
    yield from ((f"{alias}.", f"alias of {name}") for name, alias in _named(place.tokens) if alias != name)


def _models(place: _Place) -> Iterator[tuple[str, str]]:
    yield from ((name, about) for name, (about, _, _) in place.names.models.items())


def _read_model(place: _Place) -> tuple[str, int, list[str]]:
    """What is known of the model that is read just before the cursor."""
    known = {name.lower(): about for name, about in place.names.models.items()}
    nearest = (place.names.written(token.name).lower() for token in reversed(place.tokens))
    return next((known[name] for name in nearest if name in known), ("", 0, []))


def _versions(place: _Place) -> Iterator[tuple[str, str]]:
    about, count, _ = _read_model(place)
    yield from ((str(number), about) for number in range(1, count + 1))


def _names(place: _Place) -> Iterator[tuple[str, str]]:
    if place.is_behind("@", "ALIAS"):
        about, _, aliases = _read_model(place)
        yield from ((alias, about) for alias in aliases)
    elif place.is_behind("."):
        yield from _models(place)


def _targets(place: _Place) -> Iterator[tuple[str, str]]:
    """Columns of any table: the query that would tell which is yet to be written."""
    columns = place.names.columns_like(place.begun)
    yield from ((place.names.written(name), f"{kind} of {table}") for name, kind, table in columns)


def _options(place: _Place) -> Iterator[tuple[str, str]]:
    words = {token.text.upper() for token in place.tokens}
    again = [option for option in OPTIONS if option.name in RETRAIN_OPTIONS] if "REFRESH" in words else []
    for option in OPTIONS if "CREATE" in words else again or (THRESHOLD, FLAGS):
        yield f"{option.name} = ", f"{option.meaning}: {option.takes}, such as {option.example}"


def _values(place: _Place) -> Iterator[tuple[str, str]]:
    """The values of the option before the sign."""
    name = place.tokens[-2].text.lower() if len(place.tokens) > 1 else ""
    option = next((one for one in (*OPTIONS, THRESHOLD, FLAGS) if one.name == name), None)
    if option is None:
        return
    yield from ((f"'{choice}'", option.meaning) for choice in option.choices)
    if option.column:
        yield from _targets(place)
    elif not option.choices:
        yield option.example, option.meaning


def _queries(_place: _Place) -> Iterator[tuple[str, str]]:
    yield from ((word, "") for word in _QUERIES)


def _inputs(_place: _Place) -> Iterator[tuple[str, str]]:
    yield "TABLE", "and the name of one"
    yield "(FROM", "a query in parentheses"


def _rows(place: _Place) -> Iterator[tuple[str, str]]:
    yield from ((name, "its row") for name, _ in place.names.tables)


def _fixed(values: Iterable[str], meaning: str) -> Callable[[_Place], Iterator[tuple[str, str]]]:
    return lambda _place: iter([(value, meaning) for value in values])


# What the grammar describes rather than spells.
_DESCRIBED: dict[str, Callable[[_Place], Iterator[tuple[str, str]]]] = {
    "the name of a model": _models,
    "the name of an option": _options,
    "the column to predict": _targets,
    "a value": _values,
    "a name": _names,
    "a whole number": _versions,
    "a query": _queries,
    "TABLE and its name, or a query in parentheses": _inputs,
    "a row: the name of a table, or {'column': value}": _rows,
    "a format": lambda _place: iter(FORMATS.items()),
    "a dialect": _fixed(DIALECTS, "dialect"),
    "a metric": _fixed(METRICS, "metric"),
    "an interval, such as INTERVAL 7 DAY": _fixed(["INTERVAL 7 DAY"], "age"),
}
