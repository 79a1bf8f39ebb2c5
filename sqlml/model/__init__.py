"""LEARNING. What a fitted model is, as plain numbers, as one graph, and as something that scores.

Enters: the parameters of a fitted learner (`form`). Leaves: the bytes of a self-contained graph (`onnx`),
and scores for rows of features (`runtime`). Knows no learner, no SQL and no table. Decisions: trees stay in
64-bit numbers, so that every row takes the branch it took in training; a row's scores never depend on the
rows beside it, to the last bit. Import the modules, not this package: they load heavy libraries.
"""
