"""The recipes of examples/bi: what they show is run as it stands, and what a tool asks is asked as it asks."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.flight as flight
import pytest

from sqlml.serve.limits import Limits
from sqlml.serve.messages import wrapped
from sqlml.serve.roles import Role
from sqlml.serve.server import Arrangement, serving
from sqlml.serve.users import Users, user_line
from tests.serve.conftest import PASSWORD, TOKEN, Server
from tests.serve.test_replay import schema_of

RECIPES = (Path(__file__).parents[2] / "examples/bi/README.md").read_text(encoding="utf-8")
# Both leave cursors to the collector of garbage, which the driver objects to where tests are run.
careless = pytest.mark.filterwarnings("ignore::ResourceWarning")
BLOCKS = dict(re.findall(r"```python (\w+)\n(.*?)```", RECIPES, re.DOTALL))


@pytest.fixture
def location(prepared: Path, tmp_path: Path) -> Iterator[str]:
    """A server that knows the user of the recipes, who may write tables."""
    shutil.copy(prepared, tmp_path / "shop.duckdb")
    (tmp_path / "users").write_text(user_line("ann", Role.ADMIN, "secret"), encoding="utf-8")
    database, users = str(tmp_path / "shop.duckdb"), Users(tmp_path / "users")
    with serving(Arrangement(database, port=0, users=users, limits=Limits(grace=0)), lambda *_, **__: None) as at:
        yield at.location.removeprefix("grpc://")


def ran(recipe: str, location: str) -> dict[str, Any]:
    """The variables of a recipe, after it."""
    code = BLOCKS[recipe].replace("127.0.0.1:31337", location)
    names: dict[str, Any] = {}
    exec(compile(code, f"{recipe} of examples/bi", "exec"), names)
    return names


@careless
def test_pandas_reads_writes_and_predicts(location: str) -> None:
    names = ran("pandas", location)
    assert len(names["customers"]) == 400
    assert 0 < len(names["risks"]) < 400
    assert set(names["risks"].age) <= set(range(30))
    assert "predicted_churned_probability" in names["risks"].columns


def test_polars_predicts(location: str) -> None:
    pytest.importorskip("polars", reason="needs Polars, which nothing else here does")
    assert ran("polars", location)["risks"].height == 400


@careless
def test_sqlalchemy_trains_predicts_and_reflects(location: str) -> None:
    names = ran("sqlalchemy", location)
    risks, engine, sqlalchemy = names["risks"], names["engine"], names["sqlalchemy"]
    assert {row.age for row in risks} <= set(range(30))
    assert {type(row.predicted_churned) for row in risks} == {bool}
    assert names["customers"].columns.keys() == ["id", "age", "plan", "churned"]
    with engine.connect() as db:
        db.execute(sqlalchemy.text("CREATE TABLE passing AS SELECT 1 AS i"))
        db.rollback()
        found = db.execute(sqlalchemy.text("SELECT table_name FROM information_schema.tables")).scalars().all()
    assert "customers" in found
    assert "passing" not in found
    # What the recipe says that it cannot; where that changes, the recipe has to.
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()


def test_grafana_is_answered(server: Server) -> None:
    """A login or a token; `select 1`; all that is known of the server; tables; the columns of one of them."""
    headers = [(b"authorization", f"Bearer {TOKEN}".encode()), (b"database", b"shop")]
    with flight.connect(server.at.location) as client:
        by_token = flight.FlightCallOptions(headers=headers)
        login = client.authenticate_basic_token("reader", PASSWORD)
        for options in (by_token, flight.FlightCallOptions(headers=[login])):

            def asked(command: str, options: flight.FlightCallOptions = options, **fields: Any) -> list[dict[str, Any]]:
                descriptor = flight.FlightDescriptor.for_command(wrapped(command, **fields))
                info = client.get_flight_info(descriptor, options)
                return client.do_get(info.endpoints[0].ticket, options).read_all().to_pylist()

            assert asked("CommandStatementQuery", query="select 1") == [{"1": 1}]
            assert {row["info_name"] for row in asked("CommandGetSqlInfo")} >= {0, 1, 2, 508}
            tables = asked("CommandGetTables", table_types=["BASE TABLE"])
            assert "customers" in {row["table_name"] for row in tables}
            (described,) = asked("CommandGetTables", table_name_filter_pattern="customers", include_schema=True)
            assert schema_of(described["table_schema"]).names == ["id", "age", "plan", "churned"]
            binned = "SELECT time_bucket(INTERVAL 5 MINUTE, now()) AS time, count(*) AS n FROM customers"
            assert [row["n"] for row in asked("CommandStatementQuery", query=binned)] == [400]


def test_what_is_said_of_jdbc_is_what_is_tested() -> None:
    tested = Path(__file__).with_name("test_jdbc.py").read_text(encoding="utf-8")
    for said in ("--add-opens=java.base/java.nio=ALL-UNNAMED", "flight-sql-jdbc-driver:18.3.0", "useEncryption=false"):
        assert said in tested
        assert said.replace(":18", "-18") in RECIPES
