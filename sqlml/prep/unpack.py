"""Nested values taken apart: the fields of structs, the keys of JSON and maps, the places of lists."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlml.diagnostics import Notice
from sqlml.prep.ask import WIDTH, Ask, chunks, exact, some, texts
from sqlml.prep.kind import Kind, family, kind
from sqlml.prep.nested import element, entry, members
from sqlml.prep.steps.problems import ColumnsTakenApart
from sqlml.prep.taken import Way, reference, take
from sqlml.schema import Column

# How deep a value is taken apart, and how many columns may come of one.
_DEPTH, _MOST = 3, 100
# Lists that are all of one length, and no longer than this, give a column for each place.
_PLACES = 64
# A key is worth a column when this share of the rows has it, and two at least.
_SHARED = 0.01
# Text is JSON when this share of it is an object or an array.
_JSON = 0.95
# So many rows tell which keys there are and what they hold.
_SAMPLE = 10_000

_NUMBERS = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE")
# What most values at a place of JSON are, and the type that they are taken as.
_JSON_TYPES = {
    **dict.fromkeys(_NUMBERS, "DOUBLE"),
    **dict.fromkeys([f"{number}[]" for number in _NUMBERS], "DOUBLE[]"),
    "BOOLEAN": "BOOLEAN",
    "BOOLEAN[]": "DOUBLE[]",
    "VARCHAR": "VARCHAR",
    "VARCHAR[]": "VARCHAR[]",
    "OBJECT": "OBJECT",
    "OBJECT[]": "JSON[]",
    "ARRAY[]": "JSON[]",
}


@dataclass(frozen=True)
class _Sample:
    """Some of the rows, and how many of them must have a key."""

    ask: Ask
    source: str
    least: int

    def stacked(self, values: Sequence[str]) -> str:
        """SQL: the `value`s that several expressions have in the rows, each with the expression's `place`."""
        listed = f"unnest(range({len(values)})) AS place, unnest([{', '.join(values)}]) AS value"
        return f"(SELECT {listed} FROM {self.source} AS r)"


@dataclass(frozen=True)
class _Node:
    """A value inside the column `top`, so many levels below it; of JSON also the document and the place in it."""

    column: Column
    top: Column
    depth: int = 0
    document: Column | None = None
    pointer: str = ""

    @property
    def is_leaf(self) -> bool:
        return self.document is None and not _is_nested(self.column.type)

    @property
    def is_within_reach(self) -> bool:
        """Whether it is looked into; as deep as values are taken there may be lists, and JSON of any type."""
        is_value = self.document is not None or self.column.type.endswith("]")
        return self.depth < _DEPTH or (self.depth == _DEPTH and is_value)

    def part(self, name: str, type_: str, *path: Way) -> "_Node":
        """A part of a value that is not JSON; only nested ones are deeper."""
        column = take(self.column, self.column.name + name, type_, *path)
        return _node(column, self.top, self.depth + _is_nested(type_))

    def key(self, key: str) -> "_Node":
        """What a JSON object has under a key."""
        document = self.document or self.column
        pointer = f"{self.pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        column = take(document, f"{self.column.name}.{key}", "JSON", ("json", pointer, "JSON"))
        return _Node(column, self.top, self.depth + 1, document, pointer)

    def read(self, type_: str) -> "_Node":
        """The JSON value as one of another type."""
        column = take(self.document or self.column, self.column.name, type_, ("json", self.pointer, type_))
        return _Node(column, self.top, self.depth)


def unpack(
    ask: Ask, relation: str, columns: Sequence[Column], order: str = "rowid"
) -> tuple[list[Column], list[Notice]]:
    """`columns` with the parts of nested ones in their place, each a column of its own, and what is said of it.

    Text that holds JSON is nested too. What has no parts to take stays whole, as does a list of texts.
    """
    sample = _sampled(ask, relation, order)
    documents = _documents(sample, [column for column in columns if column.type == "VARCHAR"])
    nested = [column for column in columns if column in documents or _is_nested(column.type)]
    parts = _parts(sample, [_node(column, column, 0, column in documents) for column in nested])
    if not parts:
        return list(columns), []
    names = {column.name.lower() for column in columns if column not in parts}
    found: list[Column] = []
    told: list[str] = []
    for column in columns:
        taken = _apart(parts[column][:_MOST], names) if column in parts else [column]
        found += taken
        told += [part.name for part in taken if column in parts]
    cut = [column.name for column in parts if len(parts[column]) > _MOST]
    return found, [ColumnsTakenApart([column.name for column in nested if column in parts], told, cut, _MOST)]


