"""From a raw failure to what it is."""

from dataclasses import dataclass

from sqlml.faults.kind import Advice, Kind
from sqlml.faults.sign import spelt
from sqlml.faults.signs import SIGNS


@dataclass(frozen=True)
class Fault:
    """A failure's kind, and what helps against it."""

    kind: Kind
    advice: Advice


def classified(raw: str, raised_as: str = "") -> Fault:
    """What a failure is, by its words and, where these tell nothing, by how it was raised.

    Words that nobody foresaw are an internal failure that no other try mends.
    """
    said, raised = spelt(raw), spelt(raised_as)
    whole = f"{raised}\n{said}"
    for text in (said, raised):
        for sign in SIGNS:
            if sign.fits(text, whole):
                return Fault(sign.kind, sign.advice)
    return Fault(Kind.INTERNAL, Advice.NONE)
