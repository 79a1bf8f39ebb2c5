"""Free text in a graph: its words as the database tells them apart, letter by letter.

What each letter is, the database is asked when the graph is made. All rows' letters lie one behind the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.ask import Ask
from sqlml.quote import literal

if TYPE_CHECKING:
    from sqlml.model.draft import Draft, Value

# SQL of the number of every letter that may be, `point`; surrogates are none.
POINTS = "SELECT unnest(range(1, 55296) || range(57344, 1114112)) AS point"

NONE, ALONE, LETTER, DIGIT, NUMERAL, OWN_MARK, OWN_NUMERAL = range(7)
"""What a letter is: none of a word, a word of its own, one of a run of letters, one of the ten digits or of the others.
Marks and digits of scripts that part no words go with the letters or the digits before them, or else are words."""

# A letter's number holds its kind, how many bytes it has in lower case, and these bytes, the first of them the least.
_KINDS, _SIZES = 8, 8
# What fills the places of a row behind its last letter.
_NOTHING = "no"
# So many digits are as good as any number of them.
_DIGITS, _ZERO = 3, ord("0")
# A row of its own with each kind of letter, so that nothing is ever empty; it is no row's neighbour.
_EXTRA = "a ั ๐ 0 000"


def kind(letter: str, unspaced: str) -> str:
    """SQL: what the small letter that some SQL stands for is.

    `unspaced` are the letters that are words of their own, as what stands between the brackets of a regular expression.
    """
    patterns = {
        OWN_MARK: rf"[{unspaced}]&\p{{M}}",
        OWN_NUMERAL: rf"[{unspaced}]&\p{{Nd}}",
        ALONE: rf"[{unspaced}]|[!?\p{{So}}\p{{Sc}}]",
        LETTER: r"[\p{L}\p{M}]",
        DIGIT: "[0-9]",
        NUMERAL: r"\p{Nd}",
    }
    conditions = {
        one: " AND ".join(f"regexp_full_match({letter}, {literal(part)})" for part in pattern.split("&"))
        for one, pattern in patterns.items()
    }
    branches = " ".join(f"WHEN {condition} THEN {one}" for one, condition in conditions.items())
    return f"CASE {branches} ELSE {NONE} END"


@dataclass(frozen=True)
class Words:
    """The words of all rows: the row that each is in, how many rows there are, and the words' digests."""

    row: "Value"
    rows: "Value"
    digests: "Sequence[Value]"


def words(text: "Value", ask: Ask, longest: int, unspaced: str) -> Words:
    """The words of texts (rows, 1), and of one row more that is not theirs.

    So many letters are read of a text. `unspaced` are the letters that are words of their own, as what stands between
    the brackets of a regular expression.
    """
    from sqlml.model.digest import Pieces, digests

    draft = text.draft
    table = draft.behind([text, draft.number(_EXTRA, text.dtype).shaped([1, 1])])
    letters = table.tokens(_NOTHING, separators=[""]).between(0, longest, axis=1)
    numbers = letters.coded(*_letters(ask, unspaced), 0).shaped([-1])
    width = letters.node("Shape", dtype=numbers.dtype, start=1, end=2)
    there = (~letters.equals(_NOTHING)).shaped([-1]).where()
    found = _Letters(draft, there / width, numbers.taken(there))
    kept = found.without_long_numbers()
    is_start, is_part = kept.starts()
    word = is_start.whole().running() - 1
    part = is_part.where()
    pieces = Pieces(word.taken(part), kept.size.taken(part), kept.content.taken(part))
    return Words(
        kept.row.taken(is_start.where()),
        table.node("Shape", dtype=numbers.dtype, start=0, end=1),
        digests(pieces, is_start.whole().summed(0)),
    )


class _Letters:
    """Letters by the row that they are in, and the numbers that tell of them."""

    def __init__(self, draft: "Draft", row: "Value", number: "Value") -> None:
        self.draft, self.row = draft, row
        self.kind = number % _KINDS
        self.size = number / _KINDS % _SIZES
        self.content = number / (_KINDS * _SIZES)
        self.is_first = ~row.equals(row.before(-1))

    def without_long_numbers(self) -> "_Letters":
        """Three zeros for each run of three digits or more, and marks as what they are where they stand."""
        is_digit = self.kind.equals(DIGIT)
        run, start = self._runs(is_digit)
        nth = self.draft.ones(self.kind.node("Size")).running() - 1 - start.where().taken(run)
        place = is_digit.where()
        length = self.draft.zeros(start.whole().summed(0)).added_at(
            run.taken(place), self.draft.ones(place.node("Size"))
        )
        is_long = is_digit & (length.taken(run) >= _DIGITS)
        kept = (~(is_long & (nth >= _DIGITS))).where()
        content = is_long.chosen(self.draft.number(_ZERO, self.content.dtype), self.content)
        number = (content * _SIZES + self.size) * _KINDS + self._settled()
        return _Letters(self.draft, self.row.taken(kept), number.taken(kept))

    def starts(self) -> "tuple[Value, Value]":
        """Where words start, and what is part of one."""
        merged = self.kind.equals(NUMERAL).chosen(self.draft.number(DIGIT, self.kind.dtype), self.kind)
        is_part = ~merged.equals(NONE)
        is_new = self.is_first | ~merged.equals(merged.before(NONE))
        return is_part & (is_new | merged.equals(ALONE)), is_part

    def _settled(self) -> "Value":
        """The kinds, in which what may go with what is before it is part of that or a word of its own."""
        before = self.kind.before(NONE)
        are_digits = before.equals(DIGIT) | before.equals(NUMERAL)
        settled = self._going_with(self.kind, OWN_MARK, LETTER, before.equals(LETTER))
        return self._going_with(settled, OWN_NUMERAL, NUMERAL, are_digits)

    def _going_with(self, kinds: "Value", own: int, other: int, is_behind: "Value") -> "Value":
        """The kinds, in which runs of `own` that stand behind such as they may go with are of the `other` kind."""
        are_own = self.kind.equals(own)
        run, start = self._runs(are_own)
        goes_on = (is_behind & ~self.is_first).whole().taken(start.where()).taken(run).equals(1)
        settled = goes_on.chosen(self.draft.number(other, kinds.dtype), ALONE)
        return are_own.chosen(settled, kinds)

    def _runs(self, are: "Value") -> "tuple[Value, Value]":
        """Of letters that are of one kind: the number of the run that each is in, and where runs start.

        Of the other letters the number is that of the run before; what takes -1 for a place takes the last.
        """
        start = are & (self.is_first | ~self.kind.equals(self.kind.before(NONE)))
        return start.whole().running() - 1, start


def _letters(ask: Ask, unspaced: str) -> tuple[list[str], list[int]]:
    """Every letter that is part of words, and its number."""
    lowered = f"SELECT chr(point::INTEGER) AS letter, lower(letter) AS lower FROM ({POINTS})"
    backwards = "concat(hex[7:8], hex[5:6], hex[3:4], hex[1:2])"
    told = f"SELECT *, hex(encode(lower)) AS hex, {kind('lower', unspaced)} AS kind FROM ({lowered})"
    number = f"(('0x' || {backwards})::BIGINT * {_SIZES} + strlen(lower)) * {_KINDS} + kind"
    found = ask(f"SELECT letter, {number} AS number FROM ({told}) WHERE kind <> {NONE} ORDER BY letter ASC")
    return found.column("letter").to_pylist(), found.column("number").to_pylist()
