"""Spark Connect with a token and TLS: who is let in, and what is said to who is not."""

from __future__ import annotations

import os

import pytest
from certificates import certificates
from connect_server import TOKEN, port_of, tls_in_front
from spark_orders import ORDERS
from spark_shop import rows_of

from helpers.errors import WorkbookError
from helpers.settings.engine import Spark
from workbook_spark.session import answering, open_session
from workbook_spark.written import write_counted

pytestmark = [pytest.mark.spark, pytest.mark.slow]


@pytest.fixture(scope="module")
def tls_port(connect_address, tmp_path_factory):
    """A port that speaks TLS for 127.0.0.1, by an authority that this process knows of."""
    authority, server = certificates(tmp_path_factory.mktemp("known"))
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(authority)  # gRPC reads it once a process
    with tls_in_front(connect_address, server) as port:
        yield port
    del os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"]


def refusal(address, folder):
    """Return what is said where nobody is let in."""
    with pytest.raises(WorkbookError) as caught:
        open_session(Spark(session=address), folder)
    assert TOKEN not in str(caught.value)
    return str(caught.value)


def test_data_are_read_through_tls_by_who_has_the_token(shop_folder, tls_port, monkeypatch):
    monkeypatch.setenv("SPARK_CONNECT_AUTHENTICATE_TOKEN", TOKEN)  # so that no file holds it
    shop_folder.write("order_lines.csv", *ORDERS)
    tables = shop_folder.read("spark", spark={"session": f"sc://127.0.0.1:{tls_port}/;use_ssl=true"})
    assert len(rows_of(tables)) == len(rows_of(shop_folder.read("duckdb")))


@pytest.mark.parametrize("token", ["", ";token=another"])
def test_who_has_no_token_or_another_is_told_where_to_put_it(tls_port, tmp_path, token):
    said = refusal(f"sc://127.0.0.1:{tls_port}/;use_ssl=true{token}", tmp_path)
    assert f"Spark Connect at sc://127.0.0.1:{tls_port} does not let this user in" in said
    assert "SPARK_CONNECT_AUTHENTICATE_TOKEN" in said
    assert "another" not in said


def test_token_that_is_no_longer_good_in_mid_run_is_named(tls_port, tmp_path):
    settings = Spark(session=f"sc://127.0.0.1:{tls_port}/;use_ssl=true;token={TOKEN}")
    session = open_session(settings, tmp_path)
    channel = type(session)(f"sc://127.0.0.1:{tls_port}/;use_ssl=true;token=of-yesterday")
    with pytest.raises(WorkbookError, match="does not let this user in"), answering(settings):
        channel.range(1).count()


def test_certificate_of_an_unknown_authority_says_how_one_is_made_known(connect_address, tls_port, tmp_path):
    _, unknown = certificates(tmp_path)
    with tls_in_front(connect_address, unknown) as port:
        said = refusal(f"sc://127.0.0.1:{port}/;use_ssl=true;token={TOKEN}", tmp_path)
    assert f"sc://127.0.0.1:{port} shows a certificate that this machine does not trust" in said
    assert "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH" in said


def test_certificate_of_another_host_is_named(tls_port, tmp_path):
    said = refusal(f"sc://localhost:{tls_port}/;use_ssl=true;token={TOKEN}", tmp_path)
    assert "a certificate that is of another host" in said


def test_port_without_tls_is_named_where_tls_is_asked_for(connect_address, tmp_path):
    said = refusal(f"sc://127.0.0.1:{port_of(connect_address)}/;use_ssl=true;token={TOKEN}", tmp_path)
    assert "does not speak TLS" in said


def test_notebooks_own_session_reads_and_stays_as_it_is(shop_folder, connect_address):
    from pyspark.sql.connect.session import SparkSession

    theirs = SparkSession.builder.remote(connect_address).create()
    theirs.conf.set("spark.sql.session.timeZone", "Asia/Shanghai")
    shop_folder.write("order_lines.csv", *ORDERS)
    tables = shop_folder.read("spark", spark={"session": "active"})
    assert len(rows_of(tables)) == len(rows_of(shop_folder.read("duckdb")))
    assert theirs.conf.get("spark.sql.session.timeZone") == "Asia/Shanghai"
    assert SparkSession.getActiveSession() is theirs
    theirs.stop()


def test_server_that_writes_where_this_machine_does_not_look_is_found_out(
    connect_address, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # the server writes below a folder of its own, as on another machine
    session = open_session(Spark(session=connect_address), tmp_path)
    with pytest.raises(WorkbookError, match=r"Of 7 rows .* 0 have arrived here.*WORKBOOK_CACHE"):
        write_counted(session.range(7), "rows.parquet")
