"""Trainings in the background over a server: they outlive their clients, and whoever asks sees what goes on."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import adbc_driver_flightsql.dbapi as flightsql
import adbc_driver_manager
import duckdb
import pyarrow as pa
import pytest

import sqlml
from sqlml.serve.limits import Limits
from sqlml.serve.server import Arrangement
from sqlml.serve.server import serving as served
from tests.engine.conftest import CUSTOMERS
from tests.faults.patient import children, until
from tests.serve.conftest import Server
from tests.serve.test_adbc import rows
from tests.serve.test_server import serving

QUICK = "CREATE MODEL {} PREDICT churned WITH (background = true, max_trials = 1) AS SELECT age, churned FROM customers"
ENDLESS = QUICK.replace("max_trials = 1", "max_runtime = '10 minutes', effort = 'best'")


@pytest.fixture(scope="module")
def server(serve: Callable[..., Server]) -> Server:
    """A server of their own: jobs are numbered."""
    return serve()


def begun(server: Server, user: str, training: str) -> int:
    """Begins a job and leaves; its number."""
    with server.adbc(user) as db:
        ((job, *_),) = rows(db, training)
        return int(job)


def state(db: flightsql.Connection, job: int) -> str:
    return {number: told for number, _, _, told, *_ in rows(db, "SHOW JOBS")}[job]


def test_a_job_goes_on_without_the_client_that_began_it(server: Server) -> None:
    job = begun(server, "trainer", QUICK.format("left"))
    with server.adbc("reader") as db:
        assert until(lambda: state(db, job) == "done")
        ((model, version, user),) = rows(db, f'SELECT model, version, "user" FROM sqlml.jobs WHERE job = {job}')
        assert (model, version, user) == ("left", 1, "trainer")
        assert len(rows(db, "PREDICT left FROM customers")) == 400
        assert rows(db, "FROM sqlml.running") == []
    assert [told["outcome"] for told in server.log.of("job") if told["job"] == job] == ["done"]


def test_whoever_began_a_job_may_cancel_it_and_so_may_an_admin(server: Server) -> None:
    jobs = [begun(server, user, ENDLESS.format(f"endless_by_{user}")) for user in ("trainer", "admin")]
    with server.adbc("reader") as reader, server.adbc("trainer") as trainer, server.adbc("admin") as admin:
        assert until(lambda: state(reader, jobs[0]) == "running")
        with pytest.raises(adbc_driver_manager.Error, match="`reader` is not allowed to run `CANCEL JOB`"):
            rows(reader, f"CANCEL JOB {jobs[0]}")
        with pytest.raises(adbc_driver_manager.Error, match=f"job {jobs[1]} was begun by `admin`"):
            rows(trainer, f"CANCEL JOB {jobs[1]}")
        ((_, _, _, told, *_),) = rows(trainer, f"CANCEL JOB {jobs[0]}")
        assert told == "cancelled"
        third = begun(server, "trainer", ENDLESS.format("endless_again"))
        for job in (jobs[1], third):
            assert rows(admin, f"CANCEL JOB {job}")[0][3] == "cancelled"
        assert until(lambda: children() == [])
        assert rows(reader, "SELECT count(*) FROM sqlml.models WHERE starts_with(model_name, 'endless')") == [(0,)]


def test_what_runs_is_told_with_its_user_and_session(server: Server) -> None:
    slow = "SELECT count(*) FROM range(300000) a, range(300000) b WHERE hash(a.range, b.range) = 7"
    asked = "SELECT \"user\", statement, phase, session <> '', seconds >= 0 FROM sqlml.running WHERE job IS NULL"
    with server.adbc("reader") as db, server.adbc("admin") as other, ThreadPoolExecutor(1) as aside:
        with db.cursor() as cursor:
            running = aside.submit(cursor.execute, slow)
            assert until(lambda: rows(other, asked) != [])
            assert [row[:2] for row in rows(other, asked)] == [("reader", slow)]
            cursor.adbc_cancel()
            with pytest.raises(adbc_driver_manager.Error):
                running.result(timeout=30)
        assert until(lambda: rows(other, asked) == [])


def test_rows_that_are_being_sent_are_told_of(server: Server) -> None:
    asked = "SELECT statement, phase FROM sqlml.running"
    with server.raw() as client, server.adbc("admin") as other:
        info = client.info("CommandStatementQuery", query="FROM range(100000000)")
        reader = client.client.do_get(info.endpoints[0].ticket, client.options)
        reader.read_chunk()
        assert rows(other, asked) == [("FROM range(100000000)", "sending the rows")]
        reader.cancel()
        assert until(lambda: rows(other, asked) == [])


def test_the_columns_of_a_job_s_row_are_known_beforehand(server: Server) -> None:
    with server.raw("trainer") as client:
        for text in (ENDLESS.format("told"), "CANCEL JOB 1", "SHOW JOBS"):
            made = client.prepare(text)
            schema = pa.ipc.read_schema(pa.py_buffer(made.dataset_schema))
            assert schema == client.schema("CommandStatementQuery", query=text)
            assert not made.is_update
        table = client.query(ENDLESS.format("told"))
        assert table.schema.names == client.query("SHOW JOBS").schema.names
        assert table.schema == client.schema("CommandStatementQuery", query=ENDLESS.format("other"))
        client.query(f"CANCEL JOB {table['job'][0]}")


def test_no_job_begins_in_a_transaction(server: Server) -> None:
    with server.adbc("admin", autocommit=False) as db:
        with pytest.raises(adbc_driver_manager.Error, match="cannot begin within a transaction"):
            rows(db, QUICK.format("never"))
        db.rollback()


def test_a_training_that_may_take_no_longer_fails(serve: Callable[..., Server]) -> None:
    server = serve(Limits(training_seconds=1, grace=0))
    job = begun(server, "trainer", ENDLESS.format("late"))
    with server.adbc("reader") as db:
        assert until(lambda: state(db, job) == "failed")
        assert rows(db, "SELECT condition FROM sqlml.jobs") == [("timed_out",)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    with sqlml.connect(tmp_path / "shop.duckdb") as db:
        db.execute(CUSTOMERS)
    return tmp_path / "shop.duckdb"


def test_a_job_whose_server_was_killed_is_lost_and_leaves_no_model(database: Path) -> None:
    with serving(database) as (process, location), flightsql.connect(location, autocommit=True) as db:
        rows(db, ENDLESS.format("half"))
        rows(db, QUICK.format("waiting"))
        assert until(lambda: rows(db, "SELECT trials > 0 FROM sqlml.running WHERE job = 1") == [(True,)])
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
    with serving(database) as (process, location), flightsql.connect(location, autocommit=True) as db:
        assert rows(db, "SELECT job, state, condition FROM sqlml.jobs ORDER BY job") == [
            (1, "failed", "job_lost"),
            (2, "failed", "job_lost"),
        ]
        assert rows(db, "FROM sqlml.running") == []
        assert rows(db, "SHOW MODELS") == []
        assert rows(db, QUICK.format("whole"))[0][0] == 3
        assert until(lambda: state(db, 3) == "done")


def test_a_server_that_is_stopped_says_so_of_its_jobs(database: Path) -> None:
    told: list[dict[str, Any]] = []
    arrangement = Arrangement(str(database), port=0, limits=Limits(grace=0))
    with (
        served(arrangement, lambda event, **facts: told.append({"event": event} | facts)) as server,
        flightsql.connect(server.location, autocommit=True) as db,
    ):
        rows(db, ENDLESS.format("half"))
        rows(db, QUICK.format("waiting"))
    assert [(one["job"], one["outcome"]) for one in told if one["event"] == "job"] == [
        (2, "server_stopping"),
        (1, "server_stopping"),
    ]
    assert until(lambda: children() == [])
    with duckdb.connect(str(database), read_only=True) as db:
        assert (
            db.execute("SELECT state, condition FROM sqlml.jobs").fetchall() == [("cancelled", "server_stopping")] * 2
        )
