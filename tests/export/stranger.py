"""Predicts with an exported graph where there is no sqlml; run by tests as a process of its own.

Reads `rows.json`, the inputs by their names, beside `model.onnx`; prints the outputs by theirs.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

TYPES = {"tensor(int64)": np.int64, "tensor(float)": np.float32, "tensor(double)": float, "tensor(string)": object}


def main(folder: Path) -> None:
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    given = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    types = {each.name: TYPES.get(each.type, bool) for each in session.get_inputs()}
    arrays = {name: np.array(values, types.get(name, bool)) for name, values in given.items()}
    found = session.run(None, arrays)
    names = [each.name for each in session.get_outputs()]
    print(json.dumps({name: values.tolist() for name, values in zip(names, found, strict=True)}))


if __name__ == "__main__":
    sys.modules["sqlml"] = None  # what is not there cannot be loaded
    main(Path(sys.argv[1]))
