"""Accounts of reviewers: made by command, a password and a second factor, sessions that end."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import List, Optional

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.errors import InputError
from bot.review.config import ReviewSettings
from bot.review.policy import Reviewer, Role
from bot.storage.database import Database
from bot.storage.review_tables import review_attempts, review_sessions, reviewers

LEAST_PASSWORD = 12
FAILURES_ALLOWED = 5
ATTEMPTS_OF_AN_ADDRESS = 20
LOCKED = timedelta(minutes=15)
CODE_SECONDS = 30
ISSUER = "interlude review"

_hasher = PasswordHasher()
# Checked when there is no such account, so that names cannot be told apart by the time an answer takes.
_NOBODY = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Account:
    """An account as an admin sees it."""

    id: int
    name: str
    role: str
    second_factor: bool
    created_at: datetime
    ended_at: Optional[datetime]


def add_reviewer(
    database: Database,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    second_factor: bool = True,
    all_need_it: bool = False,
) -> Optional[str]:
    """Make an account; gives the otpauth:// address for an authenticator app, None without a second factor.

    Raises InputError for a name that is taken or empty, a short password, or no second factor where one is needed.
    """
    if not 1 <= len(name.strip()) <= 64:
        raise InputError(f"The name has {len(name.strip())} characters. Allowed are 1 to 64.")
    if len(password) < LEAST_PASSWORD:
        raise InputError(f"The password has {len(password)} characters. Allowed are {LEAST_PASSWORD} or more.")
    if role is Role.admin and not second_factor:
        raise InputError("An admin needs a second factor. Leave --no-second-factor out.")
    if all_need_it and not second_factor:
        raise InputError(
            "INTERLUDE_SECOND_FACTOR_FOR_ALL asks everybody for a code: an account without a second factor could never sign "
            "in. Leave --no-second-factor out."
        )
    secret = pyotp.random_base32() if second_factor else None
    hashed = _hasher.hash(password)
    with database.transaction() as session:
        if session.scalar(select(reviewers.c.id).where(reviewers.c.name == name.strip())) is not None:
            raise InputError(f"There is an account {name.strip()!r} already. Choose another name.")
        session.execute(
            insert(reviewers).values(
                name=name.strip(),
                role=role.value,
                password_hash=hashed,
                totp_secret=secret,
                failures=0,
                created_at=now,
            )
        )
    return pyotp.TOTP(secret, name=name.strip(), issuer=ISSUER).provisioning_uri() if secret else None


def accounts(database: Database) -> List[Account]:
    """All accounts, oldest first."""
    with database.reading() as session:
        rows = session.execute(select(reviewers).order_by(reviewers.c.id)).all()
    return [
        Account(row.id, row.name, row.role, row.totp_secret is not None, row.created_at, row.ended_at) for row in rows
    ]


def end_account(database: Database, reviewer_id: int, now: datetime) -> None:
    """Close an account and all its sessions; what it decided stays.

    Raises InputError when there is no such account, it has ended, or it is the only one of an admin.
    """
    with database.transaction() as session:
        row = session.execute(select(reviewers).where(reviewers.c.id == reviewer_id)).first()
        if row is None:
            raise InputError(f"There is no account {reviewer_id}. `interlude review list --accounts` shows all.")
        if row.ended_at is not None:
            raise InputError(f"The account of {row.name} ended on {row.ended_at:%Y-%m-%d} already.")
        others = select(reviewers.c.id).where(
            reviewers.c.role == Role.admin.value, reviewers.c.ended_at.is_(None), reviewers.c.id != reviewer_id
        )
        if row.role == Role.admin.value and session.scalar(others) is None:
            raise InputError(
                f"{row.name} is the only admin. Make another one first: `interlude review add-user NAME --role admin`."
            )
        session.execute(update(reviewers).where(reviewers.c.id == reviewer_id).values(ended_at=now))
        session.execute(delete(review_sessions).where(review_sessions.c.reviewer_id == reviewer_id))


def sign_in(
    database: Database, settings: ReviewSettings, name: str, password: str, code: str, address: str, now: datetime
) -> Optional[str]:
    """A new session's token when name, password and code are right, else None; nothing tells which was wrong.

    Five failures lock the account for a quarter of an hour, twenty lock the address. A code works once.
    """
    origin = hashlib.sha256(f"{settings.secret.reveal()}{address}".encode()).hexdigest()
    with database.reading() as session:
        account = session.execute(select(reviewers).where(reviewers.c.name == name)).first()
        tried = session.scalar(
            select(func.count())
            .select_from(review_attempts)
            .where(review_attempts.c.address_hash == origin, review_attempts.c.at > now - LOCKED)
        )
    # The slow part happens before the write lock is taken.
    right = _password_is(account.password_hash if account else _NOBODY, password)
    locked = account is not None and account.locked_until is not None and account.locked_until > now
    allowed = right and account is not None and account.ended_at is None and not locked
    step = _step_of(account.totp_secret, code, now) if allowed and account.totp_secret else None
    if allowed and _needs_code(account.role, account.totp_secret, settings) and step is None:
        allowed = False
    if (tried or 0) >= ATTEMPTS_OF_AN_ADDRESS:
        allowed = False
    with database.transaction() as session:
        if allowed and step is not None:
            unused = or_(reviewers.c.totp_step.is_(None), reviewers.c.totp_step < step)
            used = update(reviewers).where(reviewers.c.id == account.id, unused).values(totp_step=step)
            allowed = session.execute(used).rowcount == 1
        if not allowed:
            session.execute(delete(review_attempts).where(review_attempts.c.at <= now - LOCKED))
            session.execute(insert(review_attempts).values(address_hash=origin, at=now))
            if account is not None and not locked:
                _count_failure(session, account.id, now)
            return None
        session.execute(update(reviewers).where(reviewers.c.id == account.id).values(failures=0, locked_until=None))
        over = review_sessions.c.started_at <= now - timedelta(hours=settings.session_hours)
        session.execute(delete(review_sessions).where(over))
        token = secrets.token_urlsafe(32)
        session.execute(
            insert(review_sessions).values(token_hash=_hash(token), reviewer_id=account.id, started_at=now, seen_at=now)
        )
    return token


def reviewer_of(
    database: Database, settings: ReviewSettings, token: str, now: datetime, alive: bool = True
) -> Optional[Reviewer]:
    """Whose session this is; None for a session that ended, was never opened, or belongs to a closed account.

    `alive` says that somebody is there, which puts the end of an idle session off.
    """
    with database.reading() as session:
        row = session.execute(
            select(review_sessions.c.started_at, review_sessions.c.seen_at, reviewers)
            .join(reviewers, reviewers.c.id == review_sessions.c.reviewer_id)
            .where(review_sessions.c.token_hash == _hash(token))
        ).first()
    if row is None or row.ended_at is not None:
        return None
    idle, whole = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    if row.seen_at + idle <= now or row.started_at + whole <= now:
        sign_out(database, token)
        return None
    # Not every request needs to write.
    if alive and now - row.seen_at > idle / 30:
        with database.transaction() as session:
            session.execute(
                update(review_sessions).where(review_sessions.c.token_hash == _hash(token)).values(seen_at=now)
            )
    return Reviewer(row.id, row.name, Role(row.role))


def sign_out(database: Database, token: str) -> None:
    """End a session."""
    with database.transaction() as session:
        session.execute(delete(review_sessions).where(review_sessions.c.token_hash == _hash(token)))


def csrf_token(settings: ReviewSettings, cookie: str) -> str:
    """The token that forms of this session carry."""
    return hmac.new(settings.secret.reveal().encode(), f"csrf:{cookie}".encode(), hashlib.sha256).hexdigest()


def _needs_code(role: str, secret: Optional[str], settings: ReviewSettings) -> bool:
    return role == Role.admin.value or settings.second_factor_for_all or secret is not None


def _password_is(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _step_of(secret: str, code: str, now: datetime) -> Optional[int]:
    """The time step whose code this is, this one or a neighbour."""
    current, codes = int(now.timestamp()) // CODE_SECONDS, pyotp.TOTP(secret)
    given = code.replace(" ", "")
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), given.encode()):
            return step
    return None


def _count_failure(session: Session, reviewer_id: int, now: datetime) -> None:
    failures = reviewers.c.failures + 1
    session.execute(update(reviewers).where(reviewers.c.id == reviewer_id).values(failures=failures))
    session.execute(
        update(reviewers)
        .where(reviewers.c.id == reviewer_id, reviewers.c.failures >= FAILURES_ALLOWED)
        .values(failures=0, locked_until=now + LOCKED)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
