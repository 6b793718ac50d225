"""compose.yaml, Dockerfile and systemd unit keep up with the product: commands, settings and addresses are real."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from pydantic import SecretStr
from typer.main import get_command

from admin_cli.main import program
from admin_cli.run import What
from bot.settings import Settings
from tests.unit.test_docs import commands

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
PROXY = COMPOSE["configs"]["caddyfile"]["content"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_service_runs_a_command_that_exists(name: str) -> None:
    first, *words = OURS[name]["command"]
    assert first == "compagnon"
    known = set(commands(get_command(program())))
    assert " ".join(words) in known or (words[0] in known and words[1] in set(What))


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_given_is_one_of_ours_with_a_usable_value(name: str) -> None:
    given = OURS[name]["environment"]
    fields = {key.removeprefix("COMPAGNON_").lower(): filled(str(value)) for key, value in given.items()}
    assert all(key.startswith("COMPAGNON_") for key in given)
    assert set(fields) <= set(Settings.model_fields)
    settings = Settings(_env_file=None, token=SecretStr("1:AA"), **fields)
    assert settings.listen == "0.0.0.0:8080"
    assert settings.database().startswith("postgresql://")


def filled(value: str) -> str:
    """`${NAME}` and `${NAME:?say so}` as compose would fill them in."""
    return re.sub(r"\$\{(\w+)[^}]*\}", r"\1", value)


def test_two_bots_and_two_schedulers_share_one_database() -> None:
    assert {name: OURS[name]["deploy"]["replicas"] for name in ("bot", "scheduler")} == {"bot": 2, "scheduler": 2}
    assert len({OURS[name]["environment"]["COMPAGNON_DATABASE_URL"] for name in OURS}) == 1


def test_nobody_starts_before_the_schema_is_there() -> None:
    for name in ("bot", "scheduler"):
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_proxy_passes_on_the_webhook_and_nothing_else() -> None:
    path = urlsplit(filled(OURS["bot"]["environment"]["COMPAGNON_WEBHOOK_URL"])).path
    assert re.findall(r"@outside path (.+)", PROXY) == [f"{path} /map"]
    assert "dynamic a bot 8080" in PROXY
    assert "/metrics" not in PROXY


def test_health_is_asked_where_it_is_answered() -> None:
    for name in ("bot", "scheduler"):
        assert "http://127.0.0.1:8080/healthz" in OURS[name]["healthcheck"]["test"][-1]
    assert "http://127.0.0.1:8080/healthz" in DOCKERFILE


def test_only_the_proxy_has_a_door_to_the_outside() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]


def test_the_image_runs_as_nobody_special_from_hashed_packages() -> None:
    assert re.search(r"^USER (?!root)\w+$", DOCKERFILE, re.MULTILINE)
    installs = re.findall(r"pip install (.*)$", DOCKERFILE, re.MULTILINE)
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert "HEALTHCHECK" in DOCKERFILE
    for file in (ROOT / "requirements.txt", ROOT / "requirements-dev.txt", ROOT / "Dockerfile"):
        assert "index-url" not in file.read_text(encoding="utf-8")


def test_what_the_image_copies_is_in_the_repository() -> None:
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M) for name in line.split()]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_systemd_unit_runs_a_command_that_exists_where_the_start_page_puts_it() -> None:
    unit = configparser.ConfigParser(strict=False)
    unit.read(ROOT / "docs" / "compagnon.service", encoding="utf-8")
    service, start = unit["Service"], (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    program_, *words = service["ExecStart"].split()
    assert program_ == f"{service['WorkingDirectory']}/.venv/bin/compagnon"
    assert " ".join(words) in set(commands(get_command(program())))
    assert f"/opt/compagnon {service['User']}" in start
    assert service["WorkingDirectory"] in start
    assert service["WorkingDirectory"].startswith(service["ReadWritePaths"])
