"""`python -m sqlml` is the command `sqlml`."""

from sqlml.cli.main import main

main(prog_name="sqlml")
