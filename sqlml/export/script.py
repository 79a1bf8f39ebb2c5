"""The parts of a script that trains a model again: what all need, what texts need, and what each learner does."""

HEAD = '''"""Trains the model {told} again and predicts by it, without sqlml.

    python {file} DATABASE "SELECT …" > predictions.csv

DATABASE is the DuckDB file with the tables of the training. Needs {needs}. To score by the model itself, as it was
trained, run score.py beside this file: it trains nothing.

The rows are prepared by the same SQL and learnt from with the settings of the model's last fits. Predictions may differ
a little from the model's own: rows that are alike were counted together there, and are read here in another order.
{differs}"""

import csv
import sys

{imports}

QUERY = {query}
TARGET = {target}
CLASSES = {classes}  # none where a number is predicted
LABEL = {label}
KNOWN = {known}
WEIGHT = {weight}

# Of each feature its name and its SQL, of a row called `input`.
FEATURES = {features}
# Features that are codes, by their places, with how many there are.
LEVELS = {levels}
# Features that are the mean of the target over the rows of a level: by their places the SQL of the level, and the class
# whose share it is.
MEANS = {means}
{texts}
# The fits that are averaged, and the power that the probabilities are raised to.
FITS = {fits}
POWER = {power}

# A mean takes so many rows from the mean of all; levels of one row are not told apart.
PRIOR_ROWS = 10


def read(db, query, more=()):
    """Features of a query's rows, the levels that have means, and more columns."""
    columns = [sql for _, sql in FEATURES] + [sql for sql, _ in MEANS.values()] + list(more)
    listed = ", ".join(f"{{sql}} AS c{{place}}" for place, sql in enumerate(columns))
    found = list(db.sql(f"SELECT {{listed}} FROM ({{query}}\\n) AS input").fetchnumpy().values())
    matrix = np.column_stack([np.ma.filled(column, np.nan) for column in found[: len(FEATURES)]]).astype(np.float32)
    levels = [np.ma.filled(column, None) for column in found[len(FEATURES) : len(FEATURES) + len(MEANS)]]
    return matrix, levels, [np.ma.filled(column) for column in found[len(FEATURES) + len(MEANS) :]]


def means(level, outcome, prior, asked):
    """The mean outcome of each asked level, by the rows of `level`."""
    known, which = np.unique(level.astype(str), return_inverse=True)
    rows, total = np.bincount(which), np.bincount(which, outcome)
    mean = np.where(rows > 1, (total + PRIOR_ROWS * prior) / (rows + PRIOR_ROWS), prior)
    place = np.searchsorted(known, asked.astype(str)).clip(max=len(known) - 1)
    found = np.where(known[place] == asked.astype(str), mean[place], prior)
    return np.where([one is None for one in asked], np.nan, found)


def with_means(matrix, levels, asked, label):
    """Puts the means of levels into a matrix; of the rows learnt from each sees the other half's alone."""
    for place, level, given, (_, number) in zip(MEANS, levels, asked, MEANS.values(), strict=True):
        outcome = (label == number).astype(float) if CLASSES else (label - label.mean()) / (label.std() or 1.0)
        prior = outcome.mean() if CLASSES else 0.0
        if given is not level:
            matrix[:, place] = means(level, outcome, prior, given)
            continue
        half = np.arange(len(level)) % 2
        for own in (half == 0, half == 1):
            matrix[own, place] = means(level[~own], outcome[~own], prior, level[own])
    return matrix


def scores(sums, link, factor=1.0):
    """Probabilities of each class, or numbers, from what a model adds up; a factor is for logarithms."""
    if link == "identity":
        return sums
    if link == "exp":
        return factor * np.exp(sums) - 1
    sums = np.hstack([-sums / 2, sums / 2]) if link == "logistic" else sums
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

'''

