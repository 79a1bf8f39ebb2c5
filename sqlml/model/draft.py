"""A graph in the making, and arithmetic on what it computes; with `onnx` and `trees` the gate to onnx.

Whoever draws writes arithmetic: `(micros - centre) / DAY` adds the nodes that compute it, for every row at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

TREES, EXTRA = "ai.onnx.ml", "com.microsoft"
# The first versions with trees in 64 bits and sets of categories; every supported runtime has them.
_OPSETS = {"": 21, TREES: 5}
_IR_VERSION = 10

Type = np.dtype[Any]
TEXT = np.dtype(object)
TRUTH, WHOLE, COUNT = np.dtype(bool), np.dtype(np.int64), np.dtype(np.uint64)
SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
_ELEMENTS = {
    TEXT: TensorProto.STRING,
    TRUTH: TensorProto.BOOL,
    WHOLE: TensorProto.INT64,
    COUNT: TensorProto.UINT64,
    SINGLE: TensorProto.FLOAT,
    DOUBLE: TensorProto.DOUBLE,
}

# Types by their names, and their names.
INPUTS = {"BOOL": TRUTH, "INT64": WHOLE, "FLOAT": SINGLE, "DOUBLE": DOUBLE, "STRING": TEXT}
NAMES = {dtype: name for name, dtype in INPUTS.items()}


class Draft:
    """Nodes and constants in the making; every value is known by a name made here, which begins with `prefix`."""

    def __init__(self, prefix: str = "") -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._prefix = prefix
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._numbers: dict[tuple[Type, bytes], str] = {}
        self._attached = 0

    def constant(self, value: NDArray[Any]) -> str:
        name = f"{self._prefix}c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], *, output: str = "", **attributes: Any) -> str:
        name = output or f"{self._prefix}v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def number(self, number: float | str | np.generic, dtype: Type) -> "Value":
        """One value, a text too, that is the same for every row."""
        array = np.array(number, dtype)
        key = (array.dtype, repr(number).encode() if array.dtype == TEXT else array.tobytes())
        if key not in self._numbers:
            self._numbers[key] = self.constant(array)
        return Value(self, self._numbers[key], array.dtype)

    def input(self, name: str, dtype: Type, about: str, shape: Sequence[str | int] = ("rows",)) -> "Value":
        """What is given to the graph under `name`."""
        element = _ELEMENTS[dtype]
        self._inputs.append(helper.make_tensor_value_info(name, element, shape, about))
        return Value(self, name, dtype)

    def assumed(self, name: str, value: NDArray[Any]) -> None:
        """Of an input: what it is where nothing is given."""
        self.constants.append(numpy_helper.from_array(value, name))

    def output(self, name: str, value: "Value", about: str, shape: Sequence[str | int] = ("rows",)) -> None:
        """Makes `value` something that the graph returns."""
        self.node("Identity", [value.name], output=name)
        self._outputs.append(helper.make_tensor_value_info(name, _ELEMENTS[value.dtype], shape, about))

    def attach(self, content: bytes, features: "Value") -> "Value":
        """The scores of `features` (rows, features) by a stored graph, whose nodes become nodes of this one."""
        graph = onnx.load_model_from_string(content).graph
        self._attached += 1

        def called(name: str) -> str:
            return features.name if name == "features" else f"{self._prefix}m{self._attached}{name}"

        for tensor in graph.initializer:
            tensor.name = called(tensor.name)
        for node in graph.node:
            inputs, outputs = [called(name) for name in node.input], [called(name) for name in node.output]
            node.input[:], node.output[:] = inputs, outputs
        self.constants += graph.initializer
        self.nodes += graph.node
        return Value(self, called("scores"), DOUBLE)

    def zeros(self, count: "Value") -> "Value":
        """So many whole numbers, all 0."""
        zero = numpy_helper.from_array(np.array([0]))
        return count.shaped([1]).node("ConstantOfShape", dtype=WHOLE, value=zero)

    def ones(self, count: "Value") -> "Value":
        """So many whole numbers, all 1."""
        return self.zeros(count) + 1

    def behind(self, values: "Iterable[Value]") -> "Value":
        """Values one behind the other, along their first axis."""
        parts = list(values)
        return Value(self, self.node("Concat", [part.name for part in parts], axis=0), parts[0].dtype)

    def repeated(self, times: "Value", states: "Sequence[Value]", step: "Step") -> "list[Value]":
        """What `step` makes of states, done so many times; states are whole numbers, (rows).

        `step` gets a draft of its own, which has `seen` what it needs of this one, how often it was done, and states.
        """
        names = [f"{self._prefix}l{len(self.nodes)}_{at}" for at in range(len(states) + 1)]
        inner = Draft(f"{names[0]}_")
        given = [helper.make_tensor_value_info(f"{names[0]}_turn", TensorProto.INT64, [])]
        given.append(helper.make_tensor_value_info(f"{names[0]}_on", TensorProto.BOOL, []))
        given += [helper.make_tensor_value_info(f"{name}_in", TensorProto.INT64, None) for name in names[1:]]
        made = step(inner, Value(inner, given[0].name, WHOLE), [Value(inner, one.name, WHOLE) for one in given[2:]])
        left = [inner.node("Identity", [name]) for name in (given[1].name, *(one.name for one in made))]
        returned = [helper.make_tensor_value_info(left[0], TensorProto.BOOL, [])]
        returned += [helper.make_tensor_value_info(name, TensorProto.INT64, None) for name in left[1:]]
        body = helper.make_graph(inner.nodes, "step", given, returned, inner.constants)
        entering = [times.name, "", *(state.name for state in states)]
        self.nodes.append(helper.make_node("Loop", entering, names[1:], body=body))
        return [Value(self, name, WHOLE) for name in names[1:]]

    def seen(self, value: "Value") -> "Value":
        """A value of the draft around this one."""
        return Value(self, value.name, value.dtype)

    def content(self, about: str, properties: Mapping[str, str], opsets: Mapping[str, int] | None = None) -> bytes:
        """The whole graph, serialised; `opsets` are the versions of its operators by domain, where they are others."""
        versions = opsets or _OPSETS | ({EXTRA: 1} if any(node.domain == EXTRA for node in self.nodes) else {})
        graph = helper.make_graph(self.nodes, "model", self._inputs, self._outputs, self.constants, about)
        model = helper.make_model(
            graph,
            producer_name="sqlml",
            ir_version=_IR_VERSION,
            opset_imports=[helper.make_opsetid(domain, version) for domain, version in versions.items()],
        )
        model.doc_string = about
        helper.set_model_props(model, dict(properties))
        content: bytes = model.SerializeToString()
        return content


class Value:
    """What a draft computes for each row: whole numbers, numbers, truths or texts, by `dtype`.

    The other side of an operator may be a plain number. `//` and `%` are those of Python, on whole numbers.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, draft: Draft, name: str, dtype: np.dtype[Any]) -> None:
        self.draft, self.name, self.dtype = draft, name, dtype

    def node(self, operator: str, *others: "Operand", dtype: Type | None = None, **attributes: Any) -> "Value":
        """What an operator makes of this and others; of this type, unless another is named."""
        inputs = [self.name, *(self._beside(other).name for other in others)]
        return Value(self.draft, self.draft.node(operator, inputs, **attributes), dtype or self.dtype)

    def _beside(self, other: "Operand") -> "Value":
        return other if isinstance(other, Value) else self.draft.number(other, self.dtype)

    def __add__(self, other: "Operand") -> "Value":
        return self.node("Add", other)

    def __sub__(self, other: "Operand") -> "Value":
        return self.node("Sub", other)

    def __rsub__(self, other: "Operand") -> "Value":
        return self._beside(other) - self

    def __mul__(self, other: "Operand") -> "Value":
        return self.node("Mul", other)

    def __truediv__(self, other: "Operand") -> "Value":
        return self.node("Div", other)

    def __mod__(self, other: "Operand") -> "Value":
        return self.node("Mod", other)

    def __floordiv__(self, other: "Operand") -> "Value":
        # The operator for division cuts towards zero.
        return (self - self % other) / other

    def __neg__(self) -> "Value":
        return self.node("Neg")

    def __abs__(self) -> "Value":
        return self.node("Abs")

    def __invert__(self) -> "Value":
        return self.node("Not")

    def __and__(self, other: "Value") -> "Value":
        return self.node("And", other)

    def __or__(self, other: "Value") -> "Value":
        return self.node("Or", other)

    def __lt__(self, other: "Operand") -> "Value":
        return self.node("Less", other, dtype=TRUTH)

    def __ge__(self, other: "Operand") -> "Value":
        return self.node("GreaterOrEqual", other, dtype=TRUTH)

    def equals(self, other: "Operand") -> "Value":
        return self.node("Equal", other, dtype=TRUTH)

    def is_nan(self) -> "Value":
        return self.node("IsNaN", dtype=TRUTH)

    def single(self) -> "Value":
        """As a number of 32 bits, the nearest one."""
        return self._as(SINGLE)

    def double(self) -> "Value":
        return self._as(DOUBLE)

    def whole(self) -> "Value":
        """As a whole number, cut towards zero."""
        return self._as(WHOLE)

    def count(self) -> "Value":
        """A whole number with its 64 bits read as those of one without a sign."""
        return self._as(COUNT)

    def _as(self, dtype: Type) -> "Value":
        return self if dtype == self.dtype else self.node("Cast", dtype=dtype, to=_ELEMENTS[dtype])

    def chosen(self, yes: "Value", no: "Operand") -> "Value":
        """Of a truth: `yes` where it holds, else `no`."""
        return Value(self.draft, self.draft.node("Where", [self.name, yes.name, yes._beside(no).name]), yes.dtype)

    def missing_where(self, truth: "Value") -> "Value":
        """NaN where something is true, else the value."""
        return truth.chosen(self.draft.number("nan", self.dtype), self)

    def held(self, low: float, high: float) -> "Value":
        """The value, or the end that it lies beyond."""
        return self.node("Clip", low, high)

    def rounded(self) -> "Value":
        """The nearest whole number; of two, the one farther from zero."""
        below = abs(self).node("Floor")
        nearest = below + (abs(self) - below >= 0.5)._as(self.dtype)
        return (self < 0.0).chosen(-nearest, nearest)

    def column(self, place: int) -> "Value":
        """Of values (rows, n) those at one place, (rows)."""
        return self.node("Gather", self.draft.number(place, WHOLE), axis=1)

    def first_greatest(self) -> "Value":
        """Of values (rows, n) the place of the greatest, (rows)."""
        return self.node("ArgMax", dtype=WHOLE, axis=1, keepdims=0)

    def greatest(self) -> "Value":
        """Of values (rows, n) the greatest, (rows)."""
        return self._along("ReduceMax", 1, keepdims=0)

    def among(self, values: NDArray[Any]) -> "Value":
        """Of places: what stands there in `values`."""
        return Value(self.draft, self.draft.node("Gather", [self.draft.constant(values), self.name]), values.dtype)

    def summed(self, axis: int) -> "Value":
        return self._along("ReduceSum", axis, keepdims=0)

    def most(self) -> "Value":
        """The greatest of all."""
        return self.node("ReduceMax", keepdims=0)

    def running(self, **attributes: Any) -> "Value":
        """Of values (n) the sum up to each."""
        return self.node("CumSum", self.draft.number(0, WHOLE), **attributes)

    def taken(self, places: "Value") -> "Value":
        """What stands at places of the first axis."""
        return self.node("Gather", places, axis=0)

    def where(self) -> "Value":
        """Of truths (n) the places where they hold."""
        return self.node("NonZero", dtype=WHOLE).shaped([-1])

    def added_at(self, places: "Value", numbers: "Value") -> "Value":
        """The values (n), with numbers added to those at places, which may be named again."""
        return self.node("ScatterElements", places, numbers, axis=0, reduction="add")

    def put_at(self, places: "Value", numbers: "Value") -> "Value":
        """The values (n), with numbers in place of those at places, each of which is named once."""
        return self.node("ScatterElements", places, numbers, axis=0)

    def before(self, first: int) -> "Value":
        """Of values (n) the one before each, and `first` before the first."""
        start = Value(self.draft, self.draft.constant(np.array([first])), WHOLE)
        return self.draft.behind([start, self]).between(0, -1)

    def between(self, start: int, end: int, axis: int = 0) -> "Value":
        """The part of an axis from a place to another, which is not in it; places below zero count from its end."""
        bounds = [Value(self.draft, self.draft.constant(np.array([one])), WHOLE) for one in (start, end, axis)]
        return self.node("Slice", *bounds)

    def shaped(self, shape: Sequence[int]) -> "Value":
        return self.node("Reshape", Value(self.draft, self.draft.constant(np.array(shape)), WHOLE))

    def bits(self, operator: str, other: "Operand") -> "Value":
        """`And`, `Or` or `Xor` of the bits of whole numbers."""
        return self.node(f"Bitwise{operator}", other)

    def at(self, axis: int) -> "Value":
        """With one more axis, of length one."""
        return self._along("Unsqueeze", axis)

    def _along(self, operator: str, axis: int, **attributes: Any) -> "Value":
        axes = self.draft.constant(np.array([axis]))
        return Value(self.draft, self.draft.node(operator, [self.name, axes], **attributes), self.dtype)

    def looked_up(self, keys: Sequence[str], numbers: Sequence[float], other: float) -> "Value":
        """Of a text: the number that stands where it stands in `keys`, and `other` where it does not; 32 bits."""
        if not keys:
            return self.draft.number(other, SINGLE)
        attributes = {
            "keys_strings": [key.encode() for key in keys],
            "values_floats": np.array(numbers, SINGLE).tolist(),
        }
        return self.node("LabelEncoder", dtype=SINGLE, domain=TREES, default_float=float(other), **attributes)

    def coded(self, keys: Sequence[str] | Sequence[int], numbers: Sequence[int], other: int) -> "Value":
        """Of texts or whole numbers: the whole number that stands where each stands in `keys`, or `other`."""
        are_texts = self.dtype == TEXT
        known = {"keys_strings": [key.encode() for key in keys]} if are_texts else {"keys_int64s": keys}  # type: ignore[union-attr]
        coded = {"values_int64s": numbers, "default_int64": other}
        return self.node("LabelEncoder", dtype=WHOLE, domain=TREES, **known, **coded)

    def matches(self, pattern: str) -> "Value":
        """Of a text: whether all of it is as the regular expression says."""
        return self.node("RegexFullMatch", dtype=TRUTH, pattern=pattern)

    def tokens(self, padding: str, **attributes: Any) -> "Value":
        """Of a text: its parts (rows, parts), filled up with `padding`."""
        parted = self.node("Tokenizer", domain=EXTRA, pad_value=padding, mincharnum=1, mark=0, **attributes)
        return parted._along("Squeeze", 1)


Operand = Value | float | str | np.generic
Step = Callable[[Draft, Value, Sequence[Value]], list[Value]]


def side_by_side(values: Iterable[Value]) -> Value:
    """Values (rows, 1) as one (rows, values)."""
    columns = list(values)
    first = columns[0]
    return Value(first.draft, first.draft.node("Concat", [value.name for value in columns], axis=1), first.dtype)
