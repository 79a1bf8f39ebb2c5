"""How a network's weights learn, batch by batch, as computations for the library of `sqlml.train.device`."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from sqlml.model.form import DEPTH, FAR, SLOPE
from sqlml.train.learners.weights import MIXED, Layout, spread

# Passes over the rows of a usual fit; and up to so many rows, so many of them make one step.
EPOCHS = 32
_BATCHES = ((1_000, 64), (8_000, 128), (30_000, 256), (100_000, 512), (2**63, 1024))
# How much the optimiser (Adam) remembers of the last steps and of their squares.
MEMORY, SQUARES = 0.9, 0.95
_LEAST = 1e-8

_writing = Lock()
_written: dict[tuple[Layout, str], "Descent"] = {}
# Computations of one layout; a job has one or two.
_MOST_WRITTEN = 4


def batch_of(rows: int) -> int:
    """How many of so many rows make one step."""
    return next(batch for most, batch in _BATCHES if rows <= most)


@dataclass(frozen=True, eq=False)
class Descent:
    """The computations of one layout: `advance` makes steps, `judge` sums up losses.

    `advance(state, rows, order, plan, key)` gives the state after some steps, of which each takes a row of row numbers
    from `order` (steps, batch); `plan` (steps, 3) has each step's rate of learning, of shrinking and of units left out.
    `key` has a seed and the number of the first step, which decide which are, and how many steps are made: those of
    `order` or fewer. A state is the flat weights, and two memories of their changes.
    `judge(weights, rows, chosen)` gives the summed loss of the chosen row numbers. `rows` are the matrix, the label,
    the weight, and the centre and the scale of the quantities: all in 32 bits, and whole numbers as labels of classes.
    """

    advance: Any
    judge: Any


def descent(tensorflow: Any, layout: Layout, device: str) -> Descent:
    """The computations of a layout, written once and shared by the fits that run side by side."""
    with _writing:
        key = (layout, device)
        if key not in _written:
            while len(_written) >= _MOST_WRITTEN:
                del _written[next(iter(_written))]
            # A GPU waits for each small operation to be handed to it: put together, they take a twentieth of the time.
            # On a CPU, they take twice as long.
            _written[key] = _Writer(tensorflow, layout, device, together="GPU" in device).descent()
        return _written[key]


@dataclass(frozen=True, eq=False)
class _Writer:
    tf: Any
    layout: Layout
    device: str
    together: bool

    def descent(self) -> Descent:
        tf, layout = self.tf, self.layout
        numbers, whole = tf.TensorSpec([None], tf.float32), tf.TensorSpec([None], tf.int32)
        label = numbers if layout.link == "identity" else whole
        rows = (tf.TensorSpec([None, None], tf.float32), label, numbers, numbers, numbers)
        flat = tf.TensorSpec([layout.size], tf.float32)
        order, plan = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None, 3], tf.float32)

        def advance(state: Any, rows: Any, order: Any, plan: Any, key: Any) -> Any:
            with tf.device(self.device):
                return self._advance(state, rows, order, plan, key)

        def judge(weights: Any, rows: Any, chosen: Any) -> Any:
            with tf.device(self.device):
                return tf.reduce_sum(self._losses(weights, rows, chosen, None))

        made = tf.function(advance, autograph=False, jit_compile=self.together)
        found = Descent(
            made.get_concrete_function((flat, flat, flat), rows, order, plan, whole),
            tf.function(judge, autograph=False).get_concrete_function(flat, rows, whole),
        )
        # A CPU goes on writing when it first computes; what is put together is written for the rows that there are.
        if not self.together:
            self._tried(found)
        return found

    def _tried(self, found: Descent) -> None:
        """Makes a step, and looks at its loss, with a row of zeros."""
        tf, layout = self.tf, self.layout
        columns = 1 + max((*layout.quantities, *layout.flagged, *layout.shown, *layout.categories))
        label = tf.zeros(1, tf.float32 if layout.link == "identity" else tf.int32)
        plain = tf.ones(len(layout.quantities))
        rows = (tf.zeros((1, columns)), label, tf.ones(1), plain, plain)
        state = (tf.zeros(layout.size),) * 3
        found.advance(state, rows, tf.zeros((1, 1), tf.int32), tf.zeros((1, 3)), tf.constant([0, 0, 1]))
        found.judge(state[0], rows, tf.constant([0]))

    def _advance(self, state: Any, rows: Any, order: Any, plan: Any, key: Any) -> Any:
        tf, layout = self.tf, self.layout
        parts = layout.parts
        rates = tf.constant(spread(layout, {name: part.rate for name, part in parts.items()}))
        shrinks = tf.constant(spread(layout, {name: float(part.shrinks) for name, part in parts.items()}))

        def step(number: Any, weights: Any, memory: Any, squares: Any) -> Any:
            rate, shrink, left_out = tf.unstack(plan[number])
            with tf.GradientTape() as tape:
                tape.watch(weights)
                dropout = left_out, tf.stack([key[0], key[1] + number])
                loss = tf.reduce_mean(self._losses(weights, rows, order[number], dropout))
            slope = tape.gradient(loss, weights)
            memory += (1.0 - MEMORY) * (slope - memory)
            squares += (1.0 - SQUARES) * (slope * slope - squares)
            change = memory / (tf.sqrt(squares) + _LEAST) + shrink * shrinks * weights
            return number + 1, weights - rate * rates * change, memory, squares

        begin = (tf.constant(0), *state)
        _, *after = tf.while_loop(lambda number, *_: number < key[2], step, begin, parallel_iterations=1)
        return tuple(after)

    def _losses(self, flat: Any, rows: Any, chosen: Any, dropout: Any) -> Any:
        """The weighted loss of each of the rows chosen."""
        tf = self.tf
        matrix, label, weight, centre, scale = rows
        label, weight = tf.gather(label, chosen), tf.gather(weight, chosen)
        sums = self._sums(flat, tf.gather(matrix, chosen), centre, scale, dropout)
        if self.layout.link == "softmax":
            return weight * tf.nn.sparse_softmax_cross_entropy_with_logits(label, sums)
        if self.layout.link == "logistic":
            return weight * tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(label, tf.float32), sums[:, 0])
        return weight * tf.square(sums[:, 0] - label)

    def _sums(self, flat: Any, matrix: Any, centre: Any, scale: Any, dropout: Any) -> Any:
        tf, layout = self.tf, self.layout
        pieces = tf.split(flat, [part.size for part in layout.parts.values()])
        named = zip(layout.parts.items(), pieces, strict=True)
        weights = {name: tf.reshape(piece, part.shape) for (name, part), piece in named}
        values = tf.concat(self._inputs(weights, matrix, centre, scale, learns=dropout is not None), axis=1)
        masks = self._masks(values, dropout)
        last = len(layout.units) - 1
        for layer in range(last + 1):
            values = tf.matmul(values, self._effective(weights, layer)) + weights[f"bias {layer}"]
            if layer < last:
                values = self._bent(values)
                values = values * masks[layer] if masks else values
        return values

    def _masks(self, values: Any, dropout: Any) -> Any:
        """What the units that leave each hidden layer are multiplied by: 0 for those left out."""
        if dropout is None or len(self.layout.units) == 1:
            return []
        tf, hidden = self.tf, self.layout.units[:-1]
        left_out, key = dropout
        chance = tf.random.stateless_uniform((tf.shape(values)[0], sum(hidden)), key)
        return tf.split(tf.cast(chance >= left_out, tf.float32) / (1.0 - left_out), hidden, axis=1)

    def _bent(self, sums: Any) -> Any:
        tf = self.tf
        if self.layout.curve == "mish":
            return sums * tf.tanh(tf.nn.softplus(sums))
        above = tf.nn.relu(sums)
        return SLOPE * (above + DEPTH * (tf.exp(sums - above) - 1.0))

    def _inputs(self, weights: Any, matrix: Any, centre: Any, scale: Any, *, learns: bool) -> list[Any]:
        tf, layout = self.tf, self.layout
        parts = []
        if layout.quantities:
            values = self._columns(matrix, layout.quantities)
            far = tf.clip_by_value((values - centre) * scale, -FAR, FAR)
            near = tf.where(tf.math.is_nan(values), 0.0, far * tf.math.rsqrt(1.0 + tf.square(far / 3.0)))
            parts.append(near)
        if layout.quantities and layout.waves:
            waves = tf.cos(near[:, :, None] * weights["frequency"] + weights["phase"])
            parts.append(tf.reshape(waves, (-1, len(layout.quantities) * layout.waves)))
        if layout.flagged:
            parts.append(tf.cast(tf.math.is_nan(self._columns(matrix, layout.flagged)), tf.float32))
        if layout.shown:
            same = tf.equal(self._columns(matrix, layout.shown), tf.constant(layout.codes, tf.float32))
            parts.append(tf.cast(same, tf.float32))
        if layout.categories:
            looked_up = self._by_product if learns and self.together else tf.gather
            rows = looked_up(weights["tables"], self._table_rows(matrix))
            parts.append(tf.reshape(rows, (-1, len(layout.categories) * layout.width)))
        return parts

    def _by_product(self, tables: Any, rows: Any) -> Any:
        """The rows of the tables (rows, categories, width), as a product with ones and zeros.

        Of gathered ones a GPU, which is to add the slopes in the same order every time, adds one after the other.
        """
        tf = self.tf
        own = np.repeat(np.arange(len(self.layout.levels)), np.array(self.layout.levels) + 2)
        wanted = tf.gather(rows, tf.constant(own, tf.int32), axis=1) == tf.range(len(own))
        blocks = tables[:, None, :] * np.eye(len(self.layout.levels), dtype=np.float32)[own][:, :, None]
        return tf.tensordot(tf.cast(wanted, tf.float32), blocks, 1)

    def _columns(self, matrix: Any, places: tuple[int, ...]) -> Any:
        return self.tf.gather(matrix, self.tf.constant(places, self.tf.int32), axis=1)

    def _table_rows(self, matrix: Any) -> Any:
        """The row of its table that each code stands for, as `sqlml.model.form.table_rows` has it."""
        tf = self.tf
        codes = self._columns(matrix, self.layout.categories)
        levels = np.array(self.layout.levels)
        offsets = np.concatenate([[0], np.cumsum(levels + 2)[:-1]])
        missing, most = tf.math.is_nan(codes), tf.constant(levels, tf.float32)
        known = tf.where((codes >= 0) & (codes < most), codes, most)
        return tf.cast(tf.where(missing, most + 1.0, known), tf.int32) + tf.constant(offsets, tf.int32)

    def _effective(self, weights: Any, layer: int) -> Any:
        """A layer's weights as `sqlml.train.learners.weights` has them for a form."""
        tf, layout = self.tf, self.layout
        own = weights[f"weights {layer}"]
        own = own / float(np.sqrt(max(1, own.shape[0])))
        if layer:
            return own
        own = weights["factor"][:, None] * own
        if not layout.waves or not layout.quantities:
            return own
        plain = len(layout.quantities)
        near, mixed, others = tf.split(own, [plain, plain * MIXED, layout.others])
        waves = tf.matmul(weights["mixing"], tf.reshape(mixed, (plain, MIXED, -1)))
        return tf.concat([near, tf.reshape(waves, (plain * layout.waves, -1)), others], axis=0)