# What a script says of texts, where its model has them: how it differs, what they are, and what is done with them.
DIFFERS_BY_TEXTS = "What words say is learnt of all rows here, and was of those alone that were not held out there.\n"
TEXTS = """
# Features that texts have, by the place of the first: one for each of `classes`, which their words lean to, or for the
# number; then one for each of the `known` words. Words and pairs of neighbours fall into buckets, from 1 to `size`.
TEXTS = {texts}
"""

WITH_TEXTS = '''
def marks():
    """SQL of what each text has, as numbers: 0 if it is one, its buckets, and beyond them the places of known words."""
    for text in TEXTS.values():
        known = "['" + "', '".join(text["known"]) + "']"
        places = f"list_transform(words, lambda word: list_position({known}, word) + {text['size']})"
        every = f"list_concat([0], {text['buckets']}, list_distinct({places}))"
        yield f"list_transform([{text['words']}], lambda words: CASE WHEN words IS NULL THEN [] ELSE {every} END)[1]"


def flat(lists):
    """The row of each number in the lists of all rows, and the number."""
    rows = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    return rows, np.concatenate([np.zeros(0, int), *lists])


def weigh(lists, outcome, size):
    """What each bucket says: how much likelier it is in texts of a class than in others, or the mean of a number."""
    rows, buckets = flat(lists)
    seen = np.bincount(buckets, minlength=size + 1)[: size + 1]
    told = np.bincount(buckets, outcome[rows], size + 1)[: size + 1]
    found = told / (seen + PRIOR_ROWS)
    if CLASSES:
        inside = (told + 0.5) / (told[0] + 1)
        outside = (seen - told + 0.5) / (seen[0] - told[0] + 1)
        found = np.where(seen > 0, np.log(inside / outside), 0.0)
    found[0] = 0.0
    return found


def leaning(lists, weights):
    """The weights of each row's buckets, added up for a class and averaged for a number."""
    rows, buckets = flat(lists)
    rows, buckets = rows[buckets < len(weights)], buckets[buckets < len(weights)]
    seen = np.bincount(rows, minlength=len(lists))
    total = np.bincount(rows, weights[buckets], len(lists))
    return np.where(seen > 0, total if CLASSES else total / np.maximum(seen - 1, 1), np.nan)


def with_texts(matrix, texts, asked, label):
    """Puts what texts say into a matrix; a row learnt from sees what words say in the other half of the rows alone."""
    # By chance, as classes may take turns.
    half = np.random.default_rng(1).permutation(len(label)) % 2
    for (first, text), known, given in zip(TEXTS.items(), texts, asked, strict=True):
        size, words = text["size"], first + len(text["classes"])
        rows, found = flat(given)
        matrix[rows[found == 0], words : words + len(text["known"])] = 0
        matrix[rows[found > size], words + found[found > size] - size - 1] = 1
        for place, number in enumerate(text["classes"], first):
            outcome = (label == number).astype(float) if CLASSES else (label - label.mean()) / (label.std() or 1.0)
            if given is not known:
                matrix[:, place] = leaning(given, weigh(known, outcome, size))
                continue
            for own in (half == 0, half == 1):
                matrix[own, place] = leaning(given[own], weigh(known[~own], outcome[~own], size))
    return matrix

'''

BASELINE = '''
def baseline(matrix, label, weight, fit):
    """The share of each class, or the mean, for every row."""
    shares = np.bincount(label.astype(int), weight, len(CLASSES)) if CLASSES else None
    row = shares / shares.sum() if CLASSES else [np.average(label, weights=weight)]
    return lambda rows: np.tile(row, (len(rows), 1))

'''

