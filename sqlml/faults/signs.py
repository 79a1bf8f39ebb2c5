"""The words by which a failure is known: data, the most telling first."""

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


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


def _sign(kind: Kind, advice: Advice, *words: str, about: re.Pattern[str] | None = None) -> Sign:
    return Sign(kind, advice, _any(*words), about)


# What is said of an accelerator, or by what drives it.
_DEVICE = _any(
    r"cuda|cublas|cudnn|cufft|cusolver|cusparse|curand|nvml|nvidia|nvrm|nccl|nvrtc|ptx|cubin|libdevice",
    r"\bhip\b|rocm|rocblas|miopen|rccl|opencl|\bcl\b|\bmetal\b|\bmps\b|tensorrt|level.?zero|sycl|gpu|vram",
)
_FOUND_MISSING = (
    r"cannot open shared object|image not found|dll load failed|library not (loaded|found)|undefined symbol",
    r"(cannot|could not|couldn't|failed to|unable to) (dlopen|load|find) .{0,40}(librar|\.so|\.dll|dynamic)",
    r"no module named|module ?not ?found|cannot import name|version `\S+' not found",
)

# Read from the first to the last, and the first that fits decides. A cause stands before its consequences: what fills
# a disk may say that memory ran out, and a library that is missing that a device is.
SIGNS = (
    # Said, and no failure.
    _sign(Kind.DEVICE_MEMORY, Advice.NONE, r"this is not a failure", about=_DEVICE),
    _sign(Kind.HOST_MEMORY, Advice.NONE, r"this is not a failure"),
    _sign(Kind.INTERNAL, Advice.NONE, r"unable to register \w+ factory", r"already (been )?registered"),
    # Somebody wanted it.
    _sign(
        Kind.CANCELLED,
        Advice.SAME,
        r"terminate flag|\bcancel+ed\b|keyboard ?interrupt|\binterrupt(ed)? (error|by|system call)|\binterrupted\b",
        r"\bsig(int|term)\b|exit (code |status )?-(2|15)\b",
    ),
    # Numbers that ran away, or that hide that they did.
    _sign(Kind.NUMERIC_DIVERGENCE, Advice.NONE, r"\breturns?\b.{0,80}\b(nan|finite)\b"),
    _sign(
        Kind.NUMERIC_DIVERGENCE,
        Advice.SAME,
        r"\b(loss|gradients?|metric|objective|cost)\b\W{0,12}((is|was|became|has|contains?) )?\W{0,4}[-+]?(nan|inf)",
        r"\b(nan|inf\w*)\b.{0,20}\b(loss|gradient)|tensor had (nan|inf)|non-?finite (loss|gradient|value)",
        r"\bdiverg(ed|es|ing|ence)\b|overflow encountered|invalid value encountered",
    ),
    # Space on a disk, before memory: what cannot be put aside on a disk is said to be out of memory.
    _sign(
        Kind.DISK_FULL,
        Advice.FREE_SPACE,
        r"no space left|\benospc\b|errno 28\b|not enough (disk )?space|disk (is )?full|out of disk",
        r"\bedquot\b|errno 122\b|quota exceeded|max temp directory size|failed to offload",
        r"wrote \d+ (of|out of) \d+|short write|\befbig\b|file too large",
    ),
    # What drives a device does not go with it.
    _sign(Kind.DRIVER_MISMATCH, Advice.OTHER_DEVICE, r"kernel version .{0,40}does not match"),
    _sign(
        Kind.DRIVER_MISMATCH,
        Advice.OTHER_DEVICE,
        r"version .{0,60}does not match|version mismatch|driver mismatch|driver\b.{0,40}too old|compat not supported",
        r"driver version is insufficient|insufficient driver|unsupported display driver|forward compatibility",
        r"(compiled|built|linked) (with|against|for)\W.{0,40}\d.{0,120}(matching|compatible) ",
        r"\b(failure|error|code|failed|== ?\w+) \(?(35|803|804)\b",
        about=_DEVICE,
    ),
    # A device of another make than what was built for it.
    _sign(
        Kind.UNSUPPORTED_HARDWARE,
        Advice.OTHER_DEVICE,
        r"no kernel image|(invalid|unsupported) ptx|no binary for gpu|unable to find code object|arch mismatch",
        r"compute capability|invalid device function|sm ?\d+ is not|build program failure",
        r"unsupported (gpu|device|toolchain|architecture)|architecture .{0,40}not supported",
        about=_DEVICE,
    ),
    # A device that another program has.
    _sign(
        Kind.DEVICE_BUSY,
        Advice.OTHER_DEVICE,
        r"devices? (are|is) (all )?busy|busy or unavailable|devices unavailable|exclusive.?process",
        r"(in use|used|locked|held) by another (process|program|user)",
        about=_DEVICE,
    ),
    # Memory of a device, also where a part of what drives it cannot be made for want of some.
    _sign(
        Kind.DEVICE_MEMORY,
        Advice.SMALLER_BATCH,
        r"(create|creating|initiali[sz]e) \w+ handle|failed to get convolution algorithm|no algorithm worked",
        r"(cublas|cusolver|cusparse|cufft|curand|cudnn|rocblas)( status)? (not initialized|alloc failed)",
        r"cudnn status internal error|dst tensor is not initialized|blas \w+ launch failed",
        r"(mem|memory) object allocation failure|cl out of resources",
    ),
    _sign(
        Kind.DEVICE_MEMORY,
        Advice.SMALLER_BATCH,
        r"out of (device |gpu |host )?memory|\boom\b|resource ?exhausted|memory ?allocation|alloc failed",
        r"(failed|unable|could not|cannot) (to )?alloc(ate)?\b|allocation (of|failed)|insufficient memory",
        about=_DEVICE,
    ),
    # An arena says of itself neither where it is nor, with its failure code, anything else; no device holds a terabyte.
    _sign(
        Kind.DEVICE_MEMORY,
        Advice.SMALLER_BATCH,
        r"requested buffer of size \d{1,12}\b",
        about=_any(r"runtime ?(exception|error)|runtime error 6\b|: 6 :"),
    ),
    # A device, or what ran on it, that has broken down.
    _sign(
        Kind.DEVICE_FAULT,
        Advice.OTHER_DEVICE,
        r"\bxid\b|fallen off the bus|(gpu|device) (is )?lost|hardware (stack )?error|hang (detected|occurred)",
        r"\becc\b|uncorrectable|nvlink|device-side assert|memory access fault|invalid (pc|program counter)",
        r"launch (failure|failed|timeout|timed out)|execution failed|unspecified launch",
        r"illegal (memory access|address|instruction)|misaligned address|invalid address space",
        r"\b(failure|error|code) \(?(70[0-9]|71[0-9]|214|220|226|999)\b",
        about=_DEVICE,
    ),
    _sign(
        Kind.INTERNAL,
        Advice.SAME,
        r"initialization error\b|re-?initiali[sz]e \w+ in (a )?forked",
        about=_DEVICE,
    ),
    # A processor without what was compiled for another.
    _sign(
        Kind.UNSUPPORTED_HARDWARE,
        Advice.NONE,
        r"compiled to use .{0,60}instructions|illegal instruction|\bsigill\b|exit (code |status )?-4\b",
        r"instructions?\b.{0,40}(not available|aren't available|not supported|unsupported)",
        r"(cpu|processor) (does not|doesn't|lacks|without) .{0,30}(support|avx|sse)",
    ),
    # A library that is not there, or was made without what is asked of it.
    _sign(
        Kind.LIBRARY_MISSING,
        Advice.OTHER_DEVICE,
        *_FOUND_MISSING,
        r"(libdevice|ptxas|nvvm) (is )?not found|(cannot|can't|could(n't| not)) (find|invoke) (libdevice|ptxas|nvvm)",
        r"not (enabled|available|supported|included) in (this|the) (build|version|package|binary)",
        r"(was|is|were|are) not (built|compiled) with|not compiled with|recompile with|without .{0,20}support",
        r"not in available provider|provider .{0,40}(not available|unavailable)",
        about=_DEVICE,
    ),
    _sign(Kind.LIBRARY_MISSING, Advice.NONE, *_FOUND_MISSING),
    # A device that is not there, or not shown.
    _sign(
        Kind.DEVICE_UNAVAILABLE,
        Advice.OTHER_DEVICE,
        r"(could not find|no|found no) \w+ drivers?|\bno (\S+ )?(\S+-capable )?(device|platform)s?\b|no gpus?\b",
        r"failed call to cu ?init|failed to initialize nvml|couldn't communicate with the \S+ driver",
        r"invalid (device )?(ordinal|index|id)\b|invalid device|device (ordinal|index) .{0,30}(invalid|out of)",
        r"no supported devices|could not satisfy device|unknown device|device not found|visible devices",
        r"(gpu|device)s? .{0,30}(not (available|found|visible|detected|present)|unavailable)",
        r"unknown provider|falling back to \['cpu|gpu will not be used|system not yet initialized",
    ),
    # Time.
    _sign(Kind.TIMEOUT, Advice.SAME, r"time(d)?[ -]?out|deadline ?exceeded|etimedout|errno 110\b"),
    # Memory of the machine. A thread too many can be had later; what asks for too much cannot.
    _sign(
        Kind.HOST_MEMORY,
        Advice.SAME,
        r"thread creation failed|can't start new thread|pthread create|resource temporarily unavailable|\beagain\b",
        r"errno 11\b|(cannot|failed to|unable to) (fork|create thread|start (new )?thread)|fork failed",
    ),
    _sign(
        Kind.HOST_MEMORY,
        Advice.SMALLER_BATCH,
        r"out of memory|\boom\b|memory ?error|bad ?alloc|\benomem\b|errno 12\b|resource ?exhausted",
        r"(cannot|unable to|could not|failed to|can't) (alloc(ate)?|map|mmap|reserve)\b|length error",
        r"(malloc|realloc|calloc|mmap|allocation) (of|failed|for)\b|exceeds \d+% of (free )?system|memory limit",
        r"\bsigkill\b|exit (code |status )?-9\b|\b137\b|^killed$",
    ),
    # A process that is gone, and nothing says why.
    _sign(
        Kind.WORKER_LOST,
        Advice.SAME,
        r"process ?pool was terminated|broken ?(process ?)?pool|broken pipe|\bepipe\b|errno 32\b|eof ?error|\bsighup\b",
        r"(worker|child|peer|subprocess|process)\b.{0,40}(died|terminated|exited|lost|gone|crashed|disconnected)",
        r"connection (reset|refused|aborted|closed)",
    ),
    # Files.
    _sign(
        Kind.IO,
        Advice.SAME,
        r"too many open files|\be[mn]file\b|errno (16|23|24|26|116)\b|\bebusy\b|stale file handle",
        r"(could not|cannot|unable to) (set|get|acquire|obtain) .{0,10}lock|conflicting lock|database is locked",
    ),
    _sign(
        Kind.IO,
        Advice.NONE,
        r"no ?such ?file|file ?not ?found|\benoent\b|errno (1|2|5|13|20|21|30|36)\b",
        r"(file|path) .{0,80}(does not|doesn't) exist",
        r"permission ?(denied|error)|read-only file system|operation not permitted|not a directory|is a directory",
        r"input/output error|\beio\b|name too long|file (doesn't|does not) exist",
        r"protobuf pars|invalid protobuf|parse protobuf|corrupt|unexpected end of (file|data|input)|premature end",
        r"magic (bytes|number)|not a (valid|zip|parquet)|invalid (file|magic)|checksum|crc (error|mismatch)",
        r"(could not|cannot|unable to) (open|read) file|file .{0,20}truncated",
    ),
    # Data of a size that a device, a buffer or a model cannot take.
    _sign(
        Kind.DATA_SIZE,
        Advice.OTHER_DEVICE,
        r"cannot (run|be used|train) on (the )?gpu|(too (large|many|big)|exceeds?|more than)\b.{0,60}\bgpu\b",
    ),
    _sign(
        Kind.DATA_SIZE,
        Advice.SMALLER_BATCH,
        r"offset overflow|capacity ?error|cannot contain more than|too large to (fit|convert|concatenate|serialize)",
        r"(exceeds?|larger than|more than|over)\b.{0,30}(2 ?gi?b|2147483647|4294967295|int32|maximum (size|length))",
    ),
    _sign(
        Kind.DATA_SIZE,
        Advice.NONE,
        r"incompatible with the layer|incompatible shapes?|cardinality is ambiguous|could not broadcast|inhomogeneous",
        r"shapes? .{0,60}(mismatch|not aligned|must match|do not match)|invalid (dimensions|rank)",
        r"dimension(s|ality)? .{0,60}(mismatch|match|expected|must)|length mismatch|inconsistent (numbers|length)",
        r"(number|count) of (features|columns|labels?|rows|weights?|names|elements|groups?)\b|same (number|length)",
        r"length of .{0,60}(does not|doesn't|differs|same|match)|expected \d+ (columns|features|fields)",
    ),
    _sign(
        Kind.DATA_TYPE,
        Advice.NONE,
        r"\bdtypes?\b|unexpected input data type|unsupported .{0,20}type|invalid (data ?)?type|type ?(mismatch|error)",
        r"(could not|cannot|can't|failed to) (convert|cast|parse|interpret|compare)|conversion (error|failed)",
        r"not (implemented|supported) for type|data ?types? .{0,30}(must|expected|not)|unhashable",
    ),
    _sign(
        Kind.DATA_VALUE,
        Advice.NONE,
        r"not in (the )?range|out of (data )?(range|bounds)|not in \[|outside (of )?the range|must be (in|within)\b",
        r"would (lose data|overflow|truncate)|was truncated converting|special json characters|feature names?\b",
        r"check failed: \(?(label|target|weight|response)\b|\blabels? (must|should|contains?|is|are|has|have)\b",
        r"contains? (nan|inf|null|missing|negative|non-finite)|input .{0,30}\b(nan|inf\w*)\b|invalid (utf|unicode)",
        r"must (be|have) (a )?(positive|non-?negative|greater|less|at least|finite|unique|sorted|between|>)",
        r"(weights?|groups?|targets?) (must|should|contains?)|negative (value|weight|label)|only one class",
        r"duplicate(d)? (name|column|key|label|feature)|codec can't (de|en)code|divi(sion|de) by zero",
    ),
    # A fault of what computes, which another device may not have.
    _sign(
        Kind.INTERNAL,
        Advice.OTHER_DEVICE,
        r"segmentation fault|\bsig(segv|abrt|bus|fpe|trap)\b|exit (code |status )?-(5|6|7|8|11)\b|\b(134|135|139)\b",
        r"check failed|bus error|floating point exception|core dumped|terminate called|stack smashing|double free",
    ),
)
