"""Predicts with an exported graph where there is no sqlml, by what the graph says of itself; run as a process.

Arguments: a graph, a DuckDB file, and names of its tables. Prints, of each table, the outputs by their names.
"""

import json
import sys

import duckdb
import numpy as np
import onnxruntime

TYPES = {"BOOL": bool, "INT64": np.int64, "FLOAT": np.float32, "DOUBLE": float, "STRING": object}
NOTHING = {"BOOL": False, "INT64": 0, "FLOAT": np.nan, "DOUBLE": np.nan, "STRING": ""}


def main(graph: str, database: str, *tables: str) -> None:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph, options)
    inputs = json.loads(session.get_modelmeta().custom_metadata_map["inputs"])
    outputs = [output.name for output in session.get_outputs()]
    [optional] = session.get_overridable_initializers()
    with duckdb.connect(database, read_only=True) as db:
        for table in tables:
            columns = ", ".join(each["sql"] for each in inputs)
            rows = list(zip(*db.execute(f"SELECT {columns} FROM {table} AS input").fetchall(), strict=True))
            missing = np.array([[value is None for value in column] for column in rows]).T
            given = {
                each["name"]: np.array(
                    [NOTHING[each["type"]] if value is None else value for value in column], TYPES[each["type"]]
                )
                for each, column in zip(inputs, rows, strict=True)
            }
            plain = [column for column, each in enumerate(inputs) if each["type"] not in ("FLOAT", "DOUBLE")]
            if missing[:, plain].any():
                given[optional.name] = missing
            found = session.run(None, given)
            print(json.dumps({name: values.tolist() for name, values in zip(outputs, found, strict=True)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
    assert "sqlml" not in sys.modules
