"""What was decided about how the columns are read."""

from collections.abc import Mapping, Sequence

from sqlml.diagnostics import Notice, Warning
from sqlml.prep.problems import counted, listed
from sqlml.quote import identifier, literal


class ColumnsTakenApart(Notice):
    """Nested columns were taken apart, and each of their parts is used as a column.

    Why: a model learns from single values. The fields of a struct, the common keys of JSON and maps, and the length,
    the first value and the extremes of a list are such; they are taken three levels deep, a hundred of a column.

    Example:

        CREATE MODEL m PREDICT bought AS SELECT {'age': age, 'city': city} AS person, bought FROM visits

    What to do: nothing, or take out in the query what matters: `person.city`, `order->>'$.total'`, `len(items)`.
    """

    sqlstate = "ML041"

    def __init__(self, names: Sequence[str], parts: Sequence[str], cut: Sequence[str], most: int) -> None:
        verb = "was" if len(names) == 1 else "were"
        hint = f"{listed(cut)} has more than {most} parts: take those that matter out in the query" if cut else None
        super().__init__(
            f"{listed(names)} {verb} taken apart into {counted(len(parts), 'column')}",
            detail=", ".join(f"`{name}`" for name in parts),
            hint=hint,
        )


class TextReadAsDates(Notice):
    """Text that spells dates is used as dates.

    Why: nearly all its values are spelt in one way, and dates have an order, a month and a weekday. Where both numbers
    could be the month, the other values decide; where none does, `05/01/2013` is in May and `05.01.2013` in January.

    Example:

        CREATE MODEL m PREDICT churned AS SELECT '31/12/2020' AS since, churned FROM customers

    What to do: nothing, if the example is read right; or read it in the query: `strptime(since, '%d/%m/%Y') AS since`.
    """

    sqlstate = "ML042"

    def __init__(self, name: str, example: str, value: str) -> None:
        super().__init__(f"`{name}` is text and was read as dates: {literal(example)} as {value}")


class ColumnsRepeated(Notice):
    """Columns that are the same as another in every row were left out.

    Why: the second of two equal columns tells nothing new; it only makes the model larger and slower.

    Example:

        CREATE MODEL m PREDICT price AS SELECT area, area AS size, price FROM homes

    What to do: nothing, or leave the column out in the query, so that predicting need not give it either.
    """

    sqlstate = "ML043"

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        if len(pairs) == 1:
            super().__init__(f"`{pairs[0][0]}` was left out: the same as `{pairs[0][1]}` in every row")
            return
        super().__init__(
            f"{listed([later for later, _ in pairs])} were left out: each the same as another column in every row",
            detail=", ".join(f"`{later}` is `{first}`" for later, first in pairs),
        )


class TargetGivenAway(Warning):
    """A column alone tells nearly every row's target.

    Why: such a column was often written after the target was known, or together with it. When the time comes to
    predict it is not there, or not yet true, and the model is worth less than its figures say.

    Example:

        CREATE MODEL m PREDICT churned AS SELECT last_invoice_sent, plan, churned FROM customers

    What to do: leave the column out in the query if it is not known when you predict: `SELECT * EXCLUDE (column)`.
    """

    sqlstate = "ML044"

    def __init__(self, target: str, names: Sequence[str]) -> None:
        verb, known = ("tells", "it is") if len(names) == 1 else ("each tell", "they are")
        super().__init__(
            f"{listed(names)} alone {verb} `{target}` of nearly every row",
            detail=", ".join(f"`{name}`" for name in names) if len(names) > 1 else None,
            hint=f"if {known} not known when you predict, leave {'it' if len(names) == 1 else 'them'} out in the query",
        )


class TextReadAsTags(Notice):
    """A column was read as lists of tags.

    Why: most of its values are lists, or text in which one sign stands between parts, and there are few different parts
    in all. Each of the commonest is a feature of its own, and so is how many there are.

    Example:

        CREATE MODEL m PREDICT rating AS SELECT 'Comedy|Drama' AS genres, rating FROM movies

    What to do: nothing, or take apart in the query what is meant otherwise: `split_part(genres, '|', 1) AS genre`.
    """

    sqlstate = "ML046"

    def __init__(self, separators: Mapping[str, str]) -> None:
        verb = "was" if len(separators) == 1 else "were"
        parted = [f"`{name}`: parted by {literal(sign)}" for name, sign in separators.items() if sign]
        super().__init__(f"{listed(list(separators))} {verb} read as lists of tags", detail=", ".join(parted) or None)


class TextReadAsWords(Notice):
    """Text of several words that hardly repeats was read as free text.

    Why: what helps are its words: how much more often each, and each pair of neighbours, is seen with some values of
    the target than with others, and whether the most telling ones are there.

    Example:

        CREATE MODEL m PREDICT is_spam AS SELECT message, is_spam FROM mails

    What to do: nothing, or leave the column out if its words mean nothing: `SELECT * EXCLUDE (message)`.
    """

    sqlstate = "ML047"

    def __init__(self, names: Sequence[str]) -> None:
        verb = "was" if len(names) == 1 else "were"
        super().__init__(f"{listed(names)} {verb} read as free text, by the words in it")


class LongTexts(Notice):
    """Of long texts only the beginning is read.

    Why: a prediction reads the words of every row's text; texts of any length would take any time and memory.

    Example:

        CREATE MODEL m PREDICT genre AS SELECT whole_text, genre FROM books

    What to do: nothing, or choose in the query what to read: `right(whole_text, 10000) AS ending`.
    """

    sqlstate = "ML048"

    def __init__(self, names: Sequence[str], most: int) -> None:
        super().__init__(f"of {listed(names)} the first {most:,} characters are read, and some texts are longer")


class TextReadByShape(Notice):
    """Of some columns of free text only the length is used, not the words.

    Why: what words say of the target is part of every prediction, and there is room for so many columns of it; those
    with the most words come first.

    Example:

        CREATE MODEL m PREDICT label AS SELECT COLUMNS('^answer_'), label FROM survey

    What to do: leave out columns that do not matter, or join texts in the query: `concat_ws(' ', a, b, c) AS answers`.
    """

    sqlstate = "ML049"

    def __init__(self, names: Sequence[str]) -> None:
        verb = "was" if len(names) == 1 else "were"
        super().__init__(
            f"there was no room for the words of all columns of free text: {listed(names)} {verb} read by length only",
            detail=", ".join(f"`{name}`" for name in names) if len(names) > 1 else None,
            hint="join columns of text in the query, or leave out those that do not matter",
        )


class LevelsTellNothing(Notice):
    """What some columns' many values say of the target is no more than chance, so they are not told apart.

    Why: each value is in few rows, and what the target was in one half of them does not tell what it was in the other.
    A model would learn by heart which rows had which value. How long a value is, and how common, may still be used.

    Example:

        CREATE MODEL m PREDICT survived AS SELECT cabin, survived FROM passengers

    What to do: nothing, or make fewer values of them in the query, such as `left(cabin, 1) AS deck`.
    """

    sqlstate = "ML050"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"the values of {listed(names)} are not told apart: between them the target differs no more than by chance",
            detail=", ".join(f"`{name}`" for name in names) if len(names) > 1 else None,
            hint=f"make fewer values of them in the query, such as left({identifier(names[0])}::VARCHAR, 1)",
        )
