"""Fitting free text: what its words say of the target, and which of them are worth a feature."""

from collections.abc import Sequence
from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

from sqlml.prep.ask import Ask, doubles, some
from sqlml.prep.outcomes import Outcomes
from sqlml.prep.profile import Profile
from sqlml.prep.steps.text import THOUSAND, Text, words
from sqlml.prep.taken import reference

if TYPE_CHECKING:
    from sqlml.prep.ask import Numbers

# So many rows tell the weights of words, and so many which words are worth a feature.
_WEIGHED, _LOOKED_THROUGH = 200_000, 50_000
# Buckets of a column, one for so many words, and of all columns together: a statement that predicts takes about
# 100 ms longer to plan with so many.
_BUCKETS, _LEAST_BUCKETS, _ALL_BUCKETS = 16_384, 1_024, 131_072
_COLUMNS = 32
_WORDS_A_BUCKET = 4
# Rows with and without a word count as half a row more; the mean of a word takes ten rows to be believed.
_HALF, _PRIOR_ROWS = 0.5, 10
# So many words of all columns together are features, at most one for each so many rows.
_MOST_WORDS, _ROWS_A_WORD = 100, 50
# A word is seen in so many rows, and so many of the commonest are looked at.
_LEAST_ROWS, _VOCABULARY = 10, 20_000
# Of words that say nothing one in a hundred texts has one that seems to say more than chance allows.
_CHANCE = 6


