"""What to read about an exported graph: how to give it rows, and what comes back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlml.prep.entry import WIDE, Entry, is_missing
from sqlml.prep.kind import Kind, kind
from sqlml.schema import Column


@dataclass(frozen=True)
class Output:
    """What a graph returns: an array (rows), or with a column for `each` of some values (rows, values)."""

    name: str
    type: str
    words: str
    each: tuple[str, ...] = ()


_TEXT = """# {name}

`model.onnx` takes the columns of a row as they are in the database and gives its prediction: how the columns are
prepared is part of it. `parity.json` tells how near its predictions are to those of PREDICT.

```python
session = onnxruntime.InferenceSession("model.onnx")
prediction = session.run(None, {{{sample}}})
```

## Inputs

Each is an array with one value a row.

| name | type | what stands for a value | the same in SQL, of a row `input` |
|---|---|---|---|
{inputs}
| {missing} | BOOL | which of the others is NULL: (rows, {count}) | |

In {missing} the places of a row are the inputs in this order. Where it is true the value is NULL, whatever is given as
the value itself; of FLOAT and DOUBLE, NaN says the same. It may be left out where nothing else is NULL. (A runtime may
remark that this input has a value of its own: that is what makes it possible to leave it out.)
{limits}
## Outputs

| name | type | what it is |
|---|---|---|
{outputs}

A row's prediction depends on that row alone. In the last digits of a probability or of a number, machines and
runtimes may differ.
"""


def written(name: str, inputs: Sequence[Entry], outputs: Sequence[Output], prose: Collection[Column]) -> str:
    """The text for the graph of a model of that name; `prose` are the columns that are read as free text."""
    sample = [f"{each.name!r}: …" for each in inputs[:3]] + ["…"] * (len(inputs) > 3)
    rows = [(_code(each.name), each.enters, each.words, _code(each.sql("input"))) for each in inputs]
    return _TEXT.format(
        name=name,
        sample=", ".join(sample),
        inputs="\n".join(f"| {' | '.join(row)} |" for row in rows),
        missing=_code(is_missing(inputs)),
        count=len(inputs),
        limits="".join(f"\n{limit}\n" for limit in _limits(inputs, prose)),
        outputs="\n".join(f"| {_code(each.name)} | {each.type} | {_words(each)} |" for each in outputs),
    )


def _words(output: Output) -> str:
    values = ", ".join(map(_code, output.each))
    return f"{output.words}: (rows, {len(output.each)}), in this order: {values}" if output.each else output.words


def _limits(inputs: Sequence[Entry], prose: Collection[Column]) -> list[str]:
    """Where what enters is less than the column may have."""
    said = []
    if any(each.column.type in WIDE for each in inputs):
        said.append("Whole numbers of more than 64 bits enter as the greatest or the least of 64 bits.")
    if any(kind(each.column.type) is Kind.DECIMAL for each in inputs):
        said.append("DECIMALs of up to 15 digits enter exactly, longer ones nearly.")
    if any(each.enters == "STRING" for each in inputs):
        said.append("Text that is read as a number counts as NULL where `_` parts its digits or more than 200 follow.")
    if any(each.column in prose for each in inputs):
        said.append(
            "Free text is taken apart letter by letter: give many long texts in batches of some hundred rows, as all"
            " their letters are in memory at once."
        )
    return said


def _code(text: str) -> str:
    """Text as a cell of a table shows it."""
    shown = text.replace("|", "\\|").replace("\n", " ")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"
