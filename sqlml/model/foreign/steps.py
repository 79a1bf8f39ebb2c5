"""Which steps a graph may have: those that are known to end, and whose work no value of a row can make larger.

This is what lets a graph that was tried be scored in the session. It has no loops and calls nothing of its own; it
reads no file; sizes follow from how many rows there are and from the graph itself, never from what stands in a row. So
it does to the session what it did when it was tried, on as many rows as are ever scored at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlml.model.foreign.problems import FileRefused, StepRefused

if TYPE_CHECKING:
    import onnx

GENERAL, LEARNING = ("", "ai.onnx"), "ai.onnx.ml"

_NUMBERS = """
    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh BatchNormalization Cast CastLike Ceil Celu Clip
    Concat Constant ConstantOfShape Conv Cos Cosh CumSum Div Dropout Elu Equal Erf Exp Expand Flatten Floor Gather
    GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual HardSigmoid HardSwish
    Hardmax Identity InstanceNormalization IsInf IsNaN LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax
    LpNormalization MatMul Max MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg Not OneHot Or PRelu Pad
    Pow Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
    ReduceSum ReduceSumSquare Relu Reshape Round Selu Shape Sigmoid Sign Sin Sinh Size Slice Softmax Softplus
    Softsign Split Sqrt Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile TopK Transpose Unsqueeze Where Xor
""".split()
_LEARNT = """
    ArrayFeatureExtractor Binarizer CategoryMapper FeatureVectorizer Imputer LabelEncoder LinearClassifier
    LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier
    TreeEnsembleRegressor ZipMap
""".split()
_KNOWN = {**dict.fromkeys(GENERAL, _NUMBERS), LEARNING: _LEARNT}
_LOOPS = ("If", "Loop", "Scan", "SequenceMap")

# Inputs that say how large something is to be; all of them where there is no number.
_SIZES: Mapping[str, Sequence[int]] = {
    "ConstantOfShape": (0,),
    "Expand": (1,),
    "OneHot": (1,),
    "Pad": (1, 3),
    "Range": (0, 1, 2),
    "Reshape": (1,),
    "Slice": (1, 2, 3, 4),
    "Split": (1,),
    "Squeeze": (1,),
    "Tile": (1, 2),
    "TopK": (1,),
    "Unsqueeze": (1,),
}
# What tells only how many there are, whatever they are.
_COUNTING = ("Shape", "Size")


def check(model: "onnx.ModelProto") -> None:
    """Raises StepRefused or FileRefused where a graph has more than such steps."""
    if model.graph.sparse_initializer:
        raise FileRefused("it keeps its numbers in a form that is not known here")
    if model.functions:
        raise StepRefused(model.functions[0].name, "which the file defines itself")
    of_rows = {one.name for one in model.graph.input} - {one.name for one in model.graph.initializer}
    for node in model.graph.node:
        _check_known(node)
        if any(node.input[at] in of_rows for at in _SIZES.get(node.op_type, ()) if at < len(node.input)):
            raise StepRefused(node.op_type, "whose work grows with the values of a row")
        if node.op_type not in _COUNTING and of_rows & set(node.input):
            of_rows |= set(node.output)
    if any(one.external_data or one.data_location for one in tensors(model.graph)):
        raise FileRefused("it keeps its numbers in other files; a model is imported from one file that has all of it")


def _check_known(node: "onnx.NodeProto") -> None:
    nests = any(one.HasField("g") or one.graphs or one.HasField("sparse_tensor") for one in node.attribute)
    if nests or node.op_type in _LOOPS:
        raise StepRefused(node.op_type, "which could go on without end")
    known = _KNOWN.get(node.domain, ())
    if node.op_type not in known:
        of = f"of `{node.domain}`, " if node.domain else ""
        raise StepRefused(node.op_type, f"{of}which is not known here")
    if node.op_type == "Dropout" and len(node.input) > 1:
        raise StepRefused(node.op_type, "which leaves numbers out at random")


def tensors(graph: "onnx.GraphProto") -> "Iterator[onnx.TensorProto]":
    """Every constant of a graph, wherever it stands."""
    yield from graph.initializer
    for attribute in (one for node in graph.node for one in node.attribute):
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
