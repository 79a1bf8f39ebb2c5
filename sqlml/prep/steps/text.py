"""Free text as what its words say of the target, and whether it has certain words."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.step import MISSING
from sqlml.prep.steps import letters
from sqlml.prep.steps.level_mean import called, mark
from sqlml.prep.steps.shared import GIVEN, Crossed
from sqlml.quote import literal
from sqlml.schema import Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.step import Read

# So many characters are read of a text.
LONGEST = 10_000
# Weights are kept in thousandths, within what a SMALLINT holds.
THOUSAND = 1000

# Scripts that part no words: each letter is a word, and two neighbours are what a word is elsewhere.
UNSPACED = "".join(rf"\p{{{script}}}" for script in ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"))
_WORD = rf"[{UNSPACED}]|(?:[^\P{{L}}{UNSPACED}]|\p{{M}})+|\p{{Nd}}+|[!?\p{{So}}\p{{Sc}}]"


@dataclass(frozen=True)
class Text(Crossed):
    """The sum, or with `averaged` the mean, of its words' and neighbouring words' weights; then its known `words`.

    Words are runs of letters in lower case, runs of digits (of three and more all are the same), and `!`, `?`, currency
    signs and pictures; of an unspaced script every letter is one. Each word, and each pair of neighbours, counts once
    a text and falls into one of `size` buckets (hashing, as in Weinberger et al. 2009). `weights`, in thousandths, has
    the buckets of the first of the target's `outcomes`, then those of the second, and so on.
    """

    name = "text"
    outcomes: tuple[str, ...]
    weights: tuple[int, ...]
    averaged: bool
    words: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.weights) // len(self.outcomes)

    def features(self) -> list[Feature]:
        column = self.column.name
        leanings = [Feature(called("leaning", column, outcome), column) for outcome in self.outcomes]
        return leanings + [Feature(f"has({column}, {word})", column) for word in self.words]

    def given(self, row: str) -> str:
        pairs = "words := words, buckets := " + buckets("words", self.size)
        return f"list_transform([{words(self.reference(row))}], lambda words: struct_pack({pairs}))[1]"

    def from_given(self) -> list[str]:
        numbers = [self._leaning(at) for at in range(len(self.outcomes))]
        numbers += [f"list_contains({GIVEN}['words'], {literal(word)})" for word in self.words]
        known = f"{GIVEN}['words'] IS NULL"
        return [f"CASE WHEN {known} THEN {MISSING} ELSE CAST({number} AS FLOAT) END" for number in numbers]

    def _leaning(self, outcome: int) -> str:
        weights = ",".join(map(str, self.weights[outcome * self.size : (outcome + 1) * self.size]))
        found = f"list_select({literal(f'[{weights}]')}::SMALLINT[], {GIVEN}['buckets'])"
        # Whole numbers add up to the same sum in any order.
        total = f"coalesce(list_sum({found}), 0)::DOUBLE / {THOUSAND}::DOUBLE"
        return f"{total} / greatest(len({GIVEN}['buckets']), 1)::DOUBLE" if self.averaged else total

    def drawn(self, read: "Read") -> "list[Value]":
        import numpy as np

        from sqlml.model.digest import head, key, key_of

        given = read(self.column)
        found = letters.words(given.value, given.ask, LONGEST, UNSPACED)
        draft, mark = given.value.draft, head(found.digests)
        # Neighbours are in the same row.
        pair = found.row.between(1, sys.maxsize).equals(found.row.between(0, -1)).where()
        both = mark.taken(pair) * 31 + mark.taken(pair + 1)
        row = draft.behind([found.row, found.row.taken(pair)])
        bucket = (row * self.size + draft.behind([mark, both]) % self.size).node("Unique")
        row, bucket = bucket / self.size, bucket % self.size
        texts = [draft.zeros(found.rows)] * len(self.outcomes)
        weights = np.array(self.weights, np.int64).reshape(len(self.outcomes), -1)
        sums = [zeros.added_at(row, bucket.among(own)) for zeros, own in zip(texts, weights, strict=True)]
        numbers = [each.double() / float(THOUSAND) for each in sums]
        if self.averaged:
            count = texts[0].added_at(row, draft.ones(row.node("Size"))).double().held(1.0, float("inf"))
            numbers = [each / count for each in numbers]
        if self.words:
            place = key(found.digests).coded([key_of(word) for word in self.words], range(1, len(self.words) + 1), 0)
            numbers += _has(place, found, len(self.words))
        # The last row is none of those that were given.
        return [given.feature(number.between(0, -1).at(1)) for number in numbers]


def _has(place: "Value", found: "letters.Words", known: int) -> "list[Value]":
    """Whether rows have each of so many known words, by the place of every word among them, which is 0 of others."""
    cells = found.rows.draft.zeros(found.rows * (known + 1))
    counts = cells.added_at(found.row * (known + 1) + place, place.draft.ones(place.node("Size")))
    table = (counts >= 1).single().shaped([-1, known + 1])
    return [table.column(at) for at in range(1, known + 1)]


def words(value: str) -> str:
    """SQL: the words of a text in their order, VARCHAR[]; NULL of NULL."""
    short = f"lower(left(CAST({value} AS VARCHAR), {LONGEST}))"
    return f"regexp_extract_all(regexp_replace({short}, '[0-9]{{3,}}', '000', 'g'), {literal(_WORD)})"


def buckets(words: str, size: int) -> str:
    """SQL: the buckets, from 1 to `size`, of words and of neighbouring words, each once."""
    marks = f"list_transform({words}, lambda word: {mark('word')}::BIGINT)"
    single = f"list_transform(marks, lambda mark: mark % {size} + 1)"
    pair = f"list_transform(list_zip(marks[:-2], marks[2:]), lambda pair: (pair[1] * 31 + pair[2]) % {size} + 1)"
    return f"list_transform([{marks}], lambda marks: list_distinct(list_concat({single}, {pair})))[1]"


def gaps(text: str) -> str:
    """SQL: how many words a text has, less one: its spaces, and the letters of scripts that part no words."""
    spaces = f"length({text}) - length(replace({text}, ' ', ''))"
    letters = f"length({text}) - length(regexp_replace({text}, '[{UNSPACED}]', '', 'g'))"
    return f"({spaces} + CASE WHEN strlen({text}) > length({text}) THEN {letters} ELSE 0 END)"
