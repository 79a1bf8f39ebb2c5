"""Files of models as others write them, whole and otherwise; those of tests/sql/import_model are made here."""

from collections.abc import Sequence

import numpy as np
from onnx import NodeProto, TensorProto, TypeProto, ValueInfoProto, helper, numpy_helper

# Trees over `age`, a number, and `plan`, a category of three; `id` is asked by none of them.
TREES = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=binary sigmoid:1
feature_names=id age plan
feature_infos=[0:1] [0:100] 0:1:2
tree_sizes=1 1

Tree=0
num_leaves=3
num_cat=1
split_feature=1 2
split_gain=2 1
threshold=30.5 0
decision_type=10 1
left_child=-1 -2
right_child=1 -3
leaf_value=1.5 0.25 -2
cat_boundaries=0 1
cat_threshold=5
is_linear=0
shrinkage=1


Tree=1
num_leaves=2
num_cat=0
split_feature=1
split_gain=1
threshold=50.5
decision_type=8
left_child=-1
right_child=-2
leaf_value=0.125 -0.5
is_linear=0
shrinkage=1


end of trees

feature_importances:
age=2
plan=1

parameters:
[categorical_feature: 2]
end of parameters

pandas_categorical:[["basic", "plus", "pro"]]
"""

FLOAT, DOUBLE, INT64, BOOL, STRING = (
    TensorProto.FLOAT,
    TensorProto.DOUBLE,
    TensorProto.INT64,
    TensorProto.BOOL,
    TensorProto.STRING,
)
value = helper.make_tensor_value_info
node = helper.make_node

PAIR = value("float_input", FLOAT, [None, 2])
NUMBER = value("variable", FLOAT, [None, 1])
LABEL, SHARES = value("output_label", STRING, [None]), value("output_probability", FLOAT, [None, 2])
WEIGHTS = numpy_helper.from_array(np.array([[0.5], [-2.0]], np.float32), "weights")
WEIGHING = node("MatMul", ["float_input", "weights"], ["variable"])
FOREST = node(
    "TreeEnsembleClassifier",
    ["float_input"],
    ["output_label", "probabilities"],
    domain="ai.onnx.ml",
    nodes_treeids=[0, 0, 0],
    nodes_nodeids=[0, 1, 2],
    nodes_featureids=[0, 0, 0],
    nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
    nodes_values=[30.5, 0.0, 0.0],
    nodes_truenodeids=[1, 0, 0],
    nodes_falsenodeids=[2, 0, 0],
    class_treeids=[0, 0],
    class_nodeids=[1, 2],
    class_ids=[0, 0],
    class_weights=[0.75, 0.125],
    classlabels_strings=["stays", "leaves"],
    post_transform="NONE",
)
MAPPING = node(
    "ZipMap", ["probabilities"], ["output_probability"], domain="ai.onnx.ml", classlabels_strings=["stays", "leaves"]
)


def graph(
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto],
    outputs: Sequence[ValueInfoProto],
    constants: Sequence[TensorProto] = (),
    version: int = 15,
) -> bytes:
    made = helper.make_graph(nodes, "graph", inputs, outputs, constants)
    opsets = [helper.make_opsetid("", version), helper.make_opsetid("ai.onnx.ml", 3)]
    content: bytes = helper.make_model(made, opset_imports=opsets, ir_version=8).SerializeToString()
    return content


def maps(name: str, key: int) -> ValueInfoProto:
    """A list of maps, one a row, as converters return probabilities."""
    each: TypeProto = helper.make_map_type_proto(key, helper.make_tensor_type_proto(FLOAT, []))
    return helper.make_value_info(name, helper.make_sequence_type_proto(each))


def classes() -> bytes:
    return graph([FOREST, MAPPING], [PAIR], [LABEL, maps("output_probability", STRING)])


def weighing() -> bytes:
    return graph([WEIGHING], [PAIR], [NUMBER], [WEIGHTS])


def columns() -> bytes:
    """What is spent, from columns of four types."""
    read = [value("age", DOUBLE, [None, 1]), value("visits", INT64, [None, 1])]
    read += [value("member", BOOL, [None]), value("plan", STRING, [None, 1])]
    steps = [
        node("Cast", ["visits"], ["visits_"], to=DOUBLE),
        node("Cast", ["member"], ["flat"], to=DOUBLE),
        node("Reshape", ["flat", "upright"], ["member_"]),
        node(
            "LabelEncoder",
            ["plan"],
            ["fee"],
            domain="ai.onnx.ml",
            keys_strings=["basic", "pro"],
            values_floats=[1.0, 2.0],
            default_float=-1.0,
        ),
        node("Cast", ["fee"], ["plan_"], to=DOUBLE),
        node("Sum", ["age", "visits_", "member_", "plan_"], ["spent"]),
    ]
    upright = numpy_helper.from_array(np.array([-1, 1]), "upright")
    return graph(steps, read, [value("spent", DOUBLE, [None, 1])], [upright])


def contrary() -> bytes:
    """Names the class that is least likely."""
    steps = [
        node("Softmax", ["float_input"], ["shares"], axis=1),
        node("ArgMin", ["shares"], ["place"], axis=1, keepdims=0),
        node("ArrayFeatureExtractor", ["names", "place"], ["label"], domain="ai.onnx.ml"),
    ]
    names = numpy_helper.from_array(np.array(["no", "yes"], object), "names")
    label, shares = value("label", STRING, [1, None]), value("shares", FLOAT, [None, 2])
    return graph(steps, [PAIR], [label, shares], [names])


def loop() -> bytes:
    """Goes on as long as what is true is true."""
    body = helper.make_graph(
        [node("Identity", ["goes_on"], ["on"]), node("Identity", ["held"], ["out"])],
        "body",
        [value("turn", INT64, []), value("goes_on", BOOL, []), value("held", FLOAT, None)],
        [value("on", BOOL, []), value("out", FLOAT, None)],
    )
    truth = numpy_helper.from_array(np.array(True), "truth")
    return graph([node("Loop", ["", "truth", "float_input"], ["variable"], body=body)], [PAIR], [NUMBER], [truth])


def mixing() -> bytes:
    """Takes off the mean of the rows that are beside a row."""
    steps = [
        node("ReduceMean", ["float_input"], ["mean"], axes=[0], keepdims=1),
        node("Sub", ["float_input", "mean"], ["off"]),
        node("MatMul", ["off", "weights"], ["variable"]),
    ]
    return graph(steps, [PAIR], [NUMBER], [WEIGHTS])


def grown() -> bytes:
    """Makes as many numbers as a row says."""
    steps = [
        node("Cast", ["float_input"], ["whole"], to=INT64),
        node("ReduceMax", ["whole"], ["most"], keepdims=0),
        node("Reshape", ["most", "one"], ["size"]),
        node("ConstantOfShape", ["size"], ["many"]),
        node("ReduceMax", ["many"], ["zero"], keepdims=0),
        node("MatMul", ["float_input", "weights"], ["product"]),
        node("Add", ["product", "zero"], ["variable"]),
    ]
    return graph(steps, [PAIR], [NUMBER], [WEIGHTS, numpy_helper.from_array(np.array([1]), "one")])


def giant(side: int = 10**6) -> bytes:
    """Makes `side` times `side` numbers before it looks at a row."""
    steps = [
        node("ConstantOfShape", ["shape"], ["many"]),
        node("ReduceMax", ["many"], ["zero"], keepdims=0),
        node("MatMul", ["float_input", "weights"], ["product"]),
        node("Add", ["product", "zero"], ["variable"]),
    ]
    return graph(steps, [PAIR], [NUMBER], [WEIGHTS, numpy_helper.from_array(np.array([side, side]), "shape")])


def elsewhere() -> bytes:
    """Has its numbers in another file, above its own folder."""
    outside = TensorProto(name="weights", data_type=FLOAT, dims=[2, 1], data_location=TensorProto.EXTERNAL)
    outside.external_data.add(key="location", value="../../../etc/passwd")
    return graph([WEIGHING], [PAIR], [NUMBER], [outside])


def unknown() -> bytes:
    return graph([node("Guess", ["float_input"], ["variable"], domain="com.acme")], [PAIR], [NUMBER])


def pictures() -> bytes:
    picture = value("picture", FLOAT, [None, 3, 8, 8])
    return graph([node("Flatten", ["picture"], ["variable"])], [picture], [NUMBER])


def several() -> bytes:
    opposite = value("opposite", FLOAT, [None, 1])
    return graph([WEIGHING, node("Neg", ["variable"], ["opposite"])], [PAIR], [NUMBER, opposite], [WEIGHTS])


def unnamed() -> bytes:
    return graph([WEIGHING], [value("float_input", FLOAT, [None, None])], [NUMBER], [WEIGHTS])


FILES: dict[str, bytes] = {
    "trees.txt": TREES.encode(),
    "half.txt": TREES[:400].encode(),
    "alike.txt": TREES.replace("id age plan", "id age Age").encode(),
    "ranking.txt": TREES.replace("binary sigmoid:1", "lambdarank").encode(),
    "against.txt": TREES.replace("num_class=1", "num_class=2")
    .replace("num_tree_per_iteration=1", "num_tree_per_iteration=2")
    .replace("binary sigmoid:1", "multiclassova num_class:2 sigmoid:1")
    .encode(),
    "linear.txt": TREES.replace("is_linear=0", "is_linear=1").encode(),
    "archive.bin": b"PK\x03\x04 and so on",
    "nothing.bin": b"",
    "classes.onnx": classes(),
    "weighing.onnx": weighing(),
    "columns.onnx": columns(),
    "contrary.onnx": contrary(),
    "loop.onnx": loop(),
    "mixing.onnx": mixing(),
    "grown.onnx": grown(),
    "giant.onnx": giant(),
    "elsewhere.onnx": elsewhere(),
    "unknown.onnx": unknown(),
    "pictures.onnx": pictures(),
    "several.onnx": several(),
    "unnamed.onnx": unnamed(),
}
