"""How long REFRESH MODEL … IF DRIFTED looks at rows that have not drifted, for more and more of them.

    python tests/bench/refresh.py [--rows 250000,500000,1000000]

The rows have twenty columns: numbers, texts of few levels, a point in time and a truth. The time should grow as the
rows do, and be little beside a training: the table has both, in seconds.
"""

import argparse

from figures import machine, seconds

import sqlml

_NUMBERS = ", ".join(f"hash(i, {at}) % 100000 / 1e5 AS n{at}" for at in range(14))
_TEXTS = ", ".join(f"['a', 'b', 'c', 'd', 'e'][(1 + hash(i, {at}) % 5)::INT] AS t{at}" for at in range(20, 24))
_OTHERS = "TIMESTAMP '2020-01-01' + to_seconds((hash(i, 30) % 100000000)::INT) AS ts, hash(i, 31) % 2 = 0 AS flag"
_ROWS = f"SELECT {_NUMBERS}, {_TEXTS}, {_OTHERS}, n0 + n1 + 0.3 * n2 > 1.1 AS y FROM range({{rows}}) r(i)"


def measure(rows: int) -> tuple[float, float]:
    """Seconds of the training that comes before, and the least seconds of three checks."""
    with sqlml.connect() as db:
        db.execute(f"CREATE TABLE t AS {_ROWS.format(rows=rows)}")
        training = seconds(lambda: db.execute("CREATE MODEL m PREDICT y WITH (max_trials = 1) AS FROM t"))
        checks = [seconds(lambda: db.execute("REFRESH MODEL m IF DRIFTED")) for _ in range(3)]
        if db.execute("SELECT count(*) FROM sqlml.versions").fetchone() != (1,):
            raise SystemExit(f"{rows:,} rows of the same kind were taken as drifted")
        return training, min(checks)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rows", default="250000,500000,1000000")
    counts = [int(count) for count in arguments.parse_args().rows.split(",")]
    print(machine())
    print(f"{'rows':>12} {'training':>10} {'check':>8} {'per million':>12}")
    for rows in counts:
        training, check = measure(rows)
        print(f"{rows:>12,} {training:>10.1f} {check:>8.2f} {check / rows * 1e6:>12.2f}")


if __name__ == "__main__":
    main()
