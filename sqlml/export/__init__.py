"""LEARNING, export. Writes a model in forms that work without sqlml.

Enters: what a model predicts, its recipe and its graph. Leaves: the text or bytes of files. Knows no statement and no
directory; asks the database only for rows to compare on.
"""