def _is_nested(type_: str) -> bool:
    return kind(type_) is Kind.NESTED and type_ != "VARCHAR[]"


def _node(column: Column, top: Column, depth: int, is_document: bool = False) -> _Node:
    if column.type == "VARIANT":
        column, is_document = take(column, column.name, "JSON", ("variant",)), True
    return _Node(column, top, depth, column if is_document or column.type == "JSON" else None)


def _apart(columns: Sequence[Column], names: set[str]) -> list[Column]:
    """The columns under names that no other has; `names` has those of the others, and of these too in the end."""
    found: list[Column] = []
    for column in columns:
        name, count = column.name, 1
        while name.lower() in names:
            count += 1
            name = f"{column.name} ({count})"
        names.add(name.lower())
        found.append(take(column, name, column.type))
    return found


def _sampled(ask: Ask, relation: str, order: str) -> _Sample:
    rows = int(texts(ask, ["count(*)"], relation)[0] or 0)
    return _Sample(ask, some(relation, rows, _SAMPLE, order), max(2, int(_SHARED * min(rows, _SAMPLE))))


def _documents(sample: _Sample, columns: Sequence[Column]) -> set[Column]:
    """The text columns that hold JSON."""
    found = set()
    for part in chunks(columns, WIDTH):
        source = sample.stacked([reference(column, "r") for column in part])
        is_document = "value[1] IN ('{', '[') AND json_valid(value)"
        counts = f"SELECT place, count(value) AS known, count(CASE WHEN {is_document} THEN 1 END) AS documents"
        rows = sample.ask(f"{counts} FROM {source} GROUP BY place").to_pylist()
        found |= {part[row["place"]] for row in rows if row["documents"] >= max(1, _JSON * row["known"])}
    return found


def _parts(sample: _Sample, nodes: Sequence[_Node]) -> dict[Column, list[Column]]:
    """What can be taken out of each column that has anything, the least deep first."""
    found: dict[Column, list[Column]] = defaultdict(list)
    while nodes:
        opened = _opened(sample, nodes)
        for node in opened:
            if node.is_leaf:
                found[node.top].append(node.column)
        nodes = _few([node for node in opened if not node.is_leaf and node.is_within_reach])
    return dict(found)


def _few(nodes: Iterable[_Node]) -> list[_Node]:
    """No more nodes of a column than columns may come of it."""
    counts: Counter[Column] = Counter()
    few = []
    for node in nodes:
        counts[node.top] += 1
        if counts[node.top] <= _MOST:
            few.append(node)
    return few


def _opened(sample: _Sample, nodes: Sequence[_Node]) -> list[_Node]:
    """What is in each of the nodes."""
    opened: dict[_Node, list[_Node]] = {node: [] for node in nodes}
    lists, maps, documents = [], [], []
    for node in nodes:
        type_ = node.column.type
        if node.document is not None:
            documents.append(node)
        elif type_.endswith("]"):
            lists.append(node)
        elif family(type_) == "MAP":
            maps.append(node)
        elif family(type_) in ("STRUCT", "UNION"):
            way = "field" if family(type_) == "STRUCT" else "member"
            opened[node] = [node.part(f".{name}", inner, (way, name)) for name, inner in members(type_)]
    opened |= _lists(sample, lists) | _maps(sample, maps) | _json(sample, documents)
    return [part for parts in opened.values() for part in parts]


def _lists(sample: _Sample, nodes: Sequence[_Node]) -> dict[_Node, list[_Node]]:
    lengths = [f"len({reference(node.column, 'r')})" for node in nodes]
    facts = [f"{end}({length})" for length in lengths for end in ("min", "max")]
    ends = texts(sample.ask, facts, f"{sample.source} AS r")
    return {node: _list(node, *ends[2 * at : 2 * at + 2]) for at, node in enumerate(nodes)}


