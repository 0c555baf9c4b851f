"""One table of settings: name, default, unit, help. Read once from the environment, cast, frozen; secrets never print."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Generic, Mapping, Optional, Tuple, TypeVar
from urllib.parse import urlsplit

from bot.errors import SettingError

PREFIX = "INTERLUDE_"
T = TypeVar("T")


class Secret:
    """A value that never shows itself; `reveal()` gives it to the one place that needs it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret('set')" if self._value else "Secret('not set')"


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One row of the table. `allowed` says in words what a value must look like."""

    name: str
    default: T
    cast: Callable[[str], T]
    unit: str
    help: str
    allowed: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()


def _positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise ValueError
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def _one_or_more(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _yes_no(text: str) -> bool:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[text.strip().lower()]


def _names(text: str) -> Tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(part.isspace() for part in text):
        raise ValueError(text)
    return text


def _optional_path(text: str) -> Optional[Path]:
    return Path(text) if text else None


_TEXT, _POSITIVE, _COUNT, _YES_NO = "any text", "a number above 0", "a whole number, 0 or more", "yes or no"

TABLE: Tuple[Setting[Any], ...] = (
    Setting(
        "home",
        None,
        _optional_path,
        "folder",
        "The project folder that holds data/, config.yml and domain.yml; by default where interlude is installed or started.",
        "a folder",
    ),
    Setting(
        "database",
        "sqlite:///var/interlude.db",
        str,
        "URL",
        "Where conversations live: sqlite:///FILE or postgresql://...",
        "a database URL",
    ),
    Setting(
        "database_keys",
        Secret(""),
        Secret,
        "VERSION:BASE64,...",
        "Keys (32 bytes each, base64) that encrypt what people write; the highest version is used for new rows. Empty: no encryption.",
        "1:BASE64[,2:BASE64]",
    ),
    Setting(
        "database_file_key",
        Secret(""),
        Secret,
        "hexadecimal",
        "Encrypts a whole SQLite file with SQLCipher (needs the extra `sqlcipher`). Empty: the file is plain SQLite.",
        "64 hexadecimal digits",
    ),
    Setting(
        "redis",
        Secret(""),
        Secret,
        "URL",
        "Needed as soon as workers run on more than one machine: orders turns, counts rates and passes news between them. Empty: files in var/run.",
        "redis://[:PASSWORD@]HOST[:PORT]/NUMBER",
    ),
    Setting(
        "event_broker",
        None,
        _optional_path,
        "file",
        "A YAML file with `event_broker:` in Rasa's form (RabbitMQ, Kafka, SQL, file), to which every stored event goes, texts included. Empty: off.",
        "a file",
    ),
    Setting(
        "secret_key",
        Secret(""),
        Secret,
        "text",
        "Signs web sessions. Empty: made once and kept in var/secret_key.",
        "32 characters or more",
    ),
    Setting(
        "encoder",
        "tuned",
        str,
        "name or file",
        "What turns texts into meaning: tuned (shipped), original (untuned), or a file of word vectors (.vec). Then: interlude train.",
        "tuned, original or a file",
    ),
    Setting("host", "127.0.0.1", str, "address", "Where the service listens.", "an address"),
    Setting("port", 8000, _count, "port", "Where the service listens.", _COUNT),
    Setting("public_address", "", str, "URL", "The address people use, for links and webhooks.", "https://..."),
    Setting(
        "allowed_origins",
        (),
        _names,
        "list",
        "Web sites that may embed the chat, separated by commas.",
        "https://a.example,https://b.example",
    ),
    Setting(
        "trusted_proxies",
        (),
        _names,
        "list",
        "Proxies in front of the service that are believed when they say where a request comes from, separated by commas.",
        "127.0.0.1,10.0.0.0/8",
    ),
    Setting("session_hours", 6.0, _positive, "hours", "A session ends after so long without a message.", _POSITIVE),
    Setting(
        "profile",
        "default",
        str,
        "name",
        "Jurisdiction profile: a file of data/library/profiles/.",
        "the name of a profile",
    ),
    Setting(
        "operator",
        "the people who run this server",
        str,
        "text",
        "Who runs this installation, as people read it.",
        _TEXT,
    ),
    Setting(
        "retention_days",
        0,
        _count,
        "days",
        "Conversations without activity are purged after so long by `interlude data purge`; 0 keeps them.",
        _COUNT,
    ),
    Setting(
        "share_days",
        30,
        _one_or_more,
        "days",
        "What a person shares in the chat can be read for so long at most.",
        "1 or more",
    ),
    Setting("backup_note", "", str, "text", "What backups keep and until when, as people read it.", _TEXT),
    Setting(
        "rest_token",
        Secret(""),
        Secret,
        "text",
        "Channel token for POST /webhooks/rest/webhook. Empty: that address is off.",
        "16 characters or more",
    ),
    Setting(
        "rest_may_manage_data",
        False,
        _yes_no,
        "yes/no",
        "Whether export and erasure work over the REST channel.",
        _YES_NO,
    ),
    Setting(
        "second_factor_for_all",
        False,
        _yes_no,
        "yes/no",
        "Whether everybody in the practitioner's room, not only admins, needs a code from an authenticator app.",
        _YES_NO,
    ),
    Setting(
        "rate_per_minute",
        20,
        _one_or_more,
        "messages",
        "Messages a session may send in a minute; an address may send three times as many.",
        "a whole number, 1 or more",
    ),
    Setting(
        "alert_webhook",
        "",
        str,
        "URL",
        "Notified (level, kind, time, no text) when a level of risk or above is raised. Empty: off.",
        "https://...",
    ),
    Setting("alert_email", "", str, "address", "Notified by e-mail likewise. Empty: off.", "an e-mail address"),
    Setting("smtp", "", str, "host:port", "Mail server for alert_email.", "host:port"),
    Setting("smtp_user", "", str, "text", "User name at the mail server.", _TEXT),
    Setting("smtp_password", Secret(""), Secret, "text", "Password at the mail server.", _TEXT),
    Setting(
        "telegram_token",
        Secret(""),
        Secret,
        "text",
        "Token of the Telegram bot. Empty: Telegram is off.",
        "123456:ABC...",
    ),
    Setting(
        "telegram_api", "https://api.telegram.org", _web_address, "URL", "Base address of the Bot API.", "https://..."
    ),
    Setting(
        "telegram_webhook_secret",
        Secret(""),
        Secret,
        "text",
        "Secret header of the Telegram webhook. Empty: no webhook.",
        "16 characters or more",
    ),
)


class Settings:
    """All settings as attributes, named as in `TABLE`. Cannot be changed after it was read."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Read the table from `environment`. Raises SettingError for a bad value or an unknown name."""
        values: Dict[str, Any] = {}
        for setting in TABLE:
            raw = environment.get(setting.variable)
            values[setting.name] = setting.default if raw is None else _cast(setting, raw)
        known = {setting.variable for setting in TABLE}
        for name in environment:
            if name.startswith(PREFIX) and name not in known:
                raise SettingError(f"The setting {name} is not known. `interlude doctor` lists all settings.")
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("settings are read once; set the environment variable instead")

    def replace(self, **changes: Any) -> "Settings":
        """A copy with other values, for tests and tools."""
        copy = Settings({})
        copy.__dict__["_values"].update({**self.__dict__["_values"], **changes})
        return copy

    @property
    def project(self) -> Path:
        """The folder with data/, config.yml and domain.yml. Raises SettingError when there is none."""
        package = Path(__file__).resolve().parent
        for folder in [self.home] if self.home else [Path.cwd(), package.parent, package.parent / "interlude_project"]:
            if (folder / "domain.yml").is_file() and (folder / "data" / "library").is_dir():
                return folder.resolve()
        raise SettingError(
            "The project folder was not found: no domain.yml and data/library here or beside the package. "
            f"Start from the project folder or set {PREFIX}HOME."
        )


def _cast(setting: Setting[Any], raw: str) -> Any:
    try:
        return setting.cast(raw)
    except (ValueError, KeyError) as error:
        shown = "a value" if isinstance(setting.default, Secret) else repr(raw)
        raise SettingError(
            f"{setting.variable} cannot be {shown}. Allowed: {setting.allowed} ({setting.unit})."
        ) from error


def read() -> Settings:
    """The settings of this process."""
    return Settings(os.environ)
