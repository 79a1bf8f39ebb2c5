"""Runs statements where something is wrong: `python -m tests.faults.under DATABASE ANSWERS SPARE_FILES STATEMENT…`.

ANSWERS gets a JSON object a line: the condition of each statement, null where it ran, and what it said. SPARE_FILES is
how many files may be opened beyond those that are open when the database is, -1 for as many as one likes.
"""

import json
import os
import resource
import sys

import sqlml


def main(database: str, answers: str, spare: str, *statements: str) -> None:
    with open(answers, "w", encoding="utf-8") as told, sqlml.connect(database) as db:
        if int(spare) >= 0:
            _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + int(spare), most))
        for statement in statements:
            told.write(json.dumps(_answer(db, statement)) + "\n")
            told.flush()


def _answer(db: sqlml.Connection, statement: str) -> dict[str, str | None]:
    try:
        db.execute(statement).fetchall()
    except sqlml.Diagnosed as error:
        said = error.diagnostic
        return {"condition": said.condition, "said": f"{said.message} {said.detail} {said.hint}"}
    except sqlml.Error as error:
        return {"condition": "duckdb", "said": str(error)}
    return {"condition": None, "said": " ".join(notice.message for notice in db.notices)}


if __name__ == "__main__":
    main(*sys.argv[1:])
