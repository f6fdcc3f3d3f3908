"""Tables of a real PostgreSQL server: read as of one moment, in a transaction that cannot write, without a leak."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path

import optional
import pytest

from helpers.errors import WorkbookError
from helpers.intake.reading import databases
from helpers.intake.reading.sources import as_database

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PASSWORD = "pa55-wörd"


class Server:
    """A server of our own on a loopback port, with a database ``shop`` and a user ``reader`` who may only read."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, Path(str(optional.initdb())).parent
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.run("initdb", "-D", str(folder / "data"), "-U", "owner", "-A", "trust", "--no-sync")
        hba = "host all owner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (folder / "data" / "pg_hba.conf").write_text(hba)
        self.start()
        with self.connect(dbname="postgres") as owner:
            owner.execute("CREATE DATABASE shop")
            owner.execute(f"CREATE USER reader PASSWORD '{PASSWORD}'")
        with self.connect() as owner:
            owner.execute(
                "CREATE TABLE order_lines AS SELECT 'A' || i AS order_id, DATE '2026-01-05' + i % 90 AS order_date, "
                "'c' || i % 7 AS customer_id, i AS quantity, CAST(i * 1.1 AS NUMERIC(12, 2)) AS net_amount, "
                "i * 0.5 AS cost_amount FROM generate_series(1, 5000) AS t(i)"
            )
            owner.execute(
                "CREATE TABLE customers AS SELECT 'c' || i AS customer_id FROM generate_series(0, 6) t(i)"
            )
            owner.execute("GRANT SELECT ON order_lines, customers TO reader")
            owner.execute("CREATE TABLE secrets (a int)")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self.run(
            "pg_ctl",
            "-D",
            str(self.folder / "data"),
            "-w",
            "-o",
            options,
            "-l",
            str(self.folder / "log"),
            "start",
        )

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def run(self, program: str, *arguments: str) -> None:
        as_other = (
            ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        )  # the server refuses to run as root
        subprocess.run(
            [*as_other, str(self.bin / program), *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/",
        )  # fmt: skip

    def connect(self, dbname: str = "shop"):
        import psycopg

        return psycopg.connect(host="127.0.0.1", port=self.port, user="owner", dbname=dbname, autocommit=True)

    def url(self, user: str = "reader", database: str = "shop") -> str:
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"


@pytest.fixture(scope="module")
def server():
    # Not below pytest's own folder: whoever starts it beside these tests makes that private again, and the server,
    # which is not root, stops.
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        server = Server(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def password(monkeypatch):
    monkeypatch.setenv("PGPASSWORD", PASSWORD)


def test_tables_of_a_server_are_read_to_the_penny(shop, server, password):
    lines = shop.table(data=server.url())
    with server.connect() as owner:
        (total,) = owner.execute("SELECT sum(net_amount) FROM order_lines").fetchone()
    assert len(lines) == 5000
    assert lines["net_amount"].sum() == total == Decimal("13752750.00")
    assert set(lines["customer_id"]) == {f"c{place}" for place in range(7)}


def test_password_may_stand_in_the_password_file(shop, server, tmp_path, monkeypatch):
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:{server.port}:shop:reader:{PASSWORD}\n")
    file.chmod(0o600)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", str(file))
    assert len(shop.table(data=server.url())) == 5000


def test_wrong_password_says_where_it_belongs_and_names_nobody(shop, server, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    with pytest.raises(
        WorkbookError, match=r"postgres shop refuses this user or password.*PGPASSWORD"
    ) as error:
        shop.read(server.url())
    assert not {"s3cret", "reader", "127.0.0.1"} & set(str(error.value).replace("/", " ").split())
    assert error.value.__cause__ is None


def test_database_that_is_not_there_is_told_from_a_server_that_is_not(shop, server, password):
    with pytest.raises(WorkbookError, match="has no database of that name"):
        shop.read(server.url(database="shopp"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
        with pytest.raises(WorkbookError, match="does not answer"):
            shop.read(f"postgres://reader@127.0.0.1:{nobody}/shop")


def test_table_that_the_user_may_not_read_is_said_so(shop, server, password):
    mapped = {"customers": {"table": "secrets", "columns": {"customer_id": "a"}}}
    with pytest.raises(WorkbookError, match=r"has no table 'secrets' that this user may read"):
        shop.read(server.url(), tables=mapped)


def test_nothing_can_be_written_while_it_is_read(server, password):
    from psycopg.errors import ReadOnlySqlTransaction

    database = as_database(server.url(user="owner"))
    with databases._connected(database) as backend, pytest.raises(ReadOnlySqlTransaction):
        backend.con.execute("CREATE TABLE mine (a int)")


def test_all_tables_are_read_as_of_one_moment(server, password):
    database = as_database(server.url())
    with databases._connected(database) as backend:
        before = backend.table("order_lines").count().to_pyarrow().as_py()
        with server.connect() as owner:
            owner.execute("INSERT INTO order_lines SELECT * FROM order_lines LIMIT 10")
        assert backend.table("order_lines").count().to_pyarrow().as_py() == before
    with server.connect() as owner:
        owner.execute(
            "DELETE FROM order_lines WHERE ctid NOT IN (SELECT min(ctid) FROM order_lines GROUP BY order_id)"
        )


def test_server_that_stops_in_mid_read_leaves_nothing_and_the_next_run_is_right(
    shop, server, password, monkeypatch
):
    import pyarrow.parquet as pq

    whole = pq.ParquetWriter.write_batch

    def stop_first(writer, batch):
        monkeypatch.setattr(pq.ParquetWriter, "write_batch", whole)
        server.stop()
        whole(writer, batch)

    monkeypatch.setattr(databases, "_BATCH_ROWS", 100)
    monkeypatch.setattr(pq.ParquetWriter, "write_batch", stop_first)
    try:
        with pytest.raises(WorkbookError, match="broke off while it was read"):
            shop.read(server.url())
    finally:
        server.start()
    assert len(shop.table(data=server.url())) == 5000


ODD = {
    "ratio": "1.0 / 3", "not_a_number": "'NaN'::numeric", "freight": "12.5::numeric::money",
    "span": "'[1,3)'::int4range",
    "token": "'6f1c2a52-8a0e-4b6b-9c57-3c1f7f1f7a01'::uuid",
    "valid_to": "'infinity'::date",
    "seen": "'infinity'::timestamp",
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_a_column_that_nobody_needs_stops_nothing(shop, server, password, odd):
    with server.connect() as owner:
        owner.execute(f"CREATE VIEW with_{odd} AS SELECT *, {ODD[odd]} AS {odd} FROM order_lines")
        owner.execute(f"GRANT SELECT ON with_{odd} TO reader")
    lines = shop.table(data=server.url(), tables={"order_lines": {"table": f"with_{odd}"}})
    assert lines["net_amount"].sum() == Decimal("13752750.00")


def test_an_amount_of_many_decimals_is_rounded_once(shop, server, password):
    with server.connect() as owner:
        owner.execute(
            "CREATE VIEW thirds AS SELECT order_id, order_date, customer_id, quantity, "
            "20.0 / 3 AS net_amount FROM order_lines LIMIT 2"
        )
        owner.execute("GRANT SELECT ON thirds TO reader")
    lines = shop.table(data=server.url(), tables={"order_lines": {"table": "thirds"}})
    assert set(lines["net_amount"]) == {Decimal("6.6667")}


def test_a_table_that_cannot_be_read_is_named_and_the_others_proposed(shop, server, password):
    from helpers.intake import propose_map

    proposal = propose_map(server.url("owner"))
    assert "[tables.order_lines]" in proposal
    with server.connect() as owner:
        owner.execute("CREATE TABLE tax (rate numeric, valid_to timestamp)")
        owner.execute("INSERT INTO tax VALUES (0.1, 'infinity')")
    assert "[tables.order_lines]" in propose_map(server.url("owner"))
    proposal = propose_map(server.url())  # who may not read the table of secrets
    assert "[tables.order_lines]" in proposal
