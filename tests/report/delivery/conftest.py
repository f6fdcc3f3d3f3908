"""The front page of the sample, servers on loopback, and a small company of two salespeople."""

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from helpers.report.delivery.formats.front import read_front
from helpers.settings.config import PROJECT_FOLDER

ORDERS = "order_id,line_no,order_date,customer_id,product_id,quantity,net_amount,salesperson_id\n" + "".join(
    f"{who}{month:02},1,2026-{month:02}-{day:02},{customer},P1,2,{amount}.00,{who}\n"
    for month in range(1, 10)
    for who, customer, day, amount in (
        ("S1", "Ash & Co.", 3, 200 + month),
        ("S2", "Birch <Ltd>", 28, 9000 + month),
    )
)


@pytest.fixture(scope="session")
def front():
    """The stored first page of the sample, as it stands in the repository."""
    return read_front(PROJECT_FOLDER, "Ash & Co. 三强", "Whole company", "October 2026", "en")


@pytest.fixture
def exports(tmp_path, own_cache):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "order_lines.csv").write_text(ORDERS, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A server's key and certificate for 127.0.0.1, and the file by which clients trust it."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted = folder / "trusted.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted


@pytest.fixture
def mailbox(certificate, monkeypatch):
    """A real mail server on loopback that asks for STARTTLS and a login; a list of what it took."""
    controller_of = pytest.importorskip("aiosmtpd.controller").Controller
    from aiosmtpd.smtp import AuthResult

    class Box:
        def __init__(self):
            self.took, self.refused = [], set()

        async def handle_RCPT(self, server, session, envelope, address, options):
            if address in self.refused:
                return "550 5.1.1 no such mailbox"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            self.took.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
            return f"250 2.0.0 queued as Q{len(self.took)}"

    def may(server, session, envelope, mechanism, data):
        known = (data.login, data.password) == (b"reports", b"a secret of tests")
        return AuthResult(success=known, handled=False)

    context, trusted = certificate
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = controller_of(
        box, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, authenticator=may,
        auth_required=True, data_size_limit=5_000_000,
    )  # fmt: skip
    controller.start()
    box.address = f"127.0.0.1:{port}"
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    def log_in():
        """As the shell of each run has it: a run takes both out of its environment."""
        monkeypatch.setenv("WORKBOOK_SMTP_USER", "reports")
        monkeypatch.setenv("WORKBOOK_SMTP_PASSWORD", "a secret of tests")

    log_in()
    box.log_in = log_in
    yield box
    controller.stop()


@pytest.fixture
def chat():
    """A chat's server on loopback; ``answer`` is what it says, ``took`` what it was told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            status, text, headers = self.server.answer
            self.server.took.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.took, server.answer = [], (200, '{"errcode":0,"errmsg":"ok"}', [])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.at = {"SALES": f"http://127.0.0.1:{server.server_address[1]}/send?key=the-secret-key"}
    yield server
    server.shutdown()
    server.server_close()
