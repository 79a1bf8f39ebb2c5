"""A graph in the making, and arithmetic on what it computes; with `onnx` and `trees` the gate to onnx.

Whoever draws writes arithmetic: `(micros - centre) / DAY` adds the nodes that compute it, for every row at once.
"""

from collections.abc import Iterable, Mapping, Sequence
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

    def matches(self, pattern: str) -> "Value":
        """Of a text: whether all of it is as the regular expression says."""
        return self.node("RegexFullMatch", dtype=TRUTH, pattern=pattern)

    def tokens(self, padding: str, **attributes: Any) -> "Value":
        """Of a text: its parts (rows, parts), filled up with `padding`."""
        parted = self.node("Tokenizer", domain=EXTRA, pad_value=padding, mincharnum=1, mark=0, **attributes)
        return parted._along("Squeeze", 1)


Operand = Value | float | str | np.generic


def side_by_side(values: Iterable[Value]) -> Value:
    """Values (rows, 1) as one (rows, values)."""
    columns = list(values)
    first = columns[0]
    return Value(first.draft, first.draft.node("Concat", [value.name for value in columns], axis=1), first.dtype)