TREES = '''
def trees(matrix, label, weight, fit):
    """Boosted trees, as many as the model has."""
    centre, scale = 0.0, 1.0
    if not CLASSES:
        label = np.log1p(label) if fit["link"] == "exp" else label
        centre, scale = label.mean(), label.std() or 1.0
    objective = {0: "regression", 2: "binary"}.get(len(CLASSES), "multiclass")
    fixed = {"objective": objective, "seed": fit["seed"], "bagging_freq": 1, "deterministic": True, "verbosity": -1}
    fixed |= {"max_bin": 255, "bin_construct_sample_cnt": 50_000, "feature_pre_filter": False, "force_col_wise": True}
    if CLASSES:
        fixed |= {"max_delta_step": 2.0, "num_class": len(CLASSES) if len(CLASSES) > 2 else 1}
    ours = ("rounds", "share", "log_if_skewed")
    fixed |= {name: value for name, value in fit["settings"].items() if name not in ours}
    label = (label - centre) / scale
    data = lightgbm.Dataset(matrix, label, weight=weight, categorical_feature=list(LEVELS), params=fixed)
    booster = lightgbm.train(fixed, data, num_boost_round=fit["settings"]["rounds"])

    def predict(rows):
        sums = booster.predict(rows, raw_score=True).reshape(len(rows), -1)
        return scores(sums * scale + centre, fit["link"], fit["factor"])

    return predict

'''

LINEAR = '''
def linear(matrix, label, weight, fit):
    """A weighted sum of quantities, bent at some places, and of levels, with small weights preferred."""
    places = [place for place in range(len(FEATURES)) if place not in LEVELS]
    bends = []
    for place in places:
        known = matrix[np.isfinite(matrix[:, place]), place].astype(float)
        known = known if len(known) else np.zeros(1)
        low, middle, high = np.quantile(known, [0.1, 0.5, 0.9])
        spread = (high - low) / 2.563 or known.std() or 1.0
        inner = np.unique(np.quantile(known, np.linspace(0, 1, fit["settings"].get("bends", 0) + 2)[1:-1]))
        bends.append((place, middle, spread, -8.0))
        bends += [(place, bend, spread, 0.0) for bend in inner if known.min() < bend < known.max()]

    def terms(rows):
        columns = []
        for place, centre, spread, low in bends:
            value = rows[:, place].astype(float)
            columns += [np.nan_to_num(np.clip((value - centre) / spread, low, 8.0)), np.isnan(value)]
        for place, count in LEVELS.items():
            columns += [rows[:, place] == code for code in range(count)] + [np.isnan(rows[:, place])]
        return np.column_stack([*columns, np.ones(len(rows))]).astype(float)

    inputs, weight = terms(matrix), weight[:, None] / weight.mean()
    centre, scale = (0.0, 1.0) if CLASSES else (label.mean(), label.std() or 1.0)
    many = len(CLASSES) > 2
    target = np.eye(len(CLASSES))[label.astype(int)] if many else ((label - centre) / scale)[:, None]
    penalty = np.full((inputs.shape[1], 1), fit["settings"]["l2"])
    penalty[-1] = 0.0

    def loss(flat):
        weights = flat.reshape(inputs.shape[1], -1)
        sums = inputs @ weights
        found = scores(sums, fit["link"])
        found = found[:, 1:] if len(CLASSES) == 2 else found
        if CLASSES:
            given = (target * found).sum(axis=1) if many else np.where(target > 0.5, found, 1 - found)[:, 0]
            total = -(weight[:, 0] * np.log(np.maximum(given, 1e-300))).sum()
        else:
            total = (weight * (sums - target) ** 2).sum() / 2
        gradient = inputs.T @ (weight * (found - target)) + penalty * weights
        return (total + (penalty * weights**2).sum() / 2) / len(inputs), gradient.ravel() / len(inputs)

    options = {"maxiter": 150, "maxcor": 20, "ftol": 1e-10, "gtol": 1e-6}
    start = np.zeros(inputs.shape[1] * target.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(inputs.shape[1], -1)
    return lambda rows: scores(terms(rows) @ found * scale + centre, fit["link"])

'''

