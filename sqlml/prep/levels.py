"""Fitting the means of levels: of columns that have too many levels to learn each by its number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlml.prep.ask import Ask, chunks, doubles
from sqlml.prep.outcomes import Outcomes
from sqlml.prep.profile import Profile
from sqlml.prep.steps.level_mean import LevelMean

if TYPE_CHECKING:
    from sqlml.prep.ask import Numbers

# A column with more levels than this is worth their means.
MANY = 30
# Levels take as many rows from the mean of all as this to be believed.
_PRIOR_ROWS = 10
# The means of one half of the rows have to tell of the other half by so many standard errors more than nothing would.
_TELLING = 2.0
# So many columns have means, each of at most so many levels, and all of them together so many means and marks: a
# statement that predicts takes about 50 ms longer to plan with them.
_COLUMNS, _LEVELS, _NUMBERS = 100, 10_000, 40_000
# The texts of a column's levels are kept up to so many characters.
_LENGTH = 1_000_000
# At most so many values of columns are grouped in one SELECT.
_VALUES = 10_000_000


def level_means(
    ask: Ask, relation: str, profiles: Sequence[Profile], outcomes: Outcomes, part: str
) -> dict[str, LevelMean | None]:
    """The step of each of the columns with most levels that there is room for, by name; None where it tells nothing.

    `part` is the column of `relation` that has the number of a row's part.
    """
    numbers = 1 + len(outcomes.names)
    some = sorted(profiles, key=lambda profile: -profile.distinct)[:_COLUMNS]
    if not some:
        return {}
    most = min(_LEVELS, _NUMBERS // (numbers * len(some)))
    found: dict[str, LevelMean | None] = {}
    for several in chunks(some, max(1, _VALUES // max(1, some[0].rows))):
        found |= _fitted(ask, relation, several, outcomes, part, most)
    return found


def _fitted(
    ask: Ask, relation: str, profiles: Sequence[Profile], outcomes: Outcomes, part: str, most: int
) -> dict[str, LevelMean | None]:
    import numpy as np

    empty = [LevelMean(profile.column, outcomes.names, (), (), ()) for profile in profiles]
    answer = ask(_counts(relation, empty, outcomes, part, most))
    places, marks, halves, rows = (doubles(answer, name) for name in ("place", "mark", "half", "n"))
    sums = outcomes.table(answer)
    texts = np.array(answer.column("level").to_pylist(), object)
    found = {}
    for place, step in enumerate(empty):
        here = places == place
        if here.any():
            fitted = _step(step, marks[here], halves[here], rows[here], sums[here], outcomes.classifies)
            found[step.column.name] = fitted and _with_levels(fitted, dict(zip(marks[here], texts[here], strict=True)))
    return found


def _with_levels(step: LevelMean, texts: Mapping[float, str]) -> LevelMean:
    """The step with the texts of its levels, by their marks, unless they are very long: only a graph needs them."""
    levels = tuple(texts[mark] for mark in step.marks)
    return replace(step, levels=levels) if sum(map(len, levels)) <= _LENGTH else step


def _counts(relation: str, steps: Sequence[LevelMean], outcomes: Outcomes, part: str, most: int) -> str:
    """SQL: rows and outcomes of each column, by its place, half and commonest levels; all others have a mark of -1."""
    marks = ", ".join(step.given("r") for step in steps)
    texts = ", ".join(f"CAST({step.reference('r')} AS VARCHAR)" for step in steps)
    return (
        "WITH seen AS MATERIALIZED (SELECT place, mark, half, count(*) AS n, any_value(level) AS level,"
        f" {', '.join(f'sum(o{at}) AS o{at}' for at in range(len(outcomes.sql)))}"
        f" FROM (SELECT {outcomes.listed}, r.{part} % 2 AS half, unnest(range({len(steps)})) AS place,"
        f" unnest([{marks}]) AS mark, unnest([{texts}]) AS level FROM {relation} AS r) WHERE mark IS NOT NULL"
        " GROUP BY place, mark, half),"
        " levels AS (SELECT place, mark, sum(n) AS n FROM seen GROUP BY place, mark HAVING sum(n) >= 2"
        f" QUALIFY row_number() OVER (PARTITION BY place ORDER BY sum(n) DESC, mark ASC) <= {most})"
        " SELECT place::DOUBLE AS place, coalesce(levels.mark::DOUBLE, -1) AS mark, half::DOUBLE AS half,"
        f" CAST(sum(seen.n) AS DOUBLE) AS n, any_value(level) AS level, {outcomes.sums}"
        " FROM seen LEFT JOIN levels USING (place, mark) GROUP BY place, levels.mark, half"
    )


def _step(
    step: LevelMean, marks: "Numbers", halves: "Numbers", rows: "Numbers", sums: "Numbers", classifies: bool
) -> LevelMean | None:
    """The step with its means, None where they tell nothing."""
    import numpy as np

    known = np.unique(marks[marks >= 0])
    # Place 0 is for all other levels.
    places = np.where(marks >= 0, np.searchsorted(known, marks) + 1, 0)
    seen = np.zeros((2, len(known) + 1))
    told = np.zeros((2, len(known) + 1, sums.shape[1]))
    seen[halves.astype(int), places] = rows
    told[halves.astype(int), places] = sums
    # One prior for both halves: one of its own would tell of which half a row is, and so its mean.
    prior = sums.sum(axis=0) / rows.sum() if classifies else np.zeros(sums.shape[1])
    if not _tell(seen, told, prior, prior * (1 - prior) if classifies else np.ones(sums.shape[1])):
        return None
    fitted = replace(step, marks=tuple(known.astype(int).tolist()))

    def with_means(seen: "Numbers", told: "Numbers") -> LevelMean:
        means = _means(seen, told, prior)
        return replace(fitted, means=_short(means[1:].T), others=_short(means[0]))

    halved = (with_means(seen[0], told[0]), with_means(seen[1], told[1]))
    return replace(with_means(seen.sum(axis=0), told.sum(axis=0)), halves=halved)


def _means(seen: "Numbers", told: "Numbers", prior: "Numbers") -> "Numbers":
    means: Numbers = (told + _PRIOR_ROWS * prior) / (seen + _PRIOR_ROWS)[:, None]
    return means


def _tell(seen: "Numbers", told: "Numbers", prior: "Numbers", variance: "Numbers") -> bool:
    """Whether the means of each half of the rows are nearer to any outcome of the other half than its prior is.

    `seen` (halves, levels) are rows, `told` (halves, levels, outcomes) sums of outcomes that have that `variance`. What
    rare levels were is mostly luck: trees and networks would believe it in the rows they learn from.
    """
    import numpy as np

    gain, luck = np.zeros(len(prior)), np.zeros(len(prior))
    for half in (0, 1):
        off = _means(seen[1 - half], told[1 - half], prior) - prior
        rows = seen[half][:, None]
        # Of the squared errors of all rows, what is saved.
        gain += (off * (2 * (told[half] - rows * prior) - rows * off)).sum(axis=0)
        luck += 4 * variance * (rows * off**2).sum(axis=0)
    return bool((gain > _TELLING * np.sqrt(luck)).any())


def _short(numbers: "Numbers") -> tuple[float, ...]:
    """As a FLOAT needs them and no longer, one after the other."""
    return tuple(float(f"{number:.6g}") for number in numbers.ravel())
