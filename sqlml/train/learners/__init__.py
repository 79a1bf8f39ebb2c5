"""One file a learner; those that are used are listed in `sqlml.train.learner`.

To add one: a file here that fulfils the contract there, and its place in that list; `sqlml.testing.check_learner`
tests it by itself.
"""
