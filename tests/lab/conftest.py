"""A real JupyterLab on a free loopback port, on a copy of the notebooks, with settings of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import optional
import pytest
from processes import free_port, wait_for_port

from helpers.settings.config import NOTEBOOKS_FOLDER, PROJECT_FOLDER

TOKEN = "for-this-test-alone"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Yield the address of a server; it picks its own port and is ended with the session."""
    home: Path = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS_FOLDER, home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"), "PYTHONPATH": str(PROJECT_FOLDER / "src"),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--LabApp.expose_app_in_browser=True",
        f"--ServerApp.root_dir={home / 'notebooks'}", "--ServerApp.open_browser=False",
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=home) as server:
        yield f"{_address(server, 'JupyterLab')}/lab/tree/{{}}?token={TOKEN}&reset"
        server.kill()


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    """Yield the address of Voila, as ``make app`` starts it, on a copy of the notebooks."""
    optional.need("voila")
    home: Path = tmp_path_factory.mktemp("app")
    shutil.copytree(NOTEBOOKS_FOLDER, home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"), "PYTHONPATH": str(PROJECT_FOLDER / "src"),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "voila", "--no-browser", "--Voila.ip=127.0.0.1", f"--port={free_port()}", "notebooks",
    ]  # fmt: skip
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=home) as server:
        yield _address(server, "Voila")
        server.kill()


def _address(server: subprocess.Popen, name: str) -> str:
    """Wait until a server says where it listens, and keep what it says from then on from holding it up."""
    assert server.stderr is not None
    said = []
    for line in server.stderr:
        said.append(line)
        if "http://127.0.0.1:" in line:
            threading.Thread(target=server.stderr.read, daemon=True).start()
            port = line.split("http://127.0.0.1:")[1].split("/")[0].strip()
            if not wait_for_port(int(port), server):  # it says where it is going to listen before it does
                pytest.fail(f"nothing answers at port {port}")
            return f"http://127.0.0.1:{port}"
    return pytest.fail(f"{name} did not start: " + "".join(said))


@pytest.fixture(scope="session")
def page(lab, browser):
    """A browser's page of a usual size."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    yield page
    page.close()
