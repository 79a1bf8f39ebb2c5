"""`python -m sqlml.testing classify FILE.jsonl` prints what raw failures are taken for."""

import argparse
import json
import sys
from pathlib import Path

from sqlml.testing.classify import classify


def main() -> None:
    """Runs the command that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m sqlml.testing", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("classify", help="a line of JSON for each one of FILE")
    command.add_argument("file", type=Path, metavar="FILE.jsonl")
    with parser.parse_args().file.open(encoding="utf-8") as lines:
        for found in classify(lines):
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
