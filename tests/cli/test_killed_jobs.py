"""A job that is killed at any moment and started again ends as one that ran through."""

import random
import select
import signal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.process import CUSTOMERS, MODEL, started

KILLS = 20
JOB = f"""
{CUSTOMERS}
{MODEL}
CREATE OR REPLACE TABLE predictions AS FROM PREDICT(MODEL churn, TABLE customers);
CREATE TABLE IF NOT EXISTS totals (plan VARCHAR PRIMARY KEY, customers BIGINT, churning BIGINT);
BEGIN;
DELETE FROM totals WHERE plan = 'none';
INSERT OR REPLACE INTO totals SELECT plan, count(*), count_if(predicted_churned) FROM predictions GROUP BY plan;
COMMIT;
CREATE OR REPLACE VIEW outlook AS SELECT id, predicted_churned FROM PREDICT(MODEL churn, TABLE customers);
"""
# What is told of each run, and how its artifacts are named, differs with the runs.
TOLD = "('runs', 'diagnostics', 'artifacts')"
DRAWN = {"created_at", "seconds", "artifact", "scoring"}


def state(path: Path) -> dict[str, Any]:
    """All that is in a database, but for what differs from run to run."""
    with duckdb.connect(str(path)) as db:
        named = f"SELECT schema_name, table_name FROM duckdb_tables() WHERE table_name NOT IN {TOLD}"
        found: dict[str, Any] = {}
        for schema, table in db.execute(named).fetchall():
            columns = [name for name, *_ in db.execute(f'DESCRIBE "{schema}"."{table}"').fetchall()]
            kept = ", ".join(f'"{name}"' for name in columns if name not in DRAWN)
            found[f"{schema}.{table}"] = sorted(
                map(str, db.execute(f'SELECT {kept} FROM "{schema}"."{table}"').fetchall())
            )
        found["artifacts"] = db.execute("SELECT count(DISTINCT id) FROM sqlml.artifacts").fetchall()
        found["views"] = db.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'outlook'").fetchall()
        return found


def files(path: Path) -> set[str]:
    """What is left beside a database; Python makes files of drawn names, to see whether it may write there."""
    return {entry.name for entry in path.parent.iterdir() if entry.name.startswith(("x.", "sqlml"))}


def run(path: Path) -> list[dict[str, Any]]:
    """One run through; its events."""
    with started("--db", path, "--job", "retrain", "-c", JOB, TMPDIR=str(path.parent)) as job:
        assert job.ends() == 0, job.events()
        return job.events()


@pytest.mark.slow
def test_a_job_killed_at_a_random_point_and_started_again_ends_as_one_that_ran_through(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    events = run(tmp_path / "whole/x.duckdb")
    whole = state(tmp_path / "whole/x.duckdb")
    assert len(whole["main.predictions"]) == 400
    moments = random.Random(6)
    for number in range(KILLS):
        path = tmp_path / f"kill {number}" / "x.duckdb"
        path.parent.mkdir()
        # As soon as so many events are told, or a little later.
        after, later = moments.randrange(1, len(events)), moments.choice([0.0, moments.uniform(0, 0.3)])
        with started("--db", path, "--job", "retrain", "-c", JOB, TMPDIR=str(path.parent)) as job:
            job.tells(lambda _, job=job, after=after: len(job.events()) >= after)
            select.select([], [], [], later)
            job.kill()
            assert job.ends() in (-signal.SIGKILL, 0)
        run(path)
        assert state(path) == whole, f"kill {number} after {after} of {len(events)} events"
        assert files(path) == {"x.duckdb"}, f"kill {number}"
        with duckdb.connect(str(path)) as db:
            runs = db.execute("SELECT status FROM sqlml.runs ORDER BY started_at").fetchall()
        assert runs in ([("done",)], [("killed",), ("done",)], [("done",), ("done",)]), f"kill {number}"
