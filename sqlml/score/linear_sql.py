"""A linear model as one SQL expression: quicker to compute where the rows are than to carry them anywhere."""

from collections.abc import Iterable, Iterator, Sequence

from sqlml.model.form import Linear
from sqlml.prep.kind import Kind, kind
from sqlml.prep.recipe import Recipe
from sqlml.prep.steps.number import Number


def scores(form: Linear, recipe: Recipe, row: str) -> str:
    """SQL: DOUBLE[], the scores of a row, a table alias or a macro's parameter.

    Most rows have all quantities, each where it counts in proportion; their sums are a few products. The others' are
    said in few words rather than quick ones: to plan a long expression takes as long as a million rows.
    """
    plain, terms = _plain(recipe, row), recipe.expressions(row)
    ordinary = " AND ".join(_ordinary(form, plain))
    sums = []
    for at in range(len(form.bias)):
        levels = list(_levels(form, terms, at))
        sum_ = _added([*_short(form, plain, at), *levels])
        if ordinary:
            exact = _added([_exact(form, recipe.array(row), at), *levels, _number(form.bias[at])])
            sum_ = f"CASE WHEN {ordinary} THEN {sum_} ELSE {exact} END"
        sums.append(sum_)
    return _linked(form, sums)


def _plain(recipe: Recipe, row: str) -> list[tuple[str, str]]:
    """For each feature, what tells whether it is ordinary, and the feature where it is."""
    found: list[tuple[str, str]] = []
    for step in recipe.steps:
        if isinstance(step, Number) and step.centre is None and kind(step.column.type) is Kind.REAL:
            value = step.reference(row)
            found.append((value, value if step.column.type == "FLOAT" else f"CAST({value} AS FLOAT)"))
        else:
            found += [(expression, expression) for expression in step.expressions(row)]
    return found


def _ordinary(form: Linear, plain: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Conditions under which every quantity is there and within the bounds of each of its terms."""
    for place in dict.fromkeys(form.quantities.tolist()):
        own = [at for at, quantity in enumerate(form.quantities.tolist()) if quantity == place]
        low = max((_at(form, at, form.low[at]) for at in own if not _bends(form, at)), default=-_FAR)
        high = min(_at(form, at, form.limit) for at in own)
        yield f"{plain[place][0]} BETWEEN {_single(low)} AND {_single(high)}"


# Beyond every FLOAT's size no value is ordinary.
_FAR = 3e38


def _at(form: Linear, at: int, standard: float) -> float:
    """The value that is `standard` when it is centred and scaled."""
    value = form.centre[at] + standard / form.scale[at] if form.scale[at] > 0 else _FAR
    return float(min(max(value, -_FAR), _FAR))


def _bends(form: Linear, at: int) -> bool:
    return bool(form.low[at] == 0.0)


def _short(form: Linear, plain: Sequence[tuple[str, str]], sum_: int) -> Iterator[str]:
    """The terms of ordinary quantities, with the bias in one number."""
    fixed = float(form.bias[sum_])
    for at, place in enumerate(form.quantities.tolist()):
        weight = float(form.scale[at] * form.weights[at, sum_])
        value = plain[place][1]
        if _bends(form, at):
            yield f"greatest({value} - {_number(form.centre[at])}, 0e0) * {_number(weight)}"
        else:
            yield f"{value} * {_number(weight)}"
            fixed -= float(form.centre[at]) * weight
    yield _number(fixed)


def _exact(form: Linear, features: str, sum_: int) -> str:
    """What the quantities of any row add to a sum."""
    places = ", ".join(str(place + 1) for place in form.quantities.tolist())
    centre, scale, low = (f"{_numbers(each)}[place]" for each in (form.centre, form.scale, form.low))
    held = f"least(greatest((CAST(one AS DOUBLE) - {centre}) * {scale}, {low}), {_number(form.limit)})"
    weight, absent = (f"{_numbers(each[:, sum_])}[place]" for each in (form.weights, form.absent))
    term = f"CASE WHEN isnan(one) THEN {absent} ELSE {held} * {weight} END"
    return f"list_sum(list_transform(list_select({features}, [{places}]), lambda one, place: {term}))"


def _levels(form: Linear, terms: Sequence[str], sum_: int) -> Iterator[str]:
    offsets = form.offsets[: len(form.levels)]
    for place, levels, offset in zip(form.categories, form.levels, offsets, strict=True):
        table = _numbers(form.tables[offset : offset + levels + 2, sum_])
        code = terms[place]
        row = f"CASE WHEN isnan({code}) THEN {levels + 2} ELSE CAST(least({code}, {levels}::FLOAT) AS INTEGER) + 1 END"
        yield f"({table})[{row}]"


def _linked(form: Linear, sums: Sequence[str]) -> str:
    match form.link:
        case "identity":
            return f"[{sums[0]}]"
        case "exp":
            return f"[exp({sums[0]}) - 1e0]"
        case "logistic":
            shares = "[1e0 / (1e0 + exp(raw)), 1e0 / (1e0 + exp(-raw))]"
            return f"list_transform([{sums[0]}], lambda raw: {shares})[1]"
    powers = "list_transform(raw, lambda one: exp(one - list_max(raw)))"
    shares = f"list_transform([{powers}], lambda powers: list_transform(powers, lambda p: p / list_sum(powers)))[1]"
    return f"list_transform([[{', '.join(sums)}]], lambda raw: {shares})[1]"


def _added(terms: Sequence[str]) -> str:
    return f"({' + '.join(terms)})"


def _single(value: float) -> str:
    return f"{_number(value)}::FLOAT"


def _numbers(values: Iterable[float]) -> str:
    return f"[{', '.join(map(_number, values))}]"


def _number(value: float) -> str:
    """A number with an exponent, which SQL takes for a DOUBLE."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"