def _list(node: _Node, least: str | None, most: str | None) -> list[_Node]:
    if most is None or most == "0":
        return []
    inner, _ = element(node.column.type)
    held = kind(inner)
    if held is Kind.TEXT:
        return [node.part("", "VARCHAR[]", ("cast", "VARCHAR[]"))]
    if least == most and int(most) <= _PLACES:
        return [node.part(f"[{at}]", inner, ("element", str(at))) for at in range(1, int(most) + 1)]
    length = node.part(".length", "BIGINT", ("size",))
    if held is Kind.NESTED:
        return [length]
    ends = [node.part(f".{name}", inner, (way,)) for name, way in (("min", "least"), ("max", "greatest"))]
    mean = [node.part(".mean", "DOUBLE", ("mean",))] if held.is_number else []
    return [length, node.part("[1]", inner, ("element", "1")), *ends, *mean]


def _maps(sample: _Sample, nodes: Sequence[_Node]) -> dict[_Node, list[_Node]]:
    keys = _keys(sample, [f"CAST(map_keys({reference(node.column, 'r')}) AS VARCHAR[])" for node in nodes])
    opened = {}
    for node, common in zip(nodes, keys, strict=True):
        key_type, inner = entry(node.column.type)
        found = [node.part(f".{key}", inner, ("entry", key, key_type)) for key in common]
        opened[node] = [node.part(".length", "UBIGINT", ("entries",)), *found]
    return opened


def _json(sample: _Sample, nodes: Sequence[_Node]) -> dict[_Node, list[_Node]]:
    types = _types(sample, nodes)
    objects = [node for node, type_ in zip(nodes, types, strict=True) if type_ == "OBJECT" and node.depth < _DEPTH]
    keys = _keys(sample, [f"json_keys({_value(node)})" for node in objects])
    opened = {node: [node.key(key) for key in common] for node, common in zip(objects, keys, strict=True)}
    read = {node: [node.read(type_)] for node, type_ in zip(nodes, types, strict=True) if type_ and type_ != "OBJECT"}
    return opened | read


def _value(node: _Node) -> str:
    """SQL: the JSON of a node."""
    return reference(take(node.document or node.column, "", "JSON", ("json", node.pointer, "JSON")), "r")


def _types(sample: _Sample, nodes: Sequence[_Node]) -> list[str | None]:
    """What most JSON values of each node are; None where none is more than NULL."""
    found: list[str | None] = []
    for part in chunks(nodes, WIDTH):
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        type_ = "CASE json_type(value) WHEN 'ARRAY' THEN json_type(value, '/0') || '[]' ELSE json_type(value) END"
        source = sample.stacked([_value(node) for node in part])
        for row in sample.ask(f"SELECT place, {type_} AS type, count(*) AS n FROM {source} GROUP BY ALL").to_pylist():
            if row["type"] in _JSON_TYPES:
                counts[row["place"]][_JSON_TYPES[row["type"]]] += row["n"]
        found += [max(sorted(n), key=n.__getitem__) if (n := counts.get(at)) else None for at in range(len(part))]
    return found


def _keys(sample: _Sample, lists: Sequence[str]) -> list[list[str]]:
    """The common keys that each of several expressions lists, the commonest first."""
    found: list[list[str]] = []
    for part in chunks(lists, WIDTH):
        keys: dict[int, list[str]] = defaultdict(list)
        seen = f"SELECT place, unnest(list_distinct(value)) AS value FROM {sample.stacked(part)}"
        common = (
            f"SELECT place, {exact('value')} AS key, count(*) AS n FROM ({seen}) GROUP BY 1, 2"
            f" HAVING n >= {sample.least} QUALIFY"
            f" row_number() OVER (PARTITION BY place ORDER BY n DESC, key ASC) <= {_MOST} + 1"
            " ORDER BY place ASC, n DESC, key ASC"
        )
        for row in sample.ask(common).to_pylist():
            keys[row["place"]].append(row["key"])
        found += [keys[at] for at in range(len(part))]
    return found
