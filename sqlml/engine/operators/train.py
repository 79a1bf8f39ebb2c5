"""CREATE MODEL: from rows to a published model version."""

import shutil
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from sqlml.engine import catalog, matrix, memory, publish, remembered
from sqlml.engine.operators.answer import Answer
from sqlml.engine.preparation import Goal, Prepared, goals, prepare
from sqlml.engine.problems import RowsBeyondMemory
from sqlml.engine.progress import Telling, telling
from sqlml.engine.publish import Learnt, Made
from sqlml.engine.reading import reading
from sqlml.engine.remembered import Memory
from sqlml.engine.said import Said, gathered
from sqlml.engine.scope import Scope
from sqlml.engine.stage import Split, Stage
from sqlml.faults.problems import GpuUnavailable
from sqlml.plan import Model, Train
from sqlml.plan.options import Settings
from sqlml.prep.ask import Ask
from sqlml.prep.limits import learn
from sqlml.train import device
from sqlml.train.job import Job
from sqlml.train.learner import learners
from sqlml.train.plan import Plan, Size, plan
from sqlml.train.problems import NothingLearnt, TrainingLog
from sqlml.train.process import Worker

# However long the rows took, the learners get this long: a model is always there at the end.
_LEAST_SECONDS = 1.0
# Seconds that are kept for each column, to store in the database what the worker has written down; and what preparing
# it took, at most, where that was as quick. Where it took longer, so will storing, up to so many times.
_STORING, _PREPARING, _SLOWEST = 0.001, 0.0019, 3.0


class Judge:
    """Says whether the model's name means what was learnt from now on: it does, unless a kind of judge objects."""

    def look(self, split: Split, ask: Ask) -> None:
        """Sees the rows of each target in turn, before they are learnt from."""

    def leads(self, learnt: Sequence[Learnt]) -> bool:  # noqa: ARG002
        """Whether it is, while the rows held out are there."""
        return True


def train(operator: Train, scope: Scope) -> Answer:
    """Trains, measures on the held-out rows, and stores the model; one row tells of it."""
    return Answer.of(publish.summary(trained(operator, scope, Judge(), operator.settings)), scope.span)


def trained(operator: Train, scope: Scope, judge: Judge, kept: Settings) -> Model:
    """The version that comes of a training, stored, with the settings that are to be `kept` with it."""
    started = perf_counter()
    check_device(operator)
    where = catalog.place(scope.host, operator.name)
    scope.notices += operator.notices
    with ExitStack() as ends:
        # The worker starts first: it loads the learners while DuckDB reads the rows.
        worker = ends.enter_context(Worker())
        ends.enter_context(scope.cancellation.by(worker.cancel, worker.finish))
        told = ends.enter_context(_telling(operator, scope))
        ends.enter_context(scope.host.giving_back())
        stage = ends.enter_context(Stage(scope.host))
        with gathered(scope.notices) as said:
            course = _Course(operator, scope, stage, worker, told, said, judge, started, memory.allowed(scope.host))
            read = reading(operator, scope)
            scope.notices += read.notices
            found = goals(operator, scope, stage, said, read)
            learnt = [course.learnt(goal, len(found) - at) for at, goal in enumerate(found)]
        told.phase("storing the model")
        return _stored(course, where, learnt, judge.leads(learnt), kept)


def _telling(operator: Train, scope: Scope) -> AbstractContextManager[Telling]:
    hear = scope.activity.hear if scope.activity else None
    return telling(scope.listener, str(operator.name), operator.settings.max_runtime, hear)


def _stored(course: "_Course", where: tuple[str, str, str], learnt: list[Learnt], leads: bool, kept: Settings) -> Model:
    host, operator = course.scope.host, course.operator
    operator = replace(operator, query=course.scope.read(operator.query), settings=kept)
    with publish.alone(host):
        model = publish.publish(host, where, operator, learnt, leads=leads)
        notices = course.scope.notices
        if not any(isinstance(notice, NothingLearnt) for notice in notices):
            notices += publish.doubts(host, model)
        publish.note_end(host, model, perf_counter() - course.started, notices)
    return model