NETWORK = '''
def network(matrix, label, weight, fit):
    """Layers of units, in place of the model's own networks: simpler, and about as good."""
    count = fit["settings"].get("nets", 1)
    nets = [one_network(matrix, label, weight, fit, fit["seed"] * count + turn) for turn in range(count)]
    return lambda rows: np.mean([net(rows) for net in nets], axis=0)


def one_network(matrix, label, weight, fit, seed):
    keras.utils.set_random_seed(seed % 2**31)
    places = [place for place in range(len(FEATURES)) if place not in LEVELS]
    quantiles = np.nanquantile(np.vstack([matrix, np.zeros_like(matrix[:1])]), [0.25, 0.5, 0.75], axis=0)
    centre, scale = quantiles[1], np.where(quantiles[2] > quantiles[0], quantiles[2] - quantiles[0], 1.0)

    def inputs(rows):
        near = np.clip((rows - centre) / scale, -1e6, 1e6)[:, places]
        columns = [np.nan_to_num(near / np.sqrt(1 + (near / 3) ** 2)), np.isnan(rows)]
        columns += [rows[:, [place]] == np.arange(min(count, 256)) for place, count in LEVELS.items()]
        return np.hstack(columns).astype(np.float32)

    settings = fit["settings"]
    layers = [keras.Input((inputs(matrix[:1]).shape[1],))]
    for _ in range(settings["layers"]):
        layers += [keras.layers.Dense(settings["units"], activation=settings["curve"])]
        layers += [keras.layers.Dropout(settings["dropout"])]
    outputs = len(CLASSES) if len(CLASSES) > 2 else 1
    net = keras.Sequential([*layers, keras.layers.Dense(outputs)])
    losses = {0: "mse", 2: keras.losses.BinaryCrossentropy(from_logits=True)}
    loss = losses.get(len(CLASSES), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    net.compile(keras.optimizers.AdamW(1e-3, weight_decay=settings["decay"]), loss)
    label = np.log1p(label) if fit["link"] == "exp" else label
    middle, spread = (0.0, 1.0) if CLASSES else (label.mean(), label.std() or 1.0)
    net.fit(inputs(matrix), (label - middle) / spread, 256, settings["epochs"], 0, sample_weight=weight / weight.mean())

    def predict(rows):
        sums = net.predict(inputs(rows), verbose=0).astype(float)
        return scores(sums * spread + middle, fit["link"], fit["factor"])

    return predict

'''

TAIL = '''
LEARNERS = {learners}


def train(db):
    """What predicts a query's rows: (rows, classes), or (rows, 1) where a number is predicted."""
    matrix, levels, {told} = read(db, f"FROM ({{QUERY}}\\n) AS input WHERE {{KNOWN}}", {asked})
    with_means(matrix, levels, levels, label){learn}
    made = [(fit["weight"], LEARNERS[fit["learner"]](matrix, label, weight, fit)) for fit in FITS]

    def predict(query):
        asked, given, {others} = read(db, query{more})
        with_means(asked, levels, given, label){put}
        found = sum(share * one(asked) for share, one in made)
        return found if POWER == 1 else scores(POWER * np.log(found), "softmax")

    return predict


def main(database, query):
    """Writes the predictions of a query's rows, in their order."""
    with duckdb.connect(database, read_only=True) as db:
        found = train(db)(query)
    rows = csv.writer(sys.stdout)
    rows.writerow([f"predicted_{{TARGET}}", *CLASSES])
    for row in found.tolist():
        rows.writerow([CLASSES[int(np.argmax(row))], *row] if CLASSES else row)


if __name__ == "__main__":
    main(*sys.argv[1:])
'''

# What the tail says where a model has no texts, and where it has some.
OF_NO_TEXTS = {
    "told": "(label, weight)",
    "asked": "(LABEL, WEIGHT)",
    "learn": "",
    "others": "_",
    "more": "",
    "put": "",
}
OF_TEXTS = {
    "told": "(label, weight, *texts)",
    "asked": "(LABEL, WEIGHT, *marks())",
    "learn": "\n    with_texts(matrix, texts, texts, label)",
    "others": "others",
    "more": ", marks()",
    "put": "\n        with_texts(asked, texts, others, label)",
}
