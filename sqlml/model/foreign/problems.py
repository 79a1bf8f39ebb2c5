"""What can be wrong with a model that was made elsewhere, and what is decided when it is brought in."""

from collections.abc import Sequence

from sqlml.diagnostics import Notice, Problem
from sqlml.diagnostics.suggest import listed

# What files there are to import, said as an analyst sees them.
_KINDS = "a graph, as files that end in `.onnx` hold, or the text that a library of boosted trees saves"


class FileUnknown(Problem):
    """The file holds no model that can be imported.

    Why: two kinds of files can be: graphs, and the text of boosted trees. What a file is called does not matter. Models
    that are saved as programs, archives or objects of a language are none: to read them is to run them.

    Example:

        IMPORT MODEL churn FROM 'churn.pkl'

    What to do: save the model in one of the two kinds where it was made, and import that file.
    """

    sqlstate = "22000"

    def __init__(self, why: str) -> None:
        super().__init__(
            "the file holds no model that can be imported",
            detail=f"{why}; what can be imported is {_KINDS}",
            hint="save the model as one of these where it was made, and IMPORT MODEL from that file",
        )


class FileDamaged(Problem):
    """The model in the file is damaged.

    Why: the file is cut off or was altered, so that what it says cannot be what a training wrote.

    Example:

        IMPORT MODEL churn FROM 'half_of_churn.txt'

    What to do: copy the file again, or save the model once more where it was made.
    """

    sqlstate = "22000"

    def __init__(self, why: str) -> None:
        super().__init__(
            "the model in the file is damaged",
            detail=why,
            hint="copy the file again, or save the model once more, and IMPORT MODEL from that",
        )


class FileRefused(Problem):
    """The model in the file does something that a model here cannot.

    Why: a model that is imported predicts what it predicted where it was made, to the last digits. What cannot be kept
    so is not imported, as its predictions would differ without a word.

    Example:

        IMPORT MODEL churn FROM 'churn.txt'    -- trained with a linear model in each leaf

    What to do: make the model without it where it comes from, or train one here with CREATE MODEL.
    """

    sqlstate = "0A000"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the model in the file cannot be imported: {why}",
            hint="make it without that where it comes from, or train one here with CREATE MODEL",
        )


class StepRefused(Problem):
    """The model in the file has a step that is not known here, or that could go on without end.

    Why: a file may come from anywhere. Only steps are taken of which it is known that they end, that they read and
    write no files, and that their work does not grow with what a row holds.

    Example:

        IMPORT MODEL churn FROM 'churn.bin'    -- a graph with a loop in it

    What to do: save the model without the step where it was made, or train one here with CREATE MODEL.
    """

    sqlstate = "0A000"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"the model in the file has the step `{name}`, {why}",
            hint="save it without that step where it was made, or train one here with CREATE MODEL",
        )


class ModelTooLarge(Problem):
    """The model in the file is too large.

    Why: it is tried before it is stored, and a model that takes more than a good part of the memory when it scores a
    few thousand rows would take it from every query that uses it.

    Example:

        IMPORT MODEL everything FROM 'everything.bin'

    What to do: import a smaller model, or train one here with CREATE MODEL.
    """

    sqlstate = "53200"

    def __init__(self, size: int, most: int, what: str) -> None:
        super().__init__(
            f"the model in the file is too large: it {what} more than {most / 2**20:,.0f} MB",
            detail=f"the file has {size / 2**20:,.0f} MB" if size >= 2**20 else None,
            hint="import a smaller one, or train one here with CREATE MODEL",
        )


class ModelTooSlow(Problem):
    """The model in the file did not answer in time.

    Why: it is tried on a few thousand rows before it is stored. One that does not end in time would not end in a query
    either.

    Example:

        IMPORT MODEL churn FROM 'churn.bin'

    What to do: run the statement again when less is running on the machine; if it fails again, import a smaller model.
    """

    sqlstate = "57014"
    retryable = True

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the model in the file did not answer within {seconds:g} seconds",
            hint="run the statement again when less is running; if it fails again, import a smaller model",
        )


class ModelBreaks(Problem):
    """The model in the file broke what it was tried in.

    Why: a file that nobody vouches for is read and tried apart from the session. That part has ended suddenly, so the
    model is not stored; neither session nor database has been touched.

    Example:

        IMPORT MODEL churn FROM 'churn.bin'

    What to do: save the model once more where it was made; if that fails too, train one here with CREATE MODEL.
    """

    sqlstate = "22000"

    def __init__(self) -> None:
        super().__init__(
            "the model in the file ended the process that tried it",
            detail="the session and its database are unharmed; no model was stored",
            hint="save it once more where it was made, or train one here with CREATE MODEL",
        )


class ColumnsMiscounted(Problem):
    """The option `columns` names more or fewer columns than the model reads.

    Why: the names stand for what the model reads, in its order, so there is one for each.

    Example:

        IMPORT MODEL churn FROM 'churn.txt' WITH (columns = [age])    -- of a model that reads age and plan

    What to do: name as many columns as the message says; without the option the names in the file are used.
    """

    sqlstate = "22023"

    def __init__(self, own: Sequence[str], given: int) -> None:
        shown = ", ".join(f"`{name}`" for name in own[:10]) + (", …" if len(own) > 10 else "")
        super().__init__(
            f"the model reads {len(own)} column{'s' * (len(own) != 1)}, and `columns` names {given}",
            detail=f"they are called {shown} in the file",
            hint="name each of them once, in that order",
        )


