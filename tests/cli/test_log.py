"""The log of a job in JSON: an object for each event, its keys always the same."""

import re
from pathlib import Path
from typing import Any

from tests.cli.process import CUSTOMERS, MODEL, started

JOBS = Path(__file__).parents[2] / "examples/jobs/README.md"
# What the documentation promises: the keys of each event.
KEYS = {
    event: {"event", *re.findall(r"`(\w+)`", keys)}
    for event, keys in re.findall(r"^\| `(\w+)`[^|]*\| (.*) \|$", JOBS.read_text(encoding="utf-8"), re.MULTILINE)
}


def log(*arguments: str | Path) -> list[dict[str, Any]]:
    with started(*arguments) as job:
        job.ends()
        return job.events()


def test_every_event_has_the_keys_that_are_documented() -> None:
    events = log("-c", f"{CUSTOMERS} {MODEL} SELECT nope")
    assert {event["event"] for event in events} == KEYS.keys()
    assert [event for event in events if event.keys() != KEYS[event["event"]]] == []
    assert {event["run"] for event in events if "run" in event} == {events[0]["run"]}
    # A statement's diagnostics come first, then the statement, then the next one's.
    kinds = [event["event"] for event in events if event["event"] != "progress"]
    assert (kinds[0], kinds[-3:]) == ("job_started", ["diagnostic", "statement", "job_ended"])


def test_a_statement_tells_its_text_place_rows_and_failure() -> None:
    update = "UPDATE t SET range = 1 WHERE range > 2"
    script = f"CREATE TABLE t AS FROM range(5);\n\n  {update};\nFROM t;\nDROP TABLE t;\nSELECT nope"
    found = [event for event in log("-c", script) if event["event"] == "statement"]
    assert [(event["number"], event["line"], event["rows"], event["failed"]) for event in found] == [
        (1, 1, 5, False),
        (2, 3, 2, False),
        (3, 4, 5, False),
        (4, 5, 0, False),
        (5, 6, 0, True),
    ]
    assert found[1]["statement"] == update
    assert [one["condition"] for one in found[4]["diagnostics"]] == ["query_wrong"]


def test_a_table_counts_what_is_said_of_models_and_not_the_rows_that_it_does_not_show() -> None:
    events = log("--format", "table", "-c", f"{CUSTOMERS} {MODEL} FROM customers; SHOW MODELS")
    assert [event["rows"] for event in events if event["event"] == "statement"] == [400, 1, None, 1]


def test_a_training_tells_the_model_and_how_good_it_is(tmp_path: Path) -> None:
    events = log("--db", tmp_path / "x.duckdb", "--job", "nightly", "-c", CUSTOMERS + MODEL)
    [_, trained] = [event for event in events if event["event"] == "statement"]
    assert (trained["model"], trained["version"], trained["metric"]) == ("churn", 1, "roc_auc")
    assert 0.5 < trained["value"] <= 1
    told = {event["reference"]: event["message"] for event in events if event["event"] == "diagnostic"}
    assert trained["notices"] == list(told.values())
    assert [one["reference"] for one in trained["diagnostics"]] == list(told)
    assert events[0]["job"] == events[-1]["job"] == "nightly"
    assert (events[-1]["status"], events[-1]["exit_status"], events[-1]["rows"]) == ("done", 0, 401)


def test_a_value_that_is_set_is_in_no_log() -> None:
    with started("--set", "secret=hunter2", "-c", "CREATE TABLE t AS SELECT $secret; SELECT length($secret)") as job:
        assert job.ends() == 0
        assert "hunter2" not in str(job.events())
