"""The checks that a machine does better than a reader."""

from collections.abc import Callable


def test_ruff_finds_nothing(python: Callable[..., str]) -> None:
    python("-m", "ruff", "check", "--no-cache", ".")


def test_ruff_would_format_nothing(python: Callable[..., str]) -> None:
    python("-m", "ruff", "format", "--check", "--no-cache", ".")


def test_mypy_strict_finds_nothing(python: Callable[..., str]) -> None:
    python("-m", "mypy", "--strict")
