"""The examples of running it every month: they can be read, and the commands and options in them are there."""

import configparser
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
import typer
import yaml

from helpers.cli import app
from helpers.settings.config import PROJECT_FOLDER

RUNNING = PROJECT_FOLDER / "docs" / "running"
FILES = sorted(RUNNING.iterdir())
COMMANDS = typer.main.get_command(app).commands


def words_of(path):
    """Each call of the command in a file, as the words after its name."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".xml":
        root = ElementTree.fromstring(text)
        return [shlex.split(each.text, posix=False) for each in root.iter() if each.tag.endswith("Arguments")]
    if path.name == "compose.yaml":
        return [service["command"] for service in yaml.safe_load(text)["services"].values()]
    if path.name == "Dockerfile":
        return [yaml.safe_load(re.search(r"^CMD (\[.*\])$", text, re.M)[1])]
    return [shlex.split(call) for call in re.findall(r"bin/workbook ((?:[^\n&>|]|\\\n)+)", text)]


def calls():
    for path in [*FILES, PROJECT_FOLDER / "docs" / "monthly.md"]:
        if path.suffix != ".timer":
            found = words_of(path)
            assert found, path.name
            yield from (pytest.param(words, id=f"{path.name}-{words[0]}") for words in found)


@pytest.mark.parametrize("words", calls())
def test_every_command_in_an_example_exists_with_its_options(words):
    command = COMMANDS[words[0]]
    known = {name for each in command.params for name in each.opts}
    given = [word.partition("=")[0] for word in words[1:] if word.startswith("--")]
    assert given
    assert set(given) <= known


def test_yaml_and_xml_files_are_what_they_say():
    compose = yaml.safe_load((RUNNING / "compose.yaml").read_text())
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["user"] == "10001:10001"
        assert service["cap_drop"] == ["ALL"]
    assert compose["services"]["report"]["network_mode"] == "none"
    github = yaml.safe_load((RUNNING / "github-monthly.yml").read_text())
    assert github["permissions"] == {"contents": "read"}
    assert yaml.safe_load((RUNNING / "gitlab-ci.yml").read_text())["monthly-report"]["script"]
    assert ElementTree.parse(RUNNING / "windows-task.xml").getroot().tag.endswith("Task")


def test_the_container_copies_what_is_there_and_runs_as_a_user():
    text = (RUNNING / "Dockerfile").read_text()
    copied = [each for line in re.findall(r"^COPY (.+)$", text, re.M) for each in line.split()[:-1]]
    assert copied
    assert [each for each in copied if not (PROJECT_FOLDER / each).exists()] == []
    assert re.findall(r"^USER (.+)$", text, re.M) == ["workbook"]


def unit(name):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(RUNNING / name)
    return parser


def test_the_timer_starts_the_service_that_reports_before_it_delivers():
    assert unit("customer-workbook.timer")["Timer"]["OnCalendar"] == "*-*-03 06:15:00"
    assert unit("customer-workbook.service")["Service"]["ProtectSystem"] == "strict"
    assert [words[0] for words in words_of(RUNNING / "customer-workbook.service")] == [
        "report",
        "deliver",
        "clean",
    ]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_takes_the_calendar_of_the_timer():
    when = unit("customer-workbook.timer")["Timer"]["OnCalendar"]
    said = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=True)
    assert "*-*-03 06:15:00" in said.stdout
