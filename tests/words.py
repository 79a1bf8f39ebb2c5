"""The words that no message, detail or hint may have: they name the machinery below, which no user of SQL chose."""

import re

from sqlml.diagnostics import Diagnostic

LEAKS = """
    arrow booster catboost cublas cuda cudnn flatbuffer flight gomp grpc hip keras libgomp lightgbm lgbm mkl mps nccl
    numpy nvidia nvml onnx onnxruntime openblas opencl openmp ort pandas protobuf ptx pyarrow pytest python pytorch ray
    rocm scikit scipy sklearn spark sqlglot tensor tensorflow tensorrt torch triton xgboost xla
    assertion attributeerror backtrace cpython dataframe dtype enum errno exception exitcode gil initializer kernel
    keyerror malloc mutex ndarray nonetype nullptr pickle pid pipe segfault segmentation semaphore serialize
    sigabrt sigill sigkill sigsegv sigterm singleton stacktrace stderr stdout subprocess traceback typeerror valueerror
""".split()
WORDS = re.compile(rf"(?<![a-z])({'|'.join(LEAKS)}|session option)s?(?![a-z])", re.IGNORECASE)


def leaked(told: Diagnostic, text: str | None = None) -> list[str]:
    """The words of a diagnostic that name the machinery, but for those that the user's own `text` has."""
    said = " ".join(part for part in (told.message, told.detail, told.hint) if part)
    # What stands in backticks is a name of the user's, or an option of theirs.
    said = re.sub(r"`[^`]*`", "", said)
    own = (text or "").lower()
    return [word for word in WORDS.findall(said) if word.lower() not in own]