@dataclass(frozen=True)
class _Course:
    """A training on its way, that `started` at a reading of `perf_counter()` and may take `memory` bytes."""

    operator: Train
    scope: Scope
    stage: Stage
    worker: Worker
    told: Telling
    said: Said
    judge: Judge
    started: float
    memory: int

    def learnt(self, goal: Goal, left: int) -> Learnt:
        """What is learnt of one target in its share of the time, while `left` of them are, with it, to be learnt."""
        name = goal.target.column.name
        about = f" to predict {name}" if len(self.operator.aims) > 1 else ""
        self.told.turn(f"preparing the columns{about}")
        prepared = prepare(self.operator, self.stage, goal, self.said, last=left == 1)
        limits = learn(self.stage.ask, prepared.split.known, prepared.recipe)
        known = remembered.known(self.stage.ask, prepared.split, prepared.recipe, goal.target)
        self.judge.look(prepared.split, self.stage.ask)
        job = self._written(prepared, self.worker.folder / f"{left}", left)
        outcome = self.worker.train(job, lambda event: self.told.event(event, about))
        self.said.add(name, outcome.notices)
        if words := self.worker.said():
            self.scope.asides.append(TrainingLog(words))
        prepared.split.measure(matrix.scores(job.folder, job.outputs))
        shutil.rmtree(job.folder, ignore_errors=True)
        told = (outcome.learner, outcome.detail, outcome.scoring, outcome.linear)
        made = Made(uuid.uuid4().hex, goal.target, prepared.recipe, limits, outcome.graph, *told)
        kept = Memory(known, remembered.held_out(self.stage.ask, prepared.split, prepared.recipe))
        return Learnt(made, outcome, prepared.split, kept)

    def _written(self, prepared: Prepared, folder: Path, left: int) -> Job:
        """The job of training on the divided rows, which now lie in files of `folder`."""
        settings, goal, split = self.operator.settings, prepared.goal, prepared.split
        folder.mkdir()
        share = self._share(prepared)
        rows, held_out = matrix.write(
            self.scope.host, split, prepared.recipe, goal.target, folder, settings.weight, share
        )
        threads = self.scope.host.threads()
        self.told.learns(rows, threads, device.expected(settings.device, rows).device)
        split.forget_known()
        if self._planned(prepared, rows).memory > memory.allowed(self.scope.host):
            self.scope.host.let_go()
        passed, columns = perf_counter() - self.started, len(prepared.recipe.inputs)
        slowness = min(_SLOWEST, max(1.0, passed / (_PREPARING * columns))) if columns else 1.0
        remaining = settings.max_runtime - _STORING * slowness * columns * left - passed
        return Job(
            folder=folder,
            rows=rows,
            held_out=held_out,
            folds=goal.arrangement.folds,
            features=tuple(prepared.recipe.features),
            task=goal.target.task,
            classes=len(goal.target.classes),
            seed=settings.seed,
            seconds=max(remaining / left, _LEAST_SECONDS),
            allowed=settings.max_runtime / len(self.operator.aims),
            metric=goal.metric,
            ordered=goal.arrangement.ordered,
            weighted=settings.weight is not None,
            max_trials=settings.max_trials,
            threads=threads,
            effort=settings.effort,
            device=settings.device,
            memory=memory.ceiling(),
        )

    def _share(self, prepared: Prepared) -> float:
        """The share of the known rows that memory can hold while they are learnt from."""
        known = prepared.split.count_known()
        needed = self._planned(prepared, known).memory
        if needed <= self.memory:
            return 1.0
        self.said.add(prepared.goal.target.column.name, [RowsBeyondMemory(int(known * self.memory / needed), known)])
        return self.memory / needed

    def _planned(self, prepared: Prepared, known: int) -> Plan:
        return plan(size(self.operator, self.scope, prepared, known), learners())


def check_device(operator: Train) -> None:
    """Raises GpuUnavailable where one is demanded and the machine shows none."""
    asked = operator.settings.device
    if asked == "gpu" and (found := device.expected(asked, 0)).device != "GPU":
        raise GpuUnavailable(found.reason).at(operator.places.get("device"))


def size(operator: Train, scope: Scope, prepared: Prepared, known: int) -> Size:
    """The size of the training of one target on so many known rows, for its plan."""
    return Size(
        rows=known,
        features=len(prepared.recipe.features),
        task=prepared.goal.target.task,
        classes=len(prepared.goal.target.classes),
        folds=prepared.goal.arrangement.folds,
        threads=scope.host.threads(),
        seconds=operator.settings.max_runtime / len(operator.aims),
        max_trials=operator.settings.max_trials,
        effort=operator.settings.effort,
        ordered=prepared.goal.arrangement.ordered,
        memory=memory.ceiling(),
    )
