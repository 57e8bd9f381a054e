"""Sessions of logged-in users; only hashes of the browsers' tokens are kept."""

from datetime import datetime, timedelta

from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Opens a session at login.
_OPEN = """INSERT INTO sessions (token_hash, id, user, client, created_at, renewed_at, expires_at)
    VALUES (:hash, :hash, :user, :client, :at, :at, :expires)"""
# Finds the live session of a token. The former token counts until the browser has shown the new one (the answer that
# brought it may have been lost), and a minute longer: requests are under way with it.
_OF_TOKEN = """SELECT s.id, s.renewed_at, s.token_hash = :hash AS present,
    s.token_hash = :hash AND s.former_hash IS NOT NULL AND s.former_until IS NULL AS unconfirmed,
    u.name, u.display, u.role, u.opd FROM sessions s JOIN users u ON u.name = s.user
    WHERE (s.token_hash = :hash OR (s.former_hash = :hash AND coalesce(s.former_until, :at) >= :at))
    AND s.expires_at > :at AND u.disabled_at IS NULL"""
# Ends the former token soon: the browser has the new one.
_CONFIRM = """UPDATE sessions SET former_until = :until
    WHERE token_hash = :hash AND former_hash IS NOT NULL AND former_until IS NULL"""
# Shows whether a session counts.
_ALIVE = """SELECT s.id FROM sessions s JOIN users u ON u.name = s.user
    WHERE s.id = :id AND s.expires_at > :at AND u.disabled_at IS NULL"""
# Lists the sessions that count, for open pages.
_ALL_ALIVE = """SELECT s.id FROM sessions s JOIN users u ON u.name = s.user
    WHERE s.expires_at > :at AND u.disabled_at IS NULL"""
# Gives a session another token; no row where another request was faster.
_RENEW = """UPDATE sessions SET token_hash = :fresh, former_hash = :hash, former_until = NULL, renewed_at = :at
    WHERE token_hash = :hash RETURNING id"""
# Ends one session.
_END = "DELETE FROM sessions WHERE id = :id"
# Ends all sessions of a user but one.
_END_ALL = "DELETE FROM sessions WHERE user = :user AND id IS NOT :but RETURNING id"
# Removes sessions past their time.
_EXPIRED = "DELETE FROM sessions WHERE expires_at <= :at"
# Lists a user's live sessions.
_OF_USER = """SELECT id, client, created_at, renewed_at, expires_at FROM sessions
    WHERE user = :user AND expires_at > :at ORDER BY created_at"""

GRACE = timedelta(seconds=60)


class Sessions:
    """A session has an `id` for life and a token that is renewed; it ends by logout, by time, or with its user."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def open(self, now: datetime, token_hash: str, user: str, expires: datetime, client: str | None = None) -> None:
        """Open a session for a login; `client` is the browser's name for itself. Sessions past their time are
        removed."""
        with self._db.ensured_write():
            self._db.run(_EXPIRED, at=to_text(now))
            values = {"hash": token_hash, "user": user, "client": client}
            self._db.run(_OPEN, at=to_text(now), expires=to_text(expires), **values)
            self._journal.append(now, "user.login", Actor("user", user))

    def of_token(self, now: datetime, token_hash: str) -> Row | None:
        """The live session of a token, or None: `id renewed_at present unconfirmed name display role
        opd`; `present` is 0 for a token that was renewed, `unconfirmed` 1 until `confirm`."""
        return self._db.one(_OF_TOKEN, hash=token_hash, at=to_text(now))

    def alive(self, now: datetime, session: str) -> bool:
        """True while a session counts."""
        return self._db.one(_ALIVE, id=session, at=to_text(now)) is not None

    def all_alive(self, now: datetime) -> set[str]:
        """The sessions that count."""
        return {row["id"] for row in self._db.all(_ALL_ALIVE, at=to_text(now))}

    def renew(self, now: datetime, token_hash: str, fresh: str) -> bool:
        """Give a session another token; False when somebody was first."""
        with self._db.ensured_write():
            return self._db.run(_RENEW, hash=token_hash, fresh=fresh, at=to_text(now)).fetchone() is not None

    def confirm(self, now: datetime, token_hash: str) -> None:
        """Confirm that the browser has its new token: the former one ends in a minute."""
        with self._db.ensured_write():
            self._db.run(_CONFIRM, hash=token_hash, until=to_text(now + GRACE))

    def end(self, session: str) -> None:
        """End one session: a logout."""
        with self._db.ensured_write():
            self._db.run(_END, id=session)

    def end_all(self, now: datetime, user: str, actor: Actor, but: str | None = None) -> int:
        """End every session of a user (`but` this one); returns their number."""
        with self._db.ensured_write():
            count = len(self._db.run(_END_ALL, user=user, but=but).fetchall())
            self._journal.append(now, "user.sessions_ended", actor, data={"user": user, "sessions": count})
        return count

    def of_user(self, now: datetime, user: str) -> list[Row]:
        """A user's sessions, oldest first: `id client created_at renewed_at expires_at`."""
        return self._db.all(_OF_USER, user=user, at=to_text(now))
