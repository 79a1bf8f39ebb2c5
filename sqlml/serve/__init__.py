"""DOOR. A server of Arrow Flight SQL: ADBC, JDBC and whatever speaks it run the language over a socket.

Enters: calls of clients that have shown who they are. Leaves: rows as they are computed, counts, and diagnostics as the
status of a call; a line about each statement for whoever keeps the server. Stands on `engine` alone, as every door
does. Decision: what changes something, CREATE MODEL included, runs in the call that asks for it and never waits for
its rows to be fetched; who may run what is decided by what a statement is, and what is not allowed is forbidden.
"""
