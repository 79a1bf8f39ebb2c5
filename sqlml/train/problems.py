"""What can go wrong in training, and what it has decided."""

from sqlml.diagnostics import Log, Notice, Problem, RawCause, Warning


class TrainingFailed(Problem):
    """No model could be made of the rows, not even one that predicts the same for all of them.

    Why: every way to learn that was tried has failed. That points at a fault of sqlml or of its installation rather
    than at the rows.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: run the statement again; `SHOW DIAGNOSTICS` has what was tried and why each failed.
    """

    sqlstate = "ML030"

    def __init__(self) -> None:
        super().__init__("no model could be trained", hint="run the statement again")


class LearnerFailed(Warning):
    """One way to learn has failed, and training went on with the others.

    Why: it met something in these rows, or on this machine, that it cannot handle. The model was chosen among the
    others, so it may be less good than it could be.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: nothing, if the model is good enough. `SHOW TRIALS OF churn` has every trial, and `SHOW DIAGNOSTICS`
    the reason.
    """

    sqlstate = "ML031"

    def __init__(self, title: str) -> None:
        super().__init__(f"{title} could not be trained on these rows; training went on without")


class LearnerDiffers(Warning):
    """A model was left out because its stored form did not predict what was learnt.

    Why: before a model is stored, its predictions are compared with those made in training, on rows of the
    training and on odd ones. These were not equal, so the next best model was taken.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: nothing, if the model is good enough. This is a fault of sqlml worth reporting.
    """

    sqlstate = "ML032"

    def __init__(self, title: str) -> None:
        super().__init__(f"{title} did not predict the same when stored as in training; the next best model was taken")


class TrainingLog(Log):
    """What training uses has said something about its work.

    Why: the parts that sqlml is built on speak to those who build with them. What bears on the model is told in a
    notice or a warning of its own; the rest is kept in `sqlml.diagnostics`, column `internal`, and shown nowhere.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: nothing.
    """

    sqlstate = "00000"

    def __init__(self, words: str) -> None:
        super().__init__("what training uses has said something about its work")
        self.__cause__ = RawCause(words)


class NothingLearnt(Warning):
    """Nothing that was tried predicts better than giving every row the same answer.

    Why: as far as training could see, the columns say nothing about the target, or there are too few rows to tell.
    The model predicts the mean, or how common each class is.

    Example:

        CREATE MODEL luck PREDICT winning_number AS FROM lottery

    What to do: add columns that may have to do with the target, or more rows.
    """

    sqlstate = "ML033"

    def __init__(self) -> None:
        super().__init__(
            "no column helps to predict the target: the model gives every row the same prediction",
            hint="add columns that may have to do with the target, or more rows",
        )


class TimeUsedUp(Notice):
    """The time limit ended training before everything had been tried.

    Why: trying more ways to learn takes time, and the limit leaves none. The model is the best found until then.

    Example:

        CREATE MODEL churn PREDICT churned WITH (max_runtime = '5 seconds') AS FROM customers

    What to do: a longer `max_runtime` may find a better model.
    """

    sqlstate = "ML034"

    def __init__(self, tried: int, planned: int) -> None:
        super().__init__(
            f"the time limit ended training after {tried} of {planned} trials",
            hint="a longer max_runtime may find a better model",
        )


class EndedEarly(Notice):
    """Training was ended before everything had been tried, as was asked while it ran.

    Why: whoever watches a training may have it finish with the best model so far, instead of waiting or canceling it.

    Example:

        CREATE MODEL churn PREDICT churned WITH (max_runtime = '1 hour') AS FROM customers

    What to do: nothing, or train again and let it go on; a shorter `max_runtime` ends training by itself.
    """

    sqlstate = "ML051"

    def __init__(self, tried: int, planned: int) -> None:
        super().__init__(
            f"training was ended after {tried} of {planned} trials, as asked: the model is the best of them",
            hint="to find a better model, train again and let it go on",
        )


class PartOfRows(Notice):
    """The model learnt from a part of the rows.

    Why: with all of them it would not have been ready within the time limit, or would hardly have been better, or
    the time ended before the last fit, which takes in the rows that were kept apart to choose and to measure by.

    Example:

        CREATE MODEL clicks PREDICT clicked WITH (max_runtime = '10 seconds') AS FROM a_hundred_million_events

    What to do: a longer `max_runtime` may let it learn from more of them.
    """

    sqlstate = "ML035"

    def __init__(self, rows: int, of: int) -> None:
        super().__init__(
            f"the model learnt from {rows:,} of the {of:,} rows",
            hint="a longer max_runtime may let it learn from more of them",
        )


class ScoresSlowly(Notice):
    """The model scores fewer rows a second than models usually do.

    Why: scoring cost is part of the choice of a model. `effort = 'best'` lets a model be larger, and a model of very
    many classes cannot be small.

    Example:

        CREATE MODEL churn PREDICT churned WITH (effort = 'best') AS FROM customers

    What to do: nothing, if the rows to score are few; `effort = 'balanced'` makes a model that scores faster.
    """

    sqlstate = "ML037"

    def __init__(self, cost: float, usual: float) -> None:
        super().__init__(
            f"the model scores about {_rounded(2e6 / cost):,} rows a second on two cores,"
            f" {cost / usual:.1f} times slower than with effort = 'balanced'",
        )


class GpuLeft(Warning):
    """Training went on without the GPU, or with fewer rows at once on it.

    Why: the GPU had too little memory, or failed, while a model was trained on it, and what had been computed there was
    computed again; or it is there and turned out not to work. Where a GPU is demanded, the latter is an error instead.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: nothing, if the model is good enough; WITH (device = 'cpu') does without the GPU from the start.
    """

    sqlstate = "ML053"

    def __init__(self, reason: str, instead: str) -> None:
        super().__init__(f"{reason}: training went on {instead}")


class NoGpu(Warning):
    """The model was not trained on a GPU, though that was asked for.

    Why: nothing that was tried gains from one. Where no GPU can be used, the statement ends with an error instead.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: leave `device` out, and a GPU is used where there is one and it pays.
    """

    sqlstate = "ML038"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the model was trained on the CPU: {reason}", hint="leave out device = 'gpu': one is used where it pays"
        )


def _rounded(number: float) -> int:
    """The number to two digits: more would promise what another machine does not keep."""
    return int(float(f"{number:.2g}"))
