"""Features in SQL that many engines understand: NULL where a value is missing, and no function of DuckDB's alone.

What the engines have no shared words for stands as the call of an idiom, which the translator replaces.
"""

from sqlml.export.portable.features import expectations, remarks, unsaid, written
from sqlml.export.portable.sheet import Sheet

__all__ = ["Sheet", "expectations", "remarks", "unsaid", "written"]
