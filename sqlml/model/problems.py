"""What can be wrong with a stored model."""

from sqlml.diagnostics import Problem


class ModelDamaged(Problem):
    """A stored model cannot be read back.

    Why: the bytes that were stored when the model was trained are incomplete or altered, or a newer version
    of sqlml wrote them.

    Example:

        PREDICT churn FROM customers    -- after its rows in the schema `sqlml` were edited by hand

    What to do: train the model again with CREATE OR REPLACE MODEL, or restore the database file from a copy.
    """

    sqlstate = "XX001"

    def __init__(self) -> None:
        super().__init__(
            "the stored model cannot be read",
            detail="its bytes are incomplete or altered, or a newer version of sqlml wrote them",
            hint="train it again with CREATE OR REPLACE MODEL",
        )


class ScoringFailed(Problem):
    """A model could not compute its predictions for some rows.

    Why: the machine refused the computation, most often because too little memory was free.

    Example:

        PREDICT churn FROM customers

    What to do: run the statement again when less is running on the machine. If it fails for few rows too, train
    the model again with CREATE OR REPLACE MODEL.
    """

    sqlstate = "58000"
    retryable = True

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"the model could not compute its predictions for {rows} rows",
            hint="run the statement again; if it fails again, train the model anew with CREATE OR REPLACE MODEL",
        )


class DeviceSwapped(Problem):
    """A model would not run on the device that was asked for.

    Why: the part of the machine that was chosen for this model is not there, or not usable by this installation;
    nothing is moved to another device without saying so.

    Example:

        PREDICT churn FROM customers

    What to do: `sqlml doctor` tells what this machine can do.
    """

    sqlstate = "58000"

    def __init__(self, asked: str) -> None:
        super().__init__(f"the model cannot run on the {asked} of this machine", hint="run `sqlml doctor` to see why")
