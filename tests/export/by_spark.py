"""Runs queries in Spark, on this machine alone; run as a process.

Arguments: a folder with files x.sql, and with tables y.parquet that they read. Writes x.json: the rows, as lists.
"""

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
    # Times of day are new there, and off unless one asks for them.
    "spark.sql.timeType.enabled": "true",
    # Nothing of a session's settings may matter, so it has odd ones.
    "spark.sql.session.timeZone": "Asia/Kathmandu",
    # Dates long ago are what the file says.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}


def main(folder: Path) -> None:
    builder = SparkSession.builder.master("local[1]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    for table in folder.glob("*.parquet"):
        spark.read.parquet(str(table)).createOrReplaceTempView(table.stem)
    for query in sorted(folder.glob("*.sql")):
        rows = spark.sql(query.read_text(encoding="utf-8")).collect()
        query.with_suffix(".json").write_text(json.dumps([list(row) for row in rows]), encoding="utf-8")
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
