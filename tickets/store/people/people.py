"""Users, operators' presence, open pages, and the processes' heartbeats."""

import json
from datetime import datetime, timedelta

from tickets.errors import Conflict, NotFound
from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.people.sessions import Sessions

# Adds a user; no row where the name is taken.
_ADD = """INSERT INTO users (name, display, role, opd, contact, password_hash, created_at)
    VALUES (:name, :display, :role, :opd, :contact, :hash, :at) ON CONFLICT DO NOTHING RETURNING name"""
# Lists users without their hashes.
_LIST = "SELECT name, display, role, opd, created_at, disabled_at FROM users ORDER BY role, name"
# Reads one user with the password hash, for the login.
_USER = "SELECT * FROM users WHERE name = :name"
# Sets a password hash.
_PASSWORD = "UPDATE users SET password_hash = :hash WHERE name = :name RETURNING name"
# Disables a user, once.
_DISABLE = "UPDATE users SET disabled_at = :at WHERE name = :name AND disabled_at IS NULL RETURNING name"
# Lists enabled operators.
_OPERATORS = "SELECT name, display FROM users WHERE role = 'operator' AND disabled_at IS NULL ORDER BY name"
# Lists enabled users of the command centre.
_SUPERVISORS = "SELECT name, display FROM users WHERE role = 'command' AND disabled_at IS NULL ORDER BY name"
# Saves an operator's presence. `since` is when its live state or call last changed: another wish, or the same once
# more, begins nothing anew.
_PRESENCE = """INSERT INTO presence (operator, wanted, live, call, since) VALUES (:operator, :wanted, :live, :call, :at)
    ON CONFLICT (operator) DO UPDATE SET wanted = :wanted, live = :live, call = :call,
    since = CASE WHEN presence.live = :live AND presence.call IS NOT DISTINCT FROM :call THEN presence.since
        ELSE :at END"""
# Lists the presence of all operators.
_PRESENCES = "SELECT * FROM presence ORDER BY operator"
# Notes that an open page is there.
_PAGE = """INSERT INTO pages (id, user, role, opd, seen_at, ticket) VALUES (:id, :user, :role, :opd, :at, :ticket)
    ON CONFLICT (id) DO UPDATE SET seen_at = :at, ticket = :ticket"""
# Lists who has a ticket open.
_OPENED = """SELECT DISTINCT p.ticket, p.user, coalesce(u.display, p.user) AS display FROM pages p
    LEFT JOIN users u ON u.name = p.user WHERE p.ticket IS NOT NULL AND p.seen_at >= :fresh ORDER BY 3, 2"""
# Removes a closed page, and pages that were not seen for long.
_PAGE_GONE = "DELETE FROM pages WHERE id = :id OR seen_at < :stale"
# Counts the open pages of a role and agency.
_PAGES = "SELECT count(*) FROM pages WHERE role = :role AND (opd IS :opd OR :opd IS NULL) AND seen_at >= :fresh"
# Finds a bupati who is this contact.
_HOLDER = "SELECT name FROM users WHERE role = 'bupati' AND contact = :contact AND disabled_at IS NULL LIMIT 1"
# Counts the open pages of the bupatis who are this contact.
_PAGES_OF = """SELECT count(*) FROM pages p JOIN users u ON u.name = p.user
    WHERE u.role = 'bupati' AND u.contact = :contact AND p.seen_at >= :fresh"""
# Makes a user of the command centre the bupati, or the other way round.
_ROLE = """UPDATE users SET role = :role, contact = :contact WHERE name = :name AND disabled_at IS NULL
    AND role IN ('command', 'bupati') RETURNING name"""
# Counts the open pages of operators, or of one, at which a tone is heard, and those that are quiet: rung, or in a talk.
_DESKS = """SELECT count(*) - count(b.operator) AS free, count(b.operator) AS busy
    FROM pages p LEFT JOIN presence b ON b.operator = p.user AND b.live IN ('ringing', 'talking', 'calling')
    WHERE p.role = 'operator' AND p.seen_at >= :fresh AND (p.user = :name OR :name IS NULL)"""
# Keeps a process's last heartbeat.
_BEAT = """INSERT INTO heartbeats (process, pid, at, data) VALUES (:process, :pid, :at, :data)
    ON CONFLICT (process) DO UPDATE SET pid = :pid, at = :at, data = :data"""
# Lists the heartbeats.
_BEATS = "SELECT * FROM heartbeats ORDER BY process"

PAGE_FRESH_S = 30.0
CLI = Actor("process", "cli")


