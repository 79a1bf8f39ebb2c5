"""Floating-point numbers of which NaN is no value."""

from typing import Self


class WithoutNan(str):
    """SQL of a number of a `type`, FLOAT or DOUBLE, that is NULL where `number` is NaN.

    It knows what it is made of: to say the same of thousands of columns, one by one, takes longer than to do it.
    """

    __slots__ = ("number", "type")

    number: str
    type: str

    def __new__(cls, number: str, type_: str) -> Self:
        found = super().__new__(cls, f"nullif({number}, 'NaN'::{type_})")
        found.number, found.type = number, type_
        return found
