"""What has failed is told from what libraries, drivers and systems say of it, whichever of them it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sqlml.faults import Advice, Kind, classified, worded
from sqlml.faults.classify import Fault
from tests.words import WORDS

# What is said, by what it means: the kind and what helps.
SAID = {
    "cancelled same": [
        "process ended with exit code -15",
        "INTERRUPT Error: Interrupted!",
    ],
    "data_size none": [
        "[LightGBM] [Fatal] The number of features in data (5) is not the same as it was in training data (4).",
        "Length of labels differs from the length of #data",
        "Data cardinality is ambiguous:\n  x sizes: 10\n  y sizes: 9",
    ],
    "data_size smaller_batch": [
        "ArrowCapacityError: array cannot contain more than 2147483646 bytes, have 2147483647",
    ],
    "data_type none": [
        "ValueError: pandas dtypes must be int, float or bool.\nFields with bad pandas dtypes: city: object",
        "Failed to convert a NumPy array to a Tensor (Unsupported object type int).",
        "could not convert string to float: 'abc'",
    ],
    "data_value none": [
        "ArrowInvalid: Float value 1.5 was truncated converting to int64",
        "Casting from timestamp[ns] to timestamp[us] would lose data: 1",
        "indices element out of data bounds, idx=9 must be within the inclusive range [-5,4]",
        "Out of Range Error: Overflow in multiplication of INT32",
        "ValueError: Input contains NaN",
    ],
    "device_busy other_device": [
        "cudaErrorDevicesUnavailable: CUDA-capable device(s) is/are busy or unavailable",
    ],
    "device_fault other_device": [
        "CUDA error: device-side assert triggered",
        "failed to enqueue convolution on stream: CUDNN_STATUS_EXECUTION_FAILED",
        "CUDA error: an illegal instruction was encountered",
        "cudaErrorIllegalAddress",
        "GPU is lost. Reboot the system to recover this GPU",
        "Uncorrectable ECC error encountered on GPU 0",
    ],
    "device_memory smaller_batch": [
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "Failed copying input tensor from /job:localhost/replica:0/task:0/device:CPU:0 to "
        "/job:localhost/replica:0/task:0/device:GPU:0 in order to run GatherV2: Dst tensor is not initialized.",
        "Blas xGEMM launch failed : a.shape=[1,32,64]",
        "Memory Object Allocation Failure",
        "CUDA failure 2: out of memory ; GPU=0",
        "hipErrorOutOfMemory",
    ],
    "device_unavailable other_device": [
        "cudaErrorNoDevice: no CUDA-capable device is detected",
        "CUDA initialization: Found no NVIDIA driver on your system.",
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the "
        "latest NVIDIA driver is installed and running.",
        "No OpenCL platform found",
        "HIP error: invalid device ordinal",
    ],
    "disk_full free_space": [
        "[Errno 122] Disk quota exceeded",
    ],
    "driver_mismatch other_device": [
        "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: system has unsupported display driver / cuda driver combination",
        "Failed to initialize NVML: Driver/library version mismatch",
        "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040).",
        "cudaErrorInsufficientDriver",
    ],
    "host_memory same": [
        "BlockingIOError: [Errno 11] Resource temporarily unavailable",
        "can't start new thread",
        "OpenBLAS blas_thread_init: pthread_create failed for thread 3 of 64: Resource temporarily unavailable",
    ],
    "host_memory smaller_batch": [
        "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc",
        "MemoryError",
        "[Errno 12] Cannot allocate memory",
        "process ended with exit code -9",
        "Killed",
        "XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 4294967296 bytes",
    ],
    "internal none": [
        "something utterly new",
    ],
    "internal other_device": [
        "process ended with exit code -7",
        "Bus error (core dumped)",
    ],
    "internal same": [
        "Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the "
        "'spawn' start method",
    ],
    "io none": [
        "[Errno 5] Input/output error",
        "Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file.",
        "[ONNXRuntimeError] : 3 : NO_SUCHFILE : Load model from x.onnx failed:Load model x.onnx failed. "
        "File doesn't exist",
        "OSError: [Errno 30] Read-only file system: '/data'",
        'IO Error: Cannot open file "/x/y.parquet": No such file or directory',
    ],
    "library_missing none": [
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
        "/lib64/libstdc++.so.6: version `GLIBCXX_3.4.29' not found",
    ],
    "library_missing other_device": [
        "Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object "
        "file: No such file or directory",
        "Couldn't invoke ptxas --version",
    ],
    "numeric_divergence same": [
        "Loss became nan at epoch 3",
        "loss: nan - val_loss: nan",
        "RuntimeWarning: overflow encountered in exp",
    ],
    "unsupported_hardware none": [
        "Illegal instruction (core dumped)",
        "process ended with exit code -4",
    ],
    "unsupported_hardware other_device": [
        "CUBLAS_STATUS_ARCH_MISMATCH",
        "NVIDIA H100 PCIe with CUDA capability sm_90 is not compatible with the current installation",
        "boost::compute: Build Program Failure OpenCL",
    ],
    "worker_lost same": [
        "BrokenPipeError: [Errno 32] Broken pipe",
        "Worker process died unexpectedly",
    ],
}
PAIRS = [(raw, means) for means, said in SAID.items() for raw in said]


@pytest.mark.parametrize(("raw", "means"), PAIRS)
def test_a_failure_is_what_its_words_mean(raw: str, means: str) -> None:
    fault = classified(raw)
    assert f"{fault.kind} {fault.advice}" == means


def test_much_else_is_what_its_words_mean() -> None:
    """What many libraries, drivers and systems say, a line of JSON each, is told apart as a person would."""
    lines = (Path(__file__).parent / "said.jsonl").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line) for line in lines]
    found = [(one["raw"], *map(str, vars(classified(one["raw"], one["raised_as"])).values())) for one in said]
    assert found == [(one["raw"], one["class"], one["retryable"]) for one in said]


def test_where_the_words_tell_nothing_how_it_was_raised_does() -> None:
    assert classified("", "TimeoutError").kind is Kind.TIMEOUT
    assert classified("(no output)", "signal SIGKILL").kind is Kind.HOST_MEMORY


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_said_in_the_user_s_words(kind: Kind) -> None:
    said = worded(Fault(kind, Advice.SAME)).diagnostic()
    text = " ".join(part for part in (said.message, said.detail, said.hint) if part)
    assert WORDS.findall(text) == []
    assert said.hint


def test_what_no_other_try_mends_is_not_worth_one() -> None:
    assert worded(Fault(Kind.IO, Advice.SAME)).retryable
    assert not worded(Fault(Kind.IO, Advice.NONE)).retryable
    assert not worded(Fault(Kind.DEVICE_FAULT, Advice.OTHER_DEVICE)).retryable


def test_real_failures_are_told_apart(shared: Path) -> None:
    corpus = shared / "faults" / "hardware_errors.jsonl"
    failures = {failure["id"]: failure for failure in map(json.loads, corpus.read_text("utf-8").splitlines())}
    told = subprocess.run(
        [sys.executable, "-m", "sqlml.testing", "classify", corpus], capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(found) == len(failures)
    wanted = [(name, failure["class"], failure["retryable"]) for name, failure in failures.items()]
    assert [(one["id"], one["class"], one["retryable"]) for one in found] == wanted
    for one in found:
        assert WORDS.findall(f"{one['message']} {one['detail']} {one['hint']}") == []
