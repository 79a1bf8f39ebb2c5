"""What there is to know of a model by the aim that it was trained for."""

from sqlml.diagnostics import Notice


class SharesScaled(Notice):
    """The model's probabilities were brought to sum to one.

    Why: it was trained to tell each class from all others by itself, and says of each how likely it is, without a look
    at the others. Here the probabilities of a row sum to one. Which class is the likeliest is not changed.

    Example:

        IMPORT MODEL species FROM 'species.txt'    -- trained one class against the others

    What to do: nothing.
    """

    sqlstate = "ML081"

    def __init__(self) -> None:
        super().__init__(
            "the model's probabilities of the classes are brought to sum to one",
            detail="it was trained to tell each class from all others by itself",
        )


class RanksRows(Notice):
    """What the model predicts orders rows, and is no value of the column that it learnt from.

    Why: it was trained to rank the rows of a group, such as the answers to one question. A greater number goes before a
    smaller one of the same group; how much greater it is says nothing, and numbers of different groups do not compare.

    Example:

        IMPORT MODEL relevance FROM 'relevance.txt'    -- trained to rank

    What to do: order by it within each group, `row_number() OVER (PARTITION BY question ORDER BY predicted_relevance
    DESC)`. EVALUATE measures numbers, and not how well they rank.
    """

    sqlstate = "ML084"

    def __init__(self) -> None:
        super().__init__(
            "the model ranks rows: what it predicts orders the rows of a group, and is no number by itself",
            hint="order by it: row_number() OVER (PARTITION BY … ORDER BY … DESC)",
        )