def texts(
    ask: Ask, relation: str, profiles: Sequence[Profile], outcomes: Outcomes, part: str, order: str
) -> dict[str, Text]:
    """The step of each of the wordiest columns that there is room for, by its name.

    `part` is the column of `relation` that has the number of a row's part, and `order` the one that numbers the rows.
    """
    room = _ALL_BUCKETS // len(outcomes.names)
    wordiest = sorted(profiles, key=lambda p: -p.words.spaces if p.words else 0)
    wordiest = wordiest[: min(_COLUMNS, room // _LEAST_BUCKETS)]
    if not wordiest:
        return {}
    rows = wordiest[0].rows
    room = min(room // len(wordiest), _BUCKETS)
    most = min(_MOST_WORDS // len(wordiest), rows // _ROWS_A_WORD)
    found = {}
    for profile in wordiest:
        sample = some(relation, rows, _LOOKED_THROUGH, order)
        telling = _telling(ask, sample, profile, outcomes)[:most]
        weights = (0,) * _size(profile, room) * len(outcomes.names)
        empty = Text(profile.column, outcomes.names, weights, not outcomes.classifies, tuple(telling))
        found[profile.column.name] = _weighed(ask, some(relation, rows, _WEIGHED, order), empty, outcomes, part)
    return found


def _size(profile: Profile, most: int) -> int:
    """How many buckets, a power of two."""
    words = profile.words.spaces + profile.present if profile.words else 0
    return 1 << (max(_LEAST_BUCKETS, min(words // _WORDS_A_BUCKET, most)).bit_length() - 1)


def _weighed(ask: Ask, relation: str, step: Text, outcomes: Outcomes, part: str) -> Text:
    import numpy as np

    known = f"{reference(step.column, 'r')} IS NOT NULL"
    given = f"{step.given('r')} AS given"
    rows = f"SELECT {outcomes.listed}, r.{part} % 2 AS half, {given} FROM {relation} AS r WHERE {known}"
    # Bucket 0 counts the texts.
    counted = f"SELECT * EXCLUDE (given), unnest(list_prepend(0, given['buckets'])) AS bucket FROM ({rows})"
    answer = ask(
        f"SELECT half::DOUBLE AS half, bucket::DOUBLE AS bucket, count(*)::DOUBLE AS n, {outcomes.sums}"
        f" FROM ({counted}) GROUP BY half, bucket"
    )
    at = (doubles(answer, "half").astype(int), doubles(answer, "bucket").astype(int))
    seen = np.zeros((2, step.size + 1))
    told = np.zeros((2, step.size + 1, len(outcomes.names)))
    seen[at] = doubles(answer, "n")
    told[at] = outcomes.table(answer)

    def with_weights(seen: "Numbers", told: "Numbers") -> Text:
        weights = _odds(seen, told) if outcomes.classifies else told[1:] / (seen[1:] + _PRIOR_ROWS)[:, None]
        whole = np.clip(np.rint(weights * THOUSAND), -(2**15) + 1, 2**15 - 1).astype(int)
        return replace(step, weights=tuple(whole.T.ravel().tolist()))

    halves = (with_weights(seen[0], told[0]), with_weights(seen[1], told[1]))
    return replace(with_weights(seen.sum(axis=0), told.sum(axis=0)), halves=halves)


def _odds(seen: "Numbers", told: "Numbers") -> "Numbers":
    """How much likelier a bucket is in texts of a class than in others, the logarithm of it (Wang and Manning 2012)."""
    import numpy as np

    others = seen[:, None] - told
    inside = (told[1:] + _HALF) / (told[0] + 2 * _HALF)
    outside = (others[1:] + _HALF) / (others[0] + 2 * _HALF)
    weights: Numbers = np.log(inside / outside)
    # A bucket without texts says nothing.
    return weights * (seen[1:] > 0)[:, None]


def _telling(ask: Ask, relation: str, profile: Profile, outcomes: Outcomes) -> list[str]:
    """The words that go with some outcome more than chance allows, the most telling first."""
    import numpy as np

    value = reference(profile.column, "r")
    rows = f"SELECT {outcomes.listed}, {words(value)} AS words FROM {relation} AS r WHERE {value} IS NOT NULL"
    counted = f"SELECT * EXCLUDE (words), unnest(list_prepend('', list_distinct(words))) AS word FROM ({rows})"
    answer = ask(
        f"SELECT word, count(*)::DOUBLE AS n, {outcomes.sums} FROM ({counted}) GROUP BY word"
        f" HAVING count(*) >= {_LEAST_ROWS} ORDER BY n DESC, word ASC LIMIT {_VOCABULARY}"
    )
    found = answer.column("word").to_pylist()
    seen, told = doubles(answer, "n"), outcomes.table(answer)
    if len(found) < 2:
        return []
    # The empty word is in every text.
    every = found.index("")
    with np.errstate(divide="ignore", invalid="ignore"):
        measure = _surprise if outcomes.classifies else _distance
        said = np.nan_to_num(measure(seen, told, every)).max(axis=1)
    said[every] = 0
    least = 2 * log(len(found) * len(outcomes.names)) + _CHANCE
    ranked = np.argsort(-said, kind="stable")
    return [found[at] for at in ranked if said[at] >= least]


def _surprise(seen: "Numbers", told: "Numbers", every: int) -> "Numbers":
    """Twice the log-likelihood ratio of a word and a class going together or not (Dunning 1993)."""
    import numpy as np

    total, classes = seen[every], told[every]
    observed = [told, seen[:, None] - told, classes - told, (total - classes) - (seen[:, None] - told)]
    share = (seen / total)[:, None]
    expected = [share * classes, share * (total - classes), (1 - share) * classes, (1 - share) * (total - classes)]
    ratio: Numbers = 2 * np.sum([_times_log(*pair) for pair in zip(observed, expected, strict=True)], axis=0)
    return ratio


def _times_log(observed: "Numbers", expected: "Numbers") -> "Numbers":
    import numpy as np

    found: Numbers = np.where(observed > 0, observed * np.log(observed / expected), 0)
    return found


def _distance(seen: "Numbers", told: "Numbers", every: int) -> "Numbers":
    """The square of a word's mean distance from that of all, in its own standard deviations."""
    mean = told[every] / seen[every]
    found: Numbers = (told - seen[:, None] * mean) ** 2 / seen[:, None]
    return found
