"""An Airflow DAG of one task: `sqlml run`, retried where that can help."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from airflow.exceptions import AirflowFailException
from airflow.sdk import dag, task

SHOP = Path("/srv/shop")
# What the exit status 75 means: the same job may well succeed later.
WORTH_ANOTHER_TRY = 75


@dag(schedule="10 3 * * *", start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1)
def retrain() -> None:
    """Learns anew which customers will leave, every night at ten past three."""

    @task(retries=3, retry_delay=timedelta(minutes=10))
    def churn() -> None:
        command = ["sqlml", "run", "--db", "shop.duckdb", "--job", "retrain", "--lock-wait", "5m", "--timeout", "1h"]
        command += ["--log-format", "json", "--set", "customers=customers.csv", "retrain.sql"]
        ended = subprocess.run(command, cwd=SHOP, check=False)
        if ended.returncode == WORTH_ANOTHER_TRY:
            raise RuntimeError("the job is worth another try")
        if ended.returncode:
            raise AirflowFailException(f"the job failed with the exit status {ended.returncode}: its log says why")

    churn()


retrain()
