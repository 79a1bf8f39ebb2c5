"""LEARNING, prep. Turns the columns of a query into numbers, by SQL alone.

Enters: a way to ask the database, the name of a relation, its columns. Leaves: a `Target` (what is predicted), the
parts of the rows, and a `Recipe`: one SQL expression a feature, the same in training and in scoring. Knows neither
the statements nor the learners, and never holds the rows themselves.
"""
