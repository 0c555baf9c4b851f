"""Signed sessions, remembered devices and return codes. The page never chooses who it is."""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from bot.channels.web.answers import Refusal
from bot.channels.web.config import WebSettings

HOUR, DAY = 3600, 86400
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_GROUPS, CODE_GROUP = 4, 4

Clock = Callable[[], float]


class Tokens:
    """Makes and reads the tokens of this installation. `clock` gives seconds since 1970."""

    def __init__(self, settings: WebSettings, clock: Clock) -> None:
        def serializer(purpose: str, clock: Clock = clock) -> URLSafeTimedSerializer:
            class Signer(TimestampSigner):
                def get_timestamp(self) -> int:
                    return int(clock())

            return URLSafeTimedSerializer(settings.secret_key, salt=f"interlude.{purpose}", signer=Signer)

        self._serializer = serializer
        self._key = settings.secret_key.encode()
        self._sessions, self._session_age = serializer("session"), settings.session_hours * HOUR
        self._devices, self._device_age = serializer("device"), settings.remember_days * DAY

    def new_session(self) -> str:
        """The address of a new session: random, known to nobody else."""
        return secrets.token_urlsafe(24)

    def sign_session(self, session: str) -> str:
        """A token for a session, good for `session_hours` from now."""
        return str(self._sessions.dumps(session))

    def read_session(self, token: str) -> str:
        """The session of a token. Raises Refusal (401) when it is not ours or has ended."""
        try:
            return str(self._sessions.loads(token, max_age=int(self._session_age)))
        except SignatureExpired:
            raise Refusal(
                401, "session_ended", "The session has ended. Start a new one with POST /api/session."
            ) from None
        except BadSignature:
            raise Refusal(
                401, "session_unknown", "The token is not one of ours. Get one with POST /api/session."
            ) from None

    def renewed(self, token: str, written: float) -> str:
        """A token of the same session, good for `session_hours` since it was signed or since `written`, if that is later.

        `written` is in seconds since 1970. The token must have been read before.
        """
        session, signed = self._sessions.loads(token, return_timestamp=True)
        return (
            token if signed.timestamp() >= written else str(self._serializer("session", lambda: written).dumps(session))
        )

    def new_device(self) -> tuple[str, str]:
        """A token for a remembered device, and the address it is kept under."""
        secret = secrets.token_urlsafe(24)
        return str(self._devices.dumps(secret)), self._address("device", secret)

    def device_address(self, token: str) -> str | None:
        """The address of a device's token; None when it is not ours or too old."""
        try:
            return self._address("device", str(self._devices.loads(token, max_age=int(self._device_age))))
        except BadSignature:
            return None

    def new_code(self) -> tuple[str, str]:
        """A return code as people write it down, and the address it is kept under."""
        groups = ("".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_GROUP)) for _ in range(CODE_GROUPS))
        code = "-".join(groups)
        return code, self.code_address(code)

    def code_address(self, code: str) -> str:
        """The address of a return code, however it was typed: blanks, dashes and case do not matter."""
        return self._address("code", "".join(character for character in code.upper() if character.isalnum()))

    def _address(self, purpose: str, secret: str) -> str:
        # Only this is stored, so that a copy of the database opens no conversation.
        return hmac.new(self._key, f"{purpose}:{secret}".encode(), hashlib.sha256).hexdigest()