class ColumnsAlike(Problem):
    """Two columns that the model reads have names that mean one column in SQL.

    Why: SQL takes `Age` and `age` for one column, so the model would be given the same values twice.

    Example:

        IMPORT MODEL churn FROM 'churn.txt'    -- of a model that reads Age and age

    What to do: give them names of your own with the option `columns`, in the order of the file.
    """

    sqlstate = "42701"

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            f"the model reads `{first}` and `{second}`, which are one column in SQL",
            hint="name the columns yourself: WITH (columns = [age, age_2, …])",
        )


class ColumnsUnnamed(Problem):
    """The file does not say how many columns the model reads.

    Why: it takes rows of any width, and a query's columns go to a model by name.

    Example:

        IMPORT MODEL churn FROM 'churn.bin'

    What to do: name the columns, in the order in which the model was trained on them.
    """

    sqlstate = "22023"

    def __init__(self) -> None:
        super().__init__(
            "the file does not say how many columns the model reads",
            hint="name them in the order of the training: WITH (columns = [age, plan, …])",
        )


class InputUnsuitable(Problem):
    """The model reads something that no column of a query can hold.

    Why: each thing that a model reads is a column: a number, a truth or a text in each row, or several numbers of one
    kind side by side.

    Example:

        IMPORT MODEL faces FROM 'faces.bin'    -- of a model that reads pictures

    What to do: save the model with one number or text a row for each thing it reads, or train one with CREATE MODEL.
    """

    sqlstate = "42804"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"the model reads `{name}`, {why}",
            detail="it can read a column of FLOAT, DOUBLE, INTEGER, BIGINT, BOOLEAN or VARCHAR, one value in each row,"
            " or several of one type side by side",
            hint="save it so where it was made, or train one here with CREATE MODEL",
        )


class OutputUnclear(Problem):
    """It cannot be told which of what the model returns is its prediction.

    Why: a prediction is a number for each row, or the probability of each class. The model returns something else, or
    several things that could be it.

    Example:

        IMPORT MODEL weather FROM 'weather.bin'    -- of a model that returns temperature and rain

    What to do: save the model with its prediction alone where it was made: one number, or a probability for each class.
    """

    sqlstate = "42804"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"it cannot be told which is the prediction of the model: {why}",
            hint="save it with the prediction alone, one number or a probability for each class, and import that",
        )


class RowsMixed(Problem):
    """The model predicts a row otherwise when other rows are beside it.

    Why: a prediction depends on its own row alone, whatever the query's other rows are, in which order they come and
    how many are scored at once. This model computes with all rows that it is given together.

    Example:

        IMPORT MODEL churn FROM 'churn.bin'

    What to do: save the model as it predicts, not as it trains; or train one here with CREATE MODEL.
    """

    sqlstate = "0A000"

    def __init__(self) -> None:
        super().__init__(
            "the model predicts a row otherwise when other rows are beside it",
            hint="save it as it predicts, not as it trains; or train one here with CREATE MODEL",
        )


class ColumnsUnused(Notice):
    """The model was trained on columns that it does not use.

    Why: none of its trees asks for them, so they make no difference to any prediction and need not be in a query.

    Example:

        IMPORT MODEL churn FROM 'churn.txt'

    What to do: nothing. DESCRIBE MODEL churn lists the columns that it needs.
    """

    sqlstate = "ML080"

    def __init__(self, names: Sequence[str]) -> None:
        shown = listed(names[:5], "and") + (f" and {len(names) - 5} more columns" if len(names) > 5 else "")
        super().__init__(f"{shown} {'is' if len(names) == 1 else 'are'} not needed: no tree asks for them")


class LabelsDiffer(Notice):
    """The class that the model itself names is for some rows not the likeliest one.

    Why: a predicted class is here the one of the greatest probability. What the file names as the class of a row comes
    about in another way, by a threshold of its own or by votes, and differs on some of the rows that it was tried on.

    Example:

        IMPORT MODEL churn FROM 'churn.bin'

    What to do: nothing, if the likeliest class is what you want; the probabilities are those of the file.
    """

    sqlstate = "ML083"

    def __init__(self) -> None:
        super().__init__(
            "the class that the model itself names is not always the likeliest one, which is predicted here",
            hint="to draw the line elsewhere, compare a probability: WHERE predicted_…_probabilities[…] > 0.3",
        )


class NullsUnanswered(Notice):
    """The model has no answer for rows in which some columns are NULL.

    Why: it was made for rows without missing values, so it computes nothing, or no number, where one is missing. The
    prediction of such a row is NULL; nothing is filled in for you.

    Example:

        IMPORT MODEL churn FROM 'churn.bin'

    What to do: fill NULLs as was done where the model was made: SELECT * REPLACE (coalesce(age, 40) AS age).
    """

    sqlstate = "ML082"

    def __init__(self, names: Sequence[str]) -> None:
        shown = listed(names[:5]) + (f" or one of {len(names) - 5} more columns" if len(names) > 5 else "")
        super().__init__(
            f"where {shown} is NULL, the model has no prediction: it is NULL",
            hint="fill NULLs as was done where the model was made: SELECT * REPLACE (coalesce(…, …) AS …)",
        )
