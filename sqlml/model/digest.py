"""MD5 of many texts at once, in the operators of a graph (Rivest, RFC 1321, 1992).

Whole numbers of 64 bits stand for words of 32: what a sum carries beyond them is cut off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import md5
from math import sin

import numpy as np

from sqlml.model.draft import Draft, Value

# A block has so many bytes, in words of four; behind the text come a mark and, in two words, its length in bits.
_BLOCK, _WORDS, _BEHIND = 64, 16, 9
_MARK = 0x80
_MASK = 0xFFFF_FFFF
_BEGIN = (0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476)
_SINES = [int(abs(sin(place + 1)) * 2**32) for place in range(64)]
_TURNS = ((7, 12, 17, 22), (5, 9, 14, 20), (4, 11, 16, 23), (6, 10, 15, 21))
# Of each sixteen steps: what is made of three words, and which word of the block is added to it.
_ROUNDS: Sequence[tuple[Callable[[Value, Value, Value], Value], Callable[[int], int]]] = (
    (lambda b, c, d: d.bits("Xor", b.bits("And", c.bits("Xor", d))), lambda step: step),
    (lambda b, c, d: c.bits("Xor", d.bits("And", b.bits("Xor", c))), lambda step: (5 * step + 1) % _WORDS),
    (lambda b, c, d: b.bits("Xor", c).bits("Xor", d), lambda step: (3 * step + 5) % _WORDS),
    (lambda b, c, d: c.bits("Xor", b.bits("Or", d.bits("Xor", _MASK))), lambda step: 7 * step % _WORDS),
)


@dataclass(frozen=True)
class Pieces:
    """Texts in pieces of up to four bytes: of each piece, in the order of the texts, whose it is, how many bytes it
    has, and the bytes as one number, the first of them the least."""

    owner: Value
    sizes: Value
    content: Value


def digests(pieces: Pieces, count: Value) -> list[Value]:
    """The four words of the digest of each of `count` texts, none of which is empty."""
    draft = count.draft
    lengths = draft.zeros(count).added_at(pieces.owner, pieces.sizes)
    blocks = (lengths + (_BEHIND - 1)) / _BLOCK + 1
    first = blocks.running(exclusive=1)
    inside = pieces.sizes.running(exclusive=1) - lengths.running(exclusive=1).taken(pieces.owner)
    begins = first * _BLOCK
    places = begins.taken(pieces.owner) + inside
    each = [_byte(places + at, pieces.content / 256**at % 256) for at in range(4)]
    written = [*each, _byte(begins + lengths, draft.ones(count) * _MARK)]
    written.append(((first + blocks) * _WORDS - 2, lengths * 8))
    memory = draft.zeros(blocks.summed(0) * _WORDS)
    memory = memory.added_at(draft.behind([at for at, _ in written]), draft.behind([number for _, number in written]))
    table = memory.shaped([-1, _WORDS])

    def block(inner: Draft, turn: Value, states: Sequence[Value]) -> list[Value]:
        # Few texts are long: only those that have such a block are gone on with.
        going_on = (turn < inner.seen(blocks)).where()
        words = inner.seen(table).taken(inner.seen(first).taken(going_on) + turn)
        after = _mixed([state.taken(going_on) for state in states], [words.column(at) for at in range(_WORDS)])
        return [state.put_at(going_on, new) for state, new in zip(states, after, strict=True)]

    begin = [draft.ones(count) * number for number in _BEGIN]
    return draft.repeated(blocks.most(), begin, block)


def key(words: Sequence[Value]) -> Value:
    """63 bits of each digest."""
    return words[0] * 2**31 + words[1] / 2


def key_of(text: str) -> int:
    """What `key` is of a text."""
    digest = md5(text.encode(), usedforsecurity=False).digest()
    first, second = (int.from_bytes(digest[at : at + 4], "little") for at in (0, 4))
    return first * 2**31 + second // 2


def head(words: Sequence[Value]) -> Value:
    """The first eight hexadecimal digits of each digest, as a number."""
    number = words[0]
    return (number % 256) * 2**24 + (number / 2**8 % 256) * 2**16 + (number / 2**16 % 256) * 2**8 + number / 2**24


def _byte(places: Value, bytes_: Value) -> tuple[Value, Value]:
    """The words that bytes are in, and what is to be added to these."""
    return places / 4, bytes_ * (places % 4).among(np.array([1, 2**8, 2**16, 2**24], np.int64))


def _mixed(states: Sequence[Value], words: Sequence[Value]) -> list[Value]:
    """The state after a block, of that before."""
    a, b, c, d = states
    for step in range(64):
        mix, place = _ROUNDS[step // _WORDS]
        total = (a + mix(b, c, d) + words[place(step)] + _SINES[step]).bits("And", _MASK)
        turned = total * 2 ** _TURNS[step // _WORDS][step % 4]
        a, d, c = d, c, b
        b = (b + turned.bits("And", _MASK) + turned / 2**32).bits("And", _MASK)
    return [(old + new).bits("And", _MASK) for old, new in zip(states, (a, b, c, d), strict=True)]