class People:
    """Users, operators' presence, open pages and live processes."""

    def __init__(self, connection: Connection, journal: Journal, sessions: Sessions) -> None:
        self._db = connection
        self._journal = journal
        self._sessions = sessions

    def add(
        self,
        now: datetime,
        name: str,
        display: str,
        role: str,
        opd: str | None,
        password_hash: str,
        contact: str | None = None,
    ) -> None:
        """Add a user; `contact` is who it is in routing.yaml, above the agencies. Conflict when the name is taken."""
        with self._db.ensured_write():
            values = {"name": name, "display": display, "role": role, "opd": opd, "hash": password_hash}
            values["contact"] = contact
            if self._db.run(_ADD, at=to_text(now), **values).fetchone() is None:
                raise Conflict(f"pengguna {name} sudah ada")
            data = {"user": name, "role": role, "opd": opd}
            self._journal.append(now, "user.added", CLI, data=data)

    def set_password(
        self, now: datetime, name: str, password_hash: str, actor: Actor = CLI, keep: str | None = None
    ) -> None:
        """Set a password and end the user's sessions, but for `keep`: the one in which the user changed it."""
        with self._db.ensured_write():
            if self._db.run(_PASSWORD, name=name, hash=password_hash).fetchone() is None:
                raise NotFound(f"pengguna {name} tidak ada")
            self._journal.append(now, "user.password", actor, data={"user": name})
            self._sessions.end_all(now, name, actor, but=keep)

    def disable(self, now: datetime, name: str) -> None:
        """Disable a user and end its sessions; the name stays, since history names it."""
        with self._db.ensured_write():
            if self._db.run(_DISABLE, name=name, at=to_text(now)).fetchone() is None:
                raise NotFound(f"pengguna {name} tidak ada atau sudah dinonaktifkan")
            self._journal.append(now, "user.disabled", CLI, data={"user": name})
            self._sessions.end_all(now, name, CLI)

    def change_role(self, now: datetime, name: str, role: str, contact: str | None) -> None:
        """Make a user of the command centre the bupati, or back; the user's sessions end. NotFound for any other."""
        with self._db.ensured_write():
            if self._db.run(_ROLE, name=name, role=role, contact=contact).fetchone() is None:
                raise NotFound(f"pengguna {name} tidak ada, dinonaktifkan, atau bukan command atau bupati")
            self._journal.append(now, "user.role", CLI, data={"user": name, "role": role, "contact": contact})
            self._sessions.end_all(now, name, CLI)

    def user(self, name: str) -> Row | None:
        """One user with its password hash, or None."""
        return self._db.one(_USER, name=name)

    def users(self) -> list[Row]:
        """All users, without hashes."""
        return self._db.all(_LIST)

    def operators(self) -> list[Row]:
        """Enabled operators: `name`, `display`."""
        return self._db.all(_OPERATORS)

    def supervisors(self) -> list[Row]:
        """Enabled users of the command centre, who may have a phone to listen with: `name`, `display`."""
        return self._db.all(_SUPERVISORS)

    def set_presence(self, now: datetime, operator: str, wanted: str, live: str, call: str | None) -> None:
        """Save what an operator wants and is, as the calls process knows it; `since` moves when what it is changes."""
        with self._db.ensured_write():
            self._db.run(_PRESENCE, operator=operator, wanted=wanted, live=live, call=call, at=to_text(now))
            data = {"operator": operator, "wanted": wanted, "live": live}
            self._journal.append(now, "operator.presence", Actor("user", operator), call=call, data=data)

    def presences(self) -> list[Row]:
        """Presence of every operator ever seen; `since` is when each became what it is."""
        return self._db.all(_PRESENCES)

    def page_seen(
        self, now: datetime, page: str, user: str, role: str, opd: str | None, ticket: str | None = None
    ) -> None:
        """Note that an open page is there, and the ticket that is open in it."""
        with self._db.ensured_write():
            self._db.run(_PAGE, id=page, user=user, role=role, opd=opd, at=to_text(now), ticket=ticket)

    def opened(self, now: datetime) -> list[Row]:
        """The people who have a ticket open now: `ticket user display`, each once."""
        return self._db.all(_OPENED, fresh=to_text(now - timedelta(seconds=PAGE_FRESH_S)))

    def page_gone(self, now: datetime, page: str) -> None:
        """Remove a closed page, and pages not seen for long."""
        with self._db.ensured_write():
            self._db.run(_PAGE_GONE, id=page, stale=to_text(now - timedelta(seconds=PAGE_FRESH_S)))

    def pages_open(self, now: datetime, role: str, opd: str | None) -> int:
        """Number of pages of a role (and OPD) seen in the last 30 s."""
        fresh = to_text(now - timedelta(seconds=PAGE_FRESH_S))
        return int(self._db.run(_PAGES, role=role, opd=opd, fresh=fresh).fetchone()[0])

    def pages_above(self, now: datetime, contact: str) -> int:
        """Number of pages of a contact above the agencies: of its bupati where it has one, else of the command
        centre."""
        if self._db.one(_HOLDER, contact=contact) is None:
            return self.pages_open(now, "command", None)
        fresh = to_text(now - timedelta(seconds=PAGE_FRESH_S))
        return int(self._db.run(_PAGES_OF, contact=contact, fresh=fresh).fetchone()[0])

    def desks_open(self, now: datetime, operator: str | None = None) -> tuple[int, int]:
        """Numbers of operators' pages seen in the last 30 s, of one of them or of all: those that sound a tone, and
        those that keep quiet while their operator is rung or talks."""
        fresh = to_text(now - timedelta(seconds=PAGE_FRESH_S))
        free, busy = self._db.run(_DESKS, name=operator, fresh=fresh).fetchone()
        return int(free), int(busy)

    def beat(self, now: datetime, process: str, pid: int, data: dict[str, object] | None = None) -> None:
        """Keep a process's heartbeat, without a journal row, which would drown the rest."""
        with self._db.ensured_write():
            self._db.run(_BEAT, process=process, pid=pid, at=to_text(now), data=json.dumps(data or {}))

    def beats(self) -> list[Row]:
        """The last heartbeat of each process."""
        return [row | {"data": json.loads(row["data"])} for row in self._db.all(_BEATS)]
