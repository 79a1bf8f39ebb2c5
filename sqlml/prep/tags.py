"""Which columns are lists of tags, and fitting them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlml.prep.ask import WIDTH, Ask, chunks, some
from sqlml.prep.kind import TEXTS
from sqlml.prep.profile import Profile
from sqlml.prep.steps.tags import Tags, parts
from sqlml.prep.taken import reference

_SEPARATORS = ("|", ";", ",")
# Text is tags where this share of it has the separator, each tag is seen so often on average, and is so short.
_PARTED, _REPEATED, _LONGEST = 0.5, 10, 30
# So many rows tell what is a tag, and how common it is.
_SAMPLE = 10_000
# So many tags of a column are features, and of all columns together; each is in so many rows, or in one of fifty.
_MOST, _ALL, _LEAST_ROWS, _TURN = 50, 200, 10, 50


def of(ask: Ask, relation: str, profiles: Sequence[Profile], order: str) -> dict[str, Tags]:
    """The step of each column that is a list of texts, or text that is one, by its name."""
    rows = profiles[0].rows if profiles else 0
    source = some(relation, rows, _SAMPLE, order)
    lists = [Tags(profile.column, "") for profile in profiles if profile.column.type == TEXTS and profile.present]
    plain = [profile for profile in profiles if _may_be_tags(profile)]
    steps = lists + [step for part in chunks(plain, WIDTH) for step in _separated(ask, source, part)]
    most = min(_MOST, _ALL // max(1, len(steps)))
    least = max(2, min(_LEAST_ROWS, rows // _TURN))
    found = {}
    for part in chunks(steps, WIDTH):
        for step, (common, is_tags) in zip(part, _common(ask, source, part, most, least), strict=True):
            if is_tags or not step.separator:
                found[step.column.name] = Tags(step.column, step.separator, tuple(common))
    return found


def _may_be_tags(profile: Profile) -> bool:
    return profile.column.type == "VARCHAR" and profile.words is not None and not profile.words.spell_numbers


def _separated(ask: Ask, source: str, profiles: Sequence[Profile]) -> list[Tags]:
    """The columns in which most texts have one and the same separator."""
    values = ", ".join(reference(profile.column, "r") for profile in profiles)
    stacked = f"SELECT unnest(range({len(profiles)})) AS place, unnest([{values}]) AS value FROM {source} AS r"
    shares = ", ".join(f"avg(CAST(contains(value, '{separator}') AS INTEGER))" for separator in _SEPARATORS)
    found = []
    for row in ask(f"SELECT place, [{shares}] AS shares FROM ({stacked}) GROUP BY place ORDER BY place").to_pylist():
        shares_ = [share or 0 for share in row["shares"]]
        if max(shares_) >= _PARTED:
            separator = _SEPARATORS[shares_.index(max(shares_))]
            found.append(Tags(profiles[row["place"]].column, separator))
    return found


def _common(ask: Ask, source: str, steps: Sequence[Tags], most: int, least: int) -> list[tuple[list[str], bool]]:
    """Of each column its commonest tags, and whether it has few different and short ones in all."""
    lists = ", ".join(parts(reference(step.column, "r"), step.separator) for step in steps)
    stacked = f"SELECT unnest(range({len(steps)})) AS place, unnest([{lists}]) AS tags FROM {source} AS r"
    every = f"SELECT place, unnest(tags) AS tag FROM ({stacked})"
    rows = ask(
        f"WITH seen AS MATERIALIZED (SELECT place, tag, count(*) AS n FROM ({every}) GROUP BY place, tag)"
        " SELECT place, tag, n, count(*) OVER own AS different, sum(n) OVER own AS total,"
        " avg(length(tag)) OVER own AS length FROM seen WINDOW own AS (PARTITION BY place)"
        f" QUALIFY row_number() OVER (PARTITION BY place ORDER BY n DESC, tag ASC) <= {max(1, most)}"
        " ORDER BY place ASC, n DESC, tag ASC"
    ).to_pylist()
    common: dict[int, list[str]] = defaultdict(list)
    are_tags: set[int] = set()
    for row in rows:
        if row["n"] >= least and len(common[row["place"]]) < most:
            common[row["place"]].append(row["tag"])
        if row["total"] >= _REPEATED * row["different"] > _REPEATED and row["length"] <= _LONGEST:
            are_tags.add(row["place"])
    return [(common[place], place in are_tags) for place in range(len(steps))]
