"""What the OPTIONS of BigQuery's CREATE MODEL mean here."""

from sqlml.diagnostics import Notice, Span
from sqlml.plan.option_problems import OptionGivenTwice, OptionType, OptionUnknown
from sqlml.plan.options import Given
from sqlml.plan.problems import BigqueryModelType, BigqueryOptionDecided

# Model types whose task the target's own type tells; the learner is chosen by measurement.
_MODEL_TYPES = (
    "LOGISTIC_REG",
    "LINEAR_REG",
    "BOOSTED_TREE_CLASSIFIER",
    "BOOSTED_TREE_REGRESSOR",
    "RANDOM_FOREST_CLASSIFIER",
    "RANDOM_FOREST_REGRESSOR",
    "DNN_CLASSIFIER",
    "DNN_REGRESSOR",
    "DNN_LINEAR_COMBINED_CLASSIFIER",
    "DNN_LINEAR_COMBINED_REGRESSOR",
    "AUTOML_CLASSIFIER",
    "AUTOML_REGRESSOR",
)
# Options that set what sqlml decides by itself.
_DECIDED = frozenset(
    """
    auto_class_weights batch_size booster_type calculate_p_values category_encoding_method class_weights
    colsample_bylevel colsample_bynode colsample_bytree dart_normalize_type data_split_col
    data_split_eval_fraction data_split_method data_split_test_fraction dropout early_stop
    enable_global_explain fit_intercept hidden_units hparam_tuning_algorithm hparam_tuning_objectives l1_reg
    l2_reg learn_rate learn_rate_strategy ls_init_learn_rate max_iterations max_parallel_trials max_tree_depth
    min_rel_progress min_split_loss min_tree_child_weight num_parallel_tree num_trials optimize_strategy
    optimizer subsample tree_method warm_start budget_hours optimization_objective
    """.split()
)


def from_options(given: list[Given], place: Span) -> tuple[str, Span, tuple[Notice, ...]]:
    """The label's name with its place, and what must be said of the other options.

    The label is the one of `input_label_cols`, or `label` where none is named, as in BigQuery.

    Raises:
        BigqueryModelType, OptionUnknown, OptionType, OptionGivenTwice: at the option's place.
    """
    by_name: dict[str, Given] = {}
    for one in given:
        name = one.name.lower()
        if name in by_name:
            raise OptionGivenTwice(name, one.name_span)
        if name not in _DECIDED and name not in ("model_type", "input_label_cols"):
            raise OptionUnknown(one.name, ["model_type", "input_label_cols", *sorted(_DECIDED)], one.name_span)
        by_name[name] = one
    _check_type(by_name.get("model_type"))
    label, span = _label(by_name.get("input_label_cols"), place)
    decided = [one.name for name, one in by_name.items() if name in _DECIDED]
    return label, span, (BigqueryOptionDecided(decided),) if decided else ()


def _check_type(given: Given | None) -> None:
    if given is None:
        return
    if not isinstance(given.value, str) or given.value.upper() not in _MODEL_TYPES:
        raise BigqueryModelType(str(given.value), _MODEL_TYPES, given.value_span)


def _label(given: Given | None, place: Span) -> tuple[str, Span]:
    if given is None:
        return "label", place
    labels = given.value
    if not isinstance(labels, list) or len(labels) != 1 or not isinstance(labels[0], str):
        raise OptionType(given.name, "a list of one column", "['churned']", given.value_span)
    return labels[0], given.value_span
