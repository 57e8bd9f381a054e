"""Browsers that are pushed while their page is closed (RFC 8030): one for each session, gone with it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Reads a session's device.
_OWN = "SELECT * FROM push_devices WHERE session = :session"
# Keeps a session's device, in place of its former one.
_PUT = """INSERT INTO push_devices (session, endpoint, service, p256dh, auth, server_key, added_at)
    VALUES (:session, :endpoint, :service, :p256dh, :auth, :server_key, :at)
    ON CONFLICT (session) DO UPDATE SET endpoint = :endpoint, service = :service, p256dh = :p256dh, auth = :auth,
    server_key = :server_key, added_at = :at"""
# Removes the same browser of another session: somebody else has logged in there.
_OTHERS = "DELETE FROM push_devices WHERE endpoint = :endpoint AND session IS NOT :session"
# Removes a session's device.
_LEAVE = "DELETE FROM push_devices WHERE session = :session RETURNING service"
# Devices of live sessions: a session that is over may stand in its table for a while.
_ALIVE = """FROM push_devices d JOIN sessions s ON s.id = d.session JOIN users u ON u.name = s.user
    WHERE s.expires_at > :at AND u.disabled_at IS NULL"""
# Lists an agency's devices, oldest first.
_OF = f"""SELECT d.*, u.name AS user, u.opd {_ALIVE} AND u.role = :role AND u.opd IS :opd
    ORDER BY d.added_at, d.session"""
# Lists the devices of the bupatis who are a contact, oldest first.
_OF_BUPATI = f"""SELECT d.*, u.name AS user, u.opd {_ALIVE} AND u.role = 'bupati' AND u.contact = :contact
    ORDER BY d.added_at, d.session"""
# Finds a bupati who is this contact.
_HOLDER = "SELECT name FROM users WHERE role = 'bupati' AND contact = :contact AND disabled_at IS NULL LIMIT 1"
# Counts devices by agency and by our key.
_COUNTS = f"""SELECT u.role, u.opd, d.server_key, count(*) AS devices {_ALIVE}
    GROUP BY u.role, u.opd, d.server_key ORDER BY u.opd"""
# Removes a device that its push service does not know any more.
_GONE = "DELETE FROM push_devices WHERE endpoint = :endpoint RETURNING service"


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A browser's subscription: `endpoint` is a secret, `p256dh` and `auth` (base64url) encrypt to it,
    `server_key` is our public key, to which it is bound; `service` is the host that it is reached by."""

    endpoint: str = field(repr=False)
    service: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    server_key: str


class PushDevices:
    """Rows `session endpoint service p256dh auth server_key added_at`; a session's end takes its row with it."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def put(self, now: datetime, session: str, device: PushDevice, actor: Actor) -> bool:
        """Keep how this session's browser is reached; False when that was known."""
        values = asdict(device)
        with self._db.ensured_write():
            known = self._db.one(_OWN, session=session)
            if known is not None and values.items() <= known.items():
                return False
            self._db.run(_OTHERS, endpoint=device.endpoint, session=session)
            self._db.run(_PUT, session=session, at=to_text(now), **values)
            data = {"user": actor.name, "service": device.service}
            self._journal.append(now, "device.added", actor, data=data)
        return True

    def leave(self, now: datetime, session: str, actor: Actor) -> bool:
        """Stop pushing this session's browser; False when it was not pushed."""
        with self._db.ensured_write():
            row = self._db.run(_LEAVE, session=session).fetchone()
            if row is not None:
                data = {"user": actor.name, "service": row[0], "why": "left"}
                self._journal.append(now, "device.removed", actor, data=data)
        return row is not None

    def of(self, now: datetime, opd: str | None, contact: str = "") -> list[Row]:
        """The devices of an agency's officers, oldest first, with their `user`; without an agency those of the bupati
        who is `contact`, or else of the command centre."""
        if opd is None and self._db.one(_HOLDER, contact=contact) is not None:
            return self._db.all(_OF_BUPATI, at=to_text(now), contact=contact)
        return self._db.all(_OF, at=to_text(now), role="command" if opd is None else "opd", opd=opd)

    def counts(self, now: datetime) -> list[Row]:
        """Numbers of devices: `role opd server_key devices`."""
        return self._db.all(_COUNTS, at=to_text(now))

    def gone(self, now: datetime, devices: Iterable[Row], actor: Actor) -> None:
        """Remove devices that the push service does not know any more."""
        with self._db.ensured_write():
            for device in devices:
                if self._db.run(_GONE, endpoint=device["endpoint"]).fetchone() is not None:
                    data = {"user": device["user"], "service": device["service"], "why": "gone"}
                    self._journal.append(now, "device.removed", actor, data=data)
