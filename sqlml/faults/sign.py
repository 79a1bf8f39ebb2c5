"""What a sign of a failure is, and the words that many signs have in common."""

import re
from dataclasses import dataclass

from sqlml.faults.kind import Advice, Kind


@dataclass(frozen=True)
class Sign:
    """`words` mean `kind`, and `advice` helps; where `about` is given, that has to be found somewhere as well."""

    kind: Kind
    advice: Advice
    words: re.Pattern[str]
    about: re.Pattern[str] | None = None

    def fits(self, text: str, whole: str) -> bool:
        """Whether the words are in `text`, and what they have to be about in the `whole` that is known."""
        return bool(self.words.search(text)) and (self.about is None or bool(self.about.search(whole)))


def spelt(raw: str) -> str:
    """A failure's text, and again with the words of names apart: NO_DEVICE and NoDevice say the same."""
    return f"{raw}\n" + re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", raw)


def any_of(*patterns: str) -> re.Pattern[str]:
    """What any of the patterns fits, in whatever case, and in any line."""
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


def sign(kind: Kind, advice: Advice, *words: str, about: re.Pattern[str] | None = None) -> Sign:
    """The sign that any of the words are."""
    return Sign(kind, advice, any_of(*words), about)


# What is said of an accelerator, or by what drives it.
DEVICE = any_of(
    r"cuda|cublas|cudnn|cufft|cusolver|cusparse|curand|nvml|nvidia|nvrm|nccl|nvrtc|ptx|cubin|libdevice",
    r"\bhip(blas|fft|sparse|solver|rand|cc)?\b|rocm|rocblas|miopen|rccl|opencl|\bcl\b|\bmetal\b|\bmps\b|tensorrt",
    r"level.?zero|sycl|oneapi|gpu|vram|\btpu\b|directml|\bdml ?execution|\[dml\]|dxgi|d3d12|vulkan|\bvk\b|\bhsa\b",
    r"\bgfx\d",
    r"/dev/kfd",
    r"\bcupy\b|\btrt\b|\bur result\b|\bpi error\b",
)


def code(numbers: str) -> str:
    """The words by which what drives a device numbers a failure."""
    return rf"(\b(failure|error|code|failed|returned|status)|== ?\w+)\W{{1,3}}({numbers})\b"


def exited(numbers: str) -> str:
    """The words by which a process is said to have exited so."""
    return rf"\b(exit(ed|s)?( with)?( non-?zero)?( exit)?( ?code| ?status)?|return ?code|rc)\W{{0,3}}({numbers})\b"


def ended(*signals: int) -> str:
    """The words by which a process is said to have ended by a signal: its number, that less than zero, and 128 more."""
    numbers = "|".join(map(str, signals))
    ends = "|".join(f"-{number}|{128 + number}" for number in signals)
    return rf"{exited(ends)}|\bsignal\W{{1,3}}({numbers})\b|\bstatus=({numbers})/"


FOUND_MISSING = (
    r"cannot open shared object|image not found|dll load failed|library ?not ?(loaded|found)|load ?library failed",
    r"(undefined|missing) symbol|symbol (not found|lookup error)|cannot load symbol|winerror (126|127|1114)\b",
    r"(librar\w*|modules?|\.so[\d.]*|\.dll|\.dylib)\b.{0,60}(could not|cannot|can't) (be )?(found|loaded|find|load)\b",
    r"(library|\.so[\d.]*|\.dll|\.dylib) (is |was )?not found\b",
    r"(cannot|could not|couldn't|failed to|unable to) (dlopen|load|find) .{0,40}(librar|\.so|\.dll|dynamic)",
    r"unable to load any of|error loading \S+(\.so|\.dll|\.dylib)|could not find module",
    r"cannot find .{0,40}library file",
    r"no module named|module ?not ?found|cannot import name|version `\S+' not found|failed to import|import ?error",
    r"(missing|required|optional) (\w+ )?(dependency|package)|(?<!driver )(is|are) not installed|package ?not ?found",
    r"binary incompatib|compiled (using|against) numpy",
)
