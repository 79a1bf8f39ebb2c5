"""A stock DuckDB that asks a server in DuckDB's own protocol; run as a process.

Arguments: where the server is, and a token. Reads lines of JSON, each a way and a text; prints, for each, the names,
types and rows of the answer, or its error.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import duckdb_extension_quack

FOLDER = Path(duckdb_extension_quack.__path__[0]).parent


def loaded() -> duckdb.DuckDBPyConnection:
    client = duckdb.connect(config={"autoinstall_known_extensions": False, "allow_persistent_secrets": False})
    for name in ("httpfs", "quack"):
        file = FOLDER / f"duckdb_extension_{name}/extensions/v{duckdb.__version__}/{name}.duckdb_extension"
        client.execute(f"LOAD '{file}'")
    return client


def main(location: str, token: str) -> None:
    client, is_attached = loaded(), False
    for line in sys.stdin:
        way, text = json.loads(line)
        quoted, shown = text.replace("'", "''"), token.replace("'", "''")
        try:
            if way != "query" and not is_attached:
                client.execute(f"ATTACH '{location}' AS shop (TOKEN '{shown}')")
                is_attached = True
            if way == "at once":
                asked = f"FROM quack_query('{location}', '{quoted}', token := '{shown}')"
                with ThreadPoolExecutor(16) as pool:
                    rows = list(pool.map(lambda _, sql=asked: client.cursor().execute(sql).fetchall(), range(200)))
                print(json.dumps({"answers": rows}, default=str), flush=True)
                continue
            asked = {
                "query": f"FROM quack_query('{location}', '{quoted}', token := '{shown}')",
                "attached": f"FROM shop.query('{quoted}')",
                "plain": text,
            }[way]
            found = client.execute(asked)
            columns = [(name, str(type_)) for name, type_, *_ in found.description or ()]
            answer = {"columns": columns, "rows": found.fetchall()}
        except duckdb.Error as error:
            answer = {"error": str(error)}
        print(json.dumps(answer, default=str), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
    assert "sqlml" not in sys.modules
