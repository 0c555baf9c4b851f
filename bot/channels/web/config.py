"""What the web channel needs to know, apart from the engine."""

from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from bot.errors import SettingError

MIN_SECRET = 32
MIN_REST_TOKEN = 16


@dataclass(frozen=True, repr=False)
class WebSettings:
    """Settings of the web channel.

    `secret_key` signs sessions (32 characters or more). `allowed_origins` are the web sites, besides our own, that may
    embed the chat. A session ends after `session_hours` without a message; a remembered device or a return code after
    `remember_days`. A message may have `max_characters` characters, a request `max_bytes` bytes. The rates are messages
    a minute. `rest_token` (16 characters or more) opens the webhook in Rasa's format; None keeps it off. A proxy at one of
    the addresses or networks of `trusted_proxies` is believed when it says where a request comes from.
    Raises SettingError for a value that cannot be used.
    """

    secret_key: str
    allowed_origins: tuple[str, ...] = ()
    session_hours: float = 6.0
    remember_days: float = 180.0
    max_characters: int = 20_000
    max_bytes: int = 65_536
    rate_per_minute: int = 20
    address_rate_per_minute: int = 60
    rest_token: str | None = None
    rest_may_manage_data: bool = False
    public_address: str = ""
    trusted_proxies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.secret_key) < MIN_SECRET:
            raise SettingError(
                f"The secret key that signs web sessions has {len(self.secret_key)} characters. "
                f"Allowed are {MIN_SECRET} or more. Set a longer one."
            )
        if self.rest_token is not None and len(self.rest_token) < MIN_REST_TOKEN:
            raise SettingError(
                f"The channel token of the REST webhook has {len(self.rest_token)} characters. "
                f"Allowed are {MIN_REST_TOKEN} or more, or none at all, which keeps the webhook off."
            )
        for name in ("session_hours", "remember_days", "max_characters", "max_bytes"):
            if getattr(self, name) <= 0:
                raise SettingError(f"{name} is {getattr(self, name)}. Allowed are numbers above 0.")
        for name in ("rate_per_minute", "address_rate_per_minute"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} is {getattr(self, name)}. Allowed are whole numbers, 1 or more.")
        for proxy in self.trusted_proxies:
            if not _is_network(proxy):
                raise SettingError(
                    f"{proxy!r} is not the address of a proxy. Allowed are addresses and networks: 127.0.0.1, 10.0.0.0/8."
                )
        for address in filter(None, (*self.allowed_origins, self.public_address)):
            if origin_of(address) is None:
                raise SettingError(
                    f"{address!r} is not the address of a web site. Allowed is https://host or http://host."
                )

    @property
    def origins(self) -> frozenset[str]:
        """All origins that may call the interface, besides the one a request arrives at."""
        addresses = (*self.allowed_origins, self.public_address)
        return frozenset(origin for origin in map(origin_of, addresses) if origin is not None)


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def origin_of(address: str) -> str | None:
    """`scheme://host[:port]` of a web address, lower case; None when it is not one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}".lower()
