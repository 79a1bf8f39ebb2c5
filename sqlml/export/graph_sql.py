"""A graph as SQL: its operations carried out on texts of SQL instead of on numbers.

Every value is an array as the graph has it, with one row, of numbers that are known and of expressions that are not.
Missing features are NULL.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sqlml.export.bounds import Reach
from sqlml.export.problems import NoSqlForm
from sqlml.export.stages import Stages
from sqlml.model.form import Forest
from sqlml.model.nodes import Node, read
from sqlml.model.problems import ModelDamaged

Array = NDArray[Any]

# A product with more weights than these is written as products of lists, where there are such.
_MANY_WEIGHTS = 1_000


@dataclass(frozen=True)
class Spelling:
    """How an engine adds up many terms, and multiplies a list of values by one of numbers, if it has lists."""

    add: Callable[[Sequence[str]], str]
    dot: Callable[[str, str], str] | None = None


class _Condition(str):
    """SQL of something that holds or does not."""

    __slots__ = ()


class GraphSql:
    """Writes one graph over SQL of its features."""

    def __init__(self, features: Sequence[str], stages: Stages, spelling: Spelling) -> None:
        self._features, self._stages, self._spelling = features, stages, spelling

    def scores(self, content: bytes) -> list[str]:
        """SQL of each score.

        Raises:
            NoSqlForm: the graph does what this cannot say.
        """
        try:
            return self._scores(content)
        except (ModelDamaged, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as cause:
            # What others have made may say what it does in ways that ours never does.
            raise NoSqlForm from cause

    def _scores(self, content: bytes) -> list[str]:
        nodes, constants = read(content)
        self._reach = Reach(nodes, constants)
        values: dict[str, Array] = {"features": np.array([list(self._features)], object), **constants}
        for node in nodes:
            result = self._carried_out(node, [values[name] for name in node.inputs])
            uses = sum(name == node.output for other in nodes for name in other.inputs)
            values[node.output] = self._kept(result) if uses > 1 else result
        return [_text(one) for one in values["scores"].ravel()]

    def _carried_out(self, node: Node, inputs: list[Array]) -> Array:
        if node.forest is not None:
            return self._trees(node.forest, inputs[0].ravel())
        written = _EACH.get(node.operator)
        if written:
            return _each(written, self._before_spread(inputs))
        method = getattr(self, f"_{node.operator.lower()}", None)
        if method is None:
            raise NoSqlForm
        result: Array = method(node, *inputs)
        return result

    def _kept(self, values: Array) -> Array:
        """The same values, those that are more than a name in a stage of their own."""
        flat = values.ravel().copy()
        places = [at for at, one in enumerate(flat) if isinstance(one, str) and not one.replace(".", "").isidentifier()]
        names = self._stages.keep([flat[at] for at in places]) if places else []
        for at, name in zip(places, names, strict=True):
            flat[at] = type(flat[at])(name)
        return flat.reshape(values.shape)

    def _before_spread(self, inputs: Sequence[Array]) -> list[Array]:
        """What is about to stand in several places, kept first: a sum of all classes is not spelt once for each."""
        size = math.prod(np.broadcast_shapes(*(value.shape for value in inputs)))
        return [self._kept(value) if value.dtype == object and value.size < size else value for value in inputs]

    def _trees(self, forest: Forest, features: Array) -> Array:
        trees: list[list[str]] = [[] for _ in forest.base]
        for root in forest.roots:
            text, output = _tree(forest, int(root), features)
            trees[output].append(text)
        sums = [self._spelling.add(some) if some else 0.0 for some in trees]
        return self._kept(np.array([sums], object))

    def _cast(self, _node: Node, value: Array) -> Array:
        return _each(lambda one: _where(one, 1.0, 0.0) if isinstance(one, _Condition) else one, [value])

    def _identity(self, _node: Node, value: Array) -> Array:
        return value

    def _shape(self, _node: Node, _value: Array) -> Array:
        return np.array([1])

    def _expand(self, _node: Node, value: Array, shape: Array) -> Array:
        return np.broadcast_to(value, [int(size) for size in shape])

    def _concat(self, node: Node, *values: Array) -> Array:
        return np.concatenate([value.astype(object) for value in values], axis=node.settings["axis"])

    def _gather(self, node: Node, value: Array, places: Array) -> Array:
        if places.dtype != object:
            return np.take(value, places.astype(np.int64), axis=node.settings["axis"])
        some = self._reach.rows(node.inputs[1], places.shape, len(value))
        found = [self._looked_up(value, one, rows) for one, rows in zip(places.ravel(), some, strict=True)]
        return np.array([found], object).reshape(*places.shape, *value.shape[1:])

    def _looked_up(self, table: Array, place: str, rows: range) -> Array:
        """The row of a table of constants whose number, one of `rows`, is SQL; rows that are alike share a branch."""
        columns = []
        for column in table.T:
            groups: dict[float, list[int]] = {}
            for row in rows:
                groups.setdefault(float(column[row]), []).append(row)
            common = max(groups, key=lambda number: len(groups[number]))
            branches = [
                f"WHEN {place} IN ({', '.join(map(str, some))}) THEN {_number(number)}"
                for number, some in groups.items()
                if number != common
            ]
            columns.append(f"CASE {' '.join(branches)} ELSE {_number(common)} END" if branches else common)
        return np.array(columns, object)

    def _matmul(self, _node: Node, left: Array, right: Array) -> Array:
        values, dot = left.ravel(), self._spelling.dot
        if dot and right.size > _MANY_WEIGHTS:
            (listed,) = self._stages.keep([_list(values)])
            return np.array([[dot(listed, _list(column)) for column in right.T]], object)
        products = [
            [_times(value, weight) for value, weight in zip(values, column, strict=True) if weight != 0.0]
            for column in right.T.tolist()
        ]
        return np.array([[self._added(terms) for terms in products]], object)

    def _sum(self, _node: Node, *values: Array) -> Array:
        spread = np.broadcast_arrays(*self._before_spread(values))
        each = [self._added(list(terms)) for terms in zip(*(one.ravel() for one in spread), strict=True)]
        return np.array(each, object).reshape(spread[0].shape)

    def _reducesum(self, _node: Node, value: Array, axes: Array) -> Array:
        if axes.tolist() != [1]:
            raise NoSqlForm
        rows = np.moveaxis(value, 1, -1)
        return np.array([self._added(list(one)) for one in rows.reshape(-1, rows.shape[-1])], object).reshape(
            rows.shape[:-1]
        )

    def _softmax(self, _node: Node, value: Array) -> Array:
        sums = self._kept(value).ravel()
        highest = self._stages.keep([f"greatest({', '.join(map(_text, sums))})"])[0]
        powers = self._stages.keep([f"exp({_text(one)} - {highest})" for one in sums])
        total = self._stages.keep([self._spelling.add(powers)])[0]
        return np.array([[f"({power} / {total})" for power in powers]], object)

    def _reshape(self, _node: Node, value: Array, shape: Array) -> Array:
        return value.reshape([value.shape[at] if size == 0 else int(size) for at, size in enumerate(shape)])

    def _flatten(self, _node: Node, value: Array) -> Array:
        return value.reshape(len(value), -1)

    def _unsqueeze(self, _node: Node, value: Array, axes: Array) -> Array:
        return np.expand_dims(value, tuple(axes.tolist()))

    def _added(self, terms: list[Any]) -> Any:
        known = sum(term for term in terms if _is_number(term))
        unknown = [term for term in terms if not _is_number(term)]
        if not unknown:
            return known
        return self._spelling.add([*unknown, *([_number(known)] if known else [])])


def _tree(forest: Forest, root: int, features: Array) -> tuple[str, int]:
    """A tree as one CASE in another, and the sum that it adds to."""
    order, waiting = [], [root]
    while waiting:
        split = waiting.pop()
        order.append(split)
        waiting += [int(target) for target in (forest.yes[split], forest.no[split]) if target >= 0]
    texts: dict[int, str] = {}
    leaf = 0

    def below(target: int) -> str:
        nonlocal leaf
        if target >= 0:
            return texts.pop(target)
        leaf = ~target
        return _number(float(forest.leaf[leaf]))

    for split in reversed(order):
        yes, no = below(int(forest.yes[split])), below(int(forest.no[split]))
        value, missing = features[forest.feature[split]], forest.missing_yes[split]
        if forest.members[split] >= 0:
            members = ", ".join(map(str, forest.sets[forest.members[split]].tolist())) or "-1"
            asked = f"{value} IN ({members})" + (f" OR {value} IS NULL" if missing else "")
            texts[split] = f"if({asked}, {yes}, {no})"
        elif missing:
            texts[split] = f"if({value} > {_number(forest.threshold[split])}, {no}, {yes})"
        else:
            texts[split] = f"if({value} <= {_number(forest.threshold[split])}, {yes}, {no})"
    return texts[root], int(forest.output[leaf])


def _each(written: Callable[..., Any], inputs: Sequence[Array]) -> Array:
    spread = np.broadcast_arrays(*(value.astype(object) for value in inputs))
    each = [written(*some) for some in zip(*(one.ravel() for one in spread), strict=True)]
    result = np.empty(len(each), object)
    result[:] = each
    return result.reshape(spread[0].shape)


def _is_number(value: Any) -> bool:
    return not isinstance(value, str)


def _number(value: float) -> str:
    """A number as SQL takes it for a DOUBLE, whatever it looks like."""
    text = repr(float(value))
    if not math.isfinite(value):
        return f"CAST('{text}' AS DOUBLE)"
    return text if "e" in text else f"{text}e0"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _number(value)


def _list(values: Array) -> str:
    return f"[{', '.join(map(_text, values.tolist()))}]"


def _times(value: Any, weight: float) -> Any:
    return value * weight if _is_number(value) else f"{value} * {_number(weight)}"


def _infix(sign: str) -> Callable[[Any, Any], str]:
    return lambda left, right: f"({_text(left)} {sign} {_text(right)})"


def _condition(sign: str) -> Callable[[Any, Any], _Condition]:
    return lambda left, right: _Condition(f"({_text(left)} {sign} {_text(right)})")


def _call(name: str) -> Callable[..., str]:
    return lambda *values: f"{name}({', '.join(map(_text, values))})"


def _clip(value: Any, low: Any, high: Any) -> str:
    return f"least(greatest({_text(value)}, {_text(low)}), {_text(high)})"


def _where(condition: Any, yes: Any, no: Any) -> str:
    return f"CASE WHEN {condition} THEN {_text(yes)} ELSE {_text(no)} END"


_EACH: dict[str, Callable[..., Any]] = {
    "Add": _infix("+"),
    "Sub": _infix("-"),
    "Mul": _infix("*"),
    "Div": _infix("/"),
    "And": _condition("AND"),
    "Less": _condition("<"),
    "GreaterOrEqual": _condition(">="),
    "Equal": _condition("="),
    "Max": _call("greatest"),
    "Min": _call("least"),
    "Abs": _call("abs"),
    "Exp": _call("exp"),
    "Log": _call("ln"),
    "Sqrt": _call("sqrt"),
    "Cos": _call("cos"),
    "Relu": lambda value: f"greatest({_text(value)}, 0e0)",
    "Neg": lambda value: f"(-{_text(value)})",
    "IsNaN": lambda value: _Condition(f"({_text(value)} IS NULL)"),
    "Clip": _clip,
    "Where": _where,
}
