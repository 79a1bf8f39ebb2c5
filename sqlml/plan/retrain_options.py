"""The options of REFRESH MODEL: those of CREATE MODEL that say how it is trained this time, not what is learnt."""

from collections.abc import Sequence
from dataclasses import replace

from sqlml.plan.option_problems import OptionUnknown
from sqlml.plan.options import BACKGROUND, Given, Settings, settings

RETRAIN_OPTIONS = ("max_runtime", "max_trials", "effort", "device", BACKGROUND.name)


def check(given: Sequence[Given]) -> None:
    """Raises the problem of an option that REFRESH MODEL does not take, or not so."""
    for one in given:
        if one.name.lower() not in RETRAIN_OPTIONS:
            raise OptionUnknown(one.name, RETRAIN_OPTIONS, one.name_span)
    settings(given, (), ())


def this_time(kept: Settings, given: Sequence[Given]) -> Settings:
    """The settings kept with a model, with what is another one this time."""
    told, names = settings(given, (), ()), {one.name.lower() for one in given} - {BACKGROUND.name}
    return replace(kept, **{name: getattr(told, name) for name in names})
