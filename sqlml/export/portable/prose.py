"""Free text: its words, their marks and buckets, and what the buckets say.

Which letters there are, and which is the small one of a great one, the database is asked when the query is made: each
engine has tables of its own.
"""

from collections import defaultdict

from sqlml.export.portable.sheet import Sheet
from sqlml.export.portable.taken import valued
from sqlml.prep.ask import Ask
from sqlml.prep.steps import letters
from sqlml.prep.steps.text import LONGEST, THOUSAND, UNSPACED, Text
from sqlml.quote import literal

_BEYOND_ASCII = 128


def text(step: Text, sheet: Sheet) -> list[str] | None:
    """What the words of a text say of each outcome, and whether it has each of the known ones."""
    value = valued(step.column, sheet)
    if value is None:
        return None
    given = sheet.keep(_lowered(f"LEFT({value}, {LONGEST})", sheet.ask))
    short = sheet.keep(f"REGEXP_REPLACE({given}, '[0-9]{{3,}}', '000', 'g')")
    words = sheet.keep(f"WORDS({short}, {literal(_pattern(sheet.ask))})")
    buckets = sheet.keep(f"BUCKETS({sheet.keep(f'MARKS({words})')}, {step.size})")
    numbers = [_leaning(step, at, buckets) for at in range(len(step.outcomes))]
    numbers += [f"CASE WHEN HAS_WORD({words}, {literal(word)}) THEN 1e0 ELSE 0e0 END" for word in step.words]
    return [f"CASE WHEN {given} IS NULL THEN NULL ELSE CAST(CAST({one} AS FLOAT) AS DOUBLE) END" for one in numbers]


def _leaning(step: Text, outcome: int, buckets: str) -> str:
    weights = ",".join(map(str, step.weights[outcome * step.size : (outcome + 1) * step.size]))
    total = f"CAST(WEIGHED({buckets}, {literal(weights)}) AS DOUBLE) / {THOUSAND}e0"
    return f"{total} / CAST(GREATEST(HOW_MANY({buckets}), 1) AS DOUBLE)" if step.averaged else total


def _lowered(text: str, ask: Ask) -> str:
    """A text in small letters; where no other than those of ASCII are great, they alone are looked for."""
    pairs = f"SELECT chr(point::INTEGER) AS great, lower(great) AS small FROM ({letters.POINTS}) WHERE small <> great"
    found = ask(f"{pairs} ORDER BY point")
    great, small = ("".join(found.column(name).to_pylist()) for name in ("great", "small"))
    plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    others = _class([(ord(letter), ord(letter)) for letter in great if ord(letter) >= _BEYOND_ASCII])
    return (
        f"CASE WHEN REGEXP_REPLACE({text}, '[{others}]', '') <> {text}"
        f" THEN TRANSLATE({text}, {literal(great)}, {literal(small)})"
        f" ELSE TRANSLATE({text}, {literal(plain)}, {literal(plain.lower())}) END"
    )


def _pattern(ask: Ask) -> str:
    """The pattern of a word, in which no letter can begin a word in two ways: engines differ in which they take."""
    told = f"SELECT point, {letters.kind('chr(point::INTEGER)', UNSPACED)} AS kind FROM ({letters.POINTS})"
    runs = f"SELECT *, point - row_number() OVER (PARTITION BY kind ORDER BY point) AS run FROM ({told})"
    found = ask(f"SELECT kind, min(point) AS low, max(point) AS high FROM ({runs}) GROUP BY kind, run")
    ranges: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in found.to_pylist():
        ranges[row["kind"]].append((row["low"], row["high"]))
    spelling, marks = ranges[letters.LETTER], ranges[letters.OWN_MARK]
    numerals, own = ranges[letters.DIGIT] + ranges[letters.NUMERAL], ranges[letters.OWN_NUMERAL]
    return (
        f"[{_class(ranges[letters.ALONE] + marks + own)}]|[{_class(spelling)}][{_class(spelling + marks)}]*"
        f"|[{_class(numerals)}][{_class(numerals + own)}]*"
    )


def _class(ranges: list[tuple[int, int]]) -> str:
    """Letters as what stands between the brackets of a pattern, ranges that touch as one."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and joined[-1][1] == low - 1:
            low, _ = joined.pop()
        joined.append((low, high))
    return "".join(chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in joined)
