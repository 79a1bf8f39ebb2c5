"""The analyst's shell: `sqlml shell [DATABASE]`, which does what a user of DuckDB's own shell does without thinking.

Enters: lines, typed or read. Leaves: rows where the user wants them, diagnostics on standard error, an exit status.
The rooms: `command` reads the command line, `prompt` a terminal, `session` runs what was read, statement by statement;
`dots` is every dot command, `modes` every way of writing rows, `completion` what may come next.
"""
