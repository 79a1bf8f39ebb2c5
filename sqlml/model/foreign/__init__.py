"""LEARNING. Models that were made elsewhere, as what a model is here.

Enters: the bytes of a file that nobody vouches for. Leaves: what the model reads and predicts, and a graph from
features to scores. Decisions: a file is read and tried in a process of its own, which may crash, hang or run out of
memory without harm. What passes is scored like every other model, in the session: it holds only steps that are known
here to end, whose work and memory do not depend on what the rows hold, and as many rows as are ever scored at once
were tried.
"""
