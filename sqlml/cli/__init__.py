"""DOOR. The command line: arguments, terminals and exit statuses, nothing else.

Enters: a command line. Leaves: rows on standard output, diagnostics on standard error, an exit status.
"""
