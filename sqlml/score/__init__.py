"""LEARNING. Stored models answer to rows that a query hands over.

Enters: the id of a model and rows of encoded features, as Arrow arrays. Leaves: rows of scores. Knows no SQL, no
database and no learner: where a model's bytes are is told by `function.loader`. Decision: models are looked up by an
id in the row, so that one function serves every model, views keep working, and nothing is registered anew.
"""
