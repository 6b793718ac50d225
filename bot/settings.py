"""Settings from the environment or `.env`, prefix `COMPAGNON_`, checked once at the start."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadSetting

TELEGRAM_API = "https://api.telegram.org"
FREE_CEILING = 30  # messages a second that Telegram allows without paid broadcasts (Bot FAQ)
PAID_CEILING = 1000

_TOKEN = re.compile(r"\d+:[\w-]{2,}")


class Settings(BaseSettings):
    """All settings of `compagnon`; names are public interface."""

    model_config = SettingsConfigDict(env_prefix="COMPAGNON_", env_file=".env", extra="ignore")

    token: SecretStr | None = None
    api_url: str = TELEGRAM_API
    database_url: str | None = Field(default=None, repr=False)  # these three may hold a password or a key
    data_dir: Path = Path("data")
    content_dir: Path | None = None
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    listen: str = "127.0.0.1:8080"
    messages_per_second: float = Field(default=25, gt=0, le=PAID_CEILING)
    paid_broadcast: bool = False
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    alert_webhook_url: str | None = Field(default=None, repr=False)
    public_url: str | None = None
    heartbeat_url: str | None = Field(default=None, repr=False)
    map_tiles_url: str | None = None
    map_tiles_attribution: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator("api_url", "webhook_url", "public_url", "alert_webhook_url", "heartbeat_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not re.match(r"https?://[^/\s]+", value):
            raise ValueError("this is not a web address; it starts with https:// or http://")
        return value.rstrip("/")

    @field_validator("map_tiles_url")
    @classmethod
    def _is_tile_address(cls, value: str | None) -> str | None:
        if not value or not value.strip():
            return None
        wrong = [part for part in ("{z}", "{x}", "{y}") if part not in value]
        if wrong or not re.match(r"https?://[^/\s;,'\"]+/\S*$", value.strip()):
            raise ValueError(f"{value!r} is no tile address; write https://tiles.example.org/{{z}}/{{x}}/{{y}}.png")
        return value.strip()

    @field_validator("token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        if not _TOKEN.fullmatch(value.get_secret_value().strip()):
            raise ValueError("this is not a bot token; @BotFather gives one like 123456789:AAE…")
        return SecretStr(value.get_secret_value().strip())

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: str | None) -> str | None:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("use sqlite:///path/to/file or postgresql://user:password@host/name")
        return value or None

    @field_validator("listen")
    @classmethod
    def _is_host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
            raise ValueError(f"{value!r} is not host:port, for example 127.0.0.1:8080")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        try:
            parts = urlsplit(value.get_secret_value().strip())
            usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is no number
            usable = False
        if not usable:
            raise ValueError("this is no mail server; write smtp://user:password@host:587 or smtps://… with a host")
        return SecretStr(value.get_secret_value().strip())

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        if not re.fullmatch(r"(?:[^<>\r\n]*<)?[^\s@<>]+@[^\s@<>]+>?", value.strip()):
            raise ValueError(f"{value!r} is no e-mail address; write alerts@example.org or Compagnon <alerts@…>")
        return value.strip()

    @field_validator("webhook_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("use 1 to 256 letters, digits, _ and - (what Telegram allows)")
        return value

    def require_token(self) -> str:
        """The bot token. Raises BadSetting, saying how to get one."""
        if self.token is None:
            raise BadSetting(
                "COMPAGNON_TOKEN is not set: ask @BotFather on Telegram for a bot (/newbot), put the token it gives "
                "you into .env as COMPAGNON_TOKEN=…, and start again. `compagnon demo` needs no token."
            )
        return self.token.get_secret_value()

    def channels(self) -> frozenset[str]:
        """The second ways out that are set up: mail, webhook."""
        found = (("mail", self.smtp_url and self.mail_from), ("webhook", self.alert_webhook_url))
        return frozenset(name for name, there in found if there)

    def map_tiles(self) -> tuple[str, str] | None:
        """The tile server for the map in a browser: address, whom to name. Raises BadSetting where nobody is named."""
        if self.map_tiles_url is None:
            return None
        if not (self.map_tiles_attribution or "").strip():
            raise BadSetting(
                "COMPAGNON_MAP_TILES_URL is set, but not COMPAGNON_MAP_TILES_ATTRIBUTION: say whom the map must name, "
                "for example COMPAGNON_MAP_TILES_ATTRIBUTION=© OpenStreetMap contributors."
            )
        return self.map_tiles_url, (self.map_tiles_attribution or "").strip()

    def require_sender(self) -> None:
        """Raises BadSetting where e-mail is set up without a sender, which most servers refuse."""
        if self.smtp_url is not None and self.mail_from is None:
            raise BadSetting(
                "COMPAGNON_SMTP_URL is set, but not COMPAGNON_MAIL_FROM: name the address that alerts come from, "
                "for example COMPAGNON_MAIL_FROM=alerts@example.org."
            )

    def database(self) -> str:
        """SQLAlchemy URL of the database, the embedded one in the data folder by default."""
        return self.database_url or f"sqlite:///{self.data_dir / 'compagnon.sqlite3'}"

    def ceiling(self) -> float:
        """Messages a second that nobody asked for. Raises BadSetting above 30 without PAID_BROADCAST."""
        if self.messages_per_second > FREE_CEILING and not self.paid_broadcast:
            raise BadSetting(
                f"COMPAGNON_MESSAGES_PER_SECOND is {self.messages_per_second:g}, above Telegram's {FREE_CEILING}: "
                "lower it, or set COMPAGNON_PAID_BROADCAST=true if your bot pays for broadcasts."
            )
        return self.messages_per_second


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read and check the settings. Raises BadSetting with one sentence per wrong value."""
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        raise BadSetting("\n".join(_sentence(e) for e in error.errors())) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"The file {env_file} cannot be read ({error}); check that it is a plain text file.") from None
    settings.ceiling()
    settings.map_tiles()
    return settings


def check(name: str, value: str) -> None:
    """Could this be the value of that setting? Raises BadSetting with one sentence."""
    try:
        Settings.__pydantic_validator__.validate_assignment(Settings.model_construct(), name, value)
    except ValidationError as error:
        raise BadSetting(_sentence(error.errors()[0])) from None


def _sentence(error: object) -> str:
    # Values may be secrets, so only the name and our own words are shown.
    details: dict[str, object] = error  # type: ignore[assignment]
    location = details["loc"]
    name = "_".join(str(part) for part in location) if isinstance(location, tuple) else str(location)
    message = str(details["msg"]).removeprefix("Value error, ")
    return f"COMPAGNON_{name.upper()}: {message}"
