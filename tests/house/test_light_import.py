"""`import sqlml` loads DuckDB and little else."""

import subprocess
import sys

import pytest

HEAVY = {
    "click",
    "google",
    "keras",
    "lightgbm",
    "numpy",
    "onnx",
    "onnxruntime",
    "pandas",
    "plotext",
    "prompt_toolkit",
    "pyarrow",
    "pygments",
    "scipy",
    "sklearn",
    "sqlglot",
    "tensorflow",
}
LEARNERS_AND_LANGUAGES = HEAVY - {"numpy", "pyarrow"}


def loaded_by(code: str) -> set[str]:
    ask = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    said = subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True, text=True, check=True)
    return set(said.stdout.split())


def test_importing_loads_nothing_heavy() -> None:
    assert loaded_by("import sqlml") & HEAVY == set()


@pytest.mark.parametrize("text", ["SELECT 42", "CREATE TABLE model AS SELECT 1 AS predict; FROM model"])
def test_sql_that_is_not_ours_loads_no_learner(text: str) -> None:
    loaded = loaded_by(f"import sqlml; sqlml.connect().execute({text!r}).fetchall()")
    assert loaded & LEARNERS_AND_LANGUAGES == set()


def test_training_and_scoring_load_no_data_frames() -> None:
    table = "CREATE TABLE t AS SELECT range % 50 AS x, range % 50 > 20 AS y FROM range(300)"
    model = "CREATE MODEL m PREDICT y WITH (max_trials = 1) AS FROM t"
    script = f"{table}; {model}; PREDICT m FROM t"
    assert "pandas" not in loaded_by(f"import sqlml; sqlml.connect().execute({script!r}).fetchall()")
