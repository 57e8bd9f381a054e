"""Episodes in which a ticket shows an emergency and no agency works on it; each begins and ends in the transaction of
the change that causes it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tickets.escalation.unsent import SIGNS, URGENT_WORDS, UnsentTicket, shows_words, sign_of
from tickets.model import Actor, Row, from_text, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Reads what decides of one ticket: its call, its agencies, its links.
_FACTS = """SELECT t.number, t.kind, t.category, t.status, t.description, t.address, t.operator, t.call, t.updated_at,
    c.lane, c.outcome, c.ended_at AS call_ended_at, c.talk_ended_at,
    (SELECT count(*) FROM assignments a WHERE a.ticket = t.number AND a.ended_at IS NULL
        AND a.state <> 'ditolak') AS working,
    (SELECT count(*) FROM assignments a WHERE a.ticket = t.number AND a.returned_at IS NOT NULL) AS back,
    (SELECT count(*) FROM assignments a WHERE a.ticket = t.number
        AND a.state IN ('ditolak', 'bukan_wewenang', 'dibatalkan')) AS sent_back,
    (SELECT count(*) FROM merges m WHERE m.ticket = t.number) AS linked,
    (SELECT count(*) FROM merges m JOIN tickets x ON x.number = m.ticket
        WHERE m.master = t.number AND x.kind = 'emergency') AS joined,
    (SELECT count(*) FROM complaints k WHERE k.ticket = t.number) AS filed
    FROM tickets t LEFT JOIN calls c ON c.id = t.call WHERE t.number = :number"""
# Reads a ticket's last episode, open or ended.
_LAST = "SELECT * FROM unsent_episodes WHERE ticket = :ticket ORDER BY id DESC LIMIT 1"
# Opens an episode.
_OPEN = """INSERT INTO unsent_episodes (ticket, sign, weight, since, edited_at, opened_at)
    VALUES (:ticket, :sign, :weight, :since, :edited_at, :at)"""
# Notes an edit, which counts while the ladder has not begun, and the present sign.
_EDITED = """UPDATE unsent_episodes SET sign = :sign, weight = :weight,
    edited_at = CASE WHEN :edited AND begun_at IS NULL THEN :at ELSE edited_at END WHERE id = :id"""
# Ends an episode, once.
_END = """UPDATE unsent_episodes SET ended_at = :at, reason = :reason, ended_by = :by
    WHERE id = :id AND ended_at IS NULL"""
# Ends its pushes.
_QUIET = "UPDATE unsent_steps SET done_at = :at WHERE episode = :id AND done_at IS NULL"
# Ends those that go to a contact.
_QUIET_TARGETS = """UPDATE unsent_targets SET done_at = :at, lease_until = NULL WHERE done_at IS NULL
    AND step IN (SELECT id FROM unsent_steps WHERE episode = :id)"""
# Lists open tickets of a period, and those of which a task came back, for an episode that is missing.
_OPEN_TICKETS = """SELECT number FROM tickets WHERE status = 'open' AND created_at >= :since
    UNION SELECT ticket FROM assignments WHERE returned_at IS NOT NULL ORDER BY 1"""
# Reads the words, or the categories, that count as a sign.
_SIGNS = "SELECT word FROM unsent_signs WHERE kind = :kind ORDER BY word"
# Forgets them.
_FORGET_SIGNS = "DELETE FROM unsent_signs"
# Keeps one.
_SIGN = "INSERT INTO unsent_signs (kind, word) VALUES (:kind, :word)"

RETURNED = "returned"
# Kinds of journal rows after which a ticket is looked at; of a call its end alone.
_FOLLOWED = ("ticket.", "assignment.", "complaint.", "call.ended")
_SPOKEN = ("talked", "message")
# an end that is taken back within this time was none
TAKEN_BACK = timedelta(seconds=30)
# Reasons of an end by the journal row that brings it.
_REASONS = {
    "ticket.dispatched": "sent",
    "ticket.merged": "merged",
    "ticket.followed": "merged",
    "ticket.closed": "closed",
    "ticket.done": "done",
    "ticket.updated": "edited",
    "complaint.filed": "filed",
    "assignment.settled": "other",
}


class Episodes:
    """Follows the changes of tickets in the journal; at most one episode of a ticket is open."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal
        journal.of_tickets.append(self._follow)

    def _follow(self, now: datetime, kind: str, actor: object, ticket: str) -> None:
        by_call = isinstance(actor, Actor) and actor.kind == "call" and kind == "ticket.updated"
        if kind.startswith(_FOLLOWED) and not by_call:  # keys that the caller presses are no end of the call
            self.review(now, ticket, kind, actor)

    def review(self, now: datetime, ticket: str, kind: str, actor: object) -> None:
        """Open, keep or end the ticket's episode, as its present state wants it; `kind` is the change."""
        facts, last = self._db.one(_FACTS, number=ticket), self._db.one(_LAST, ticket=ticket)
        if facts is None or _is_live(facts):
            return
        sign, present = self._sign(facts), last if last and last["ended_at"] is None else None
        if sign is None:
            if present is not None:
                reason = _REASONS.get(kind, "accepted" if kind.startswith("assignment.") else "edited")
                self._end(now, present, reason, actor)
        elif present is None:
            self._open(now, facts, sign, kind, last)
        else:
            edited = kind == "ticket.updated"
            self._db.run(_EDITED, id=present["id"], at=to_text(now), edited=edited, **_weighed(sign))

    def decline(self, now: datetime, ticket: str, reason: str, actor: Actor) -> None:
        """End the ticket's episode for the reason that a person gives; nothing where none is open."""
        last = self._db.one(_LAST, ticket=ticket)
        if last is not None and last["ended_at"] is None:
            with self._db.ensured_write():
                self._end(now, last, reason, actor)

    def is_open(self, ticket: str) -> bool:
        """True while the ticket shows an emergency that nobody has sent."""
        last = self._db.one(_LAST, ticket=ticket)
        return last is not None and last["ended_at"] is None

    def sweep(self, now: datetime, since: datetime) -> None:
        """Look at every open ticket of a period: those of an earlier release, and after a change of the signs."""
        with self._db.ensured_write():
            for row in self._db.all(_OPEN_TICKETS, since=to_text(since)):
                self.review(now, row["number"], "sweep", Actor("process", "escalate"))

    def signs(self, kind: str) -> tuple[str, ...]:
        """The categories (`category`) or words (`word`) that count as a sign of an emergency."""
        return tuple(row["word"] for row in self._db.all(_SIGNS, kind=kind))

    def set_signs(self, categories: Collection[str], words: Collection[str]) -> bool:
        """Keep what the configuration says; False where it is kept already."""
        wanted = (tuple(sorted(set(categories))), tuple(sorted(set(words))))
        if (self.signs("category"), self.signs("word")) == wanted:
            return False
        with self._db.ensured_write():
            self._db.run(_FORGET_SIGNS)
            for kind, listed in zip(("category", "word"), wanted, strict=True):
                for word in listed:
                    self._db.run(_SIGN, kind=kind, word=word)
        return True

    def _sign(self, facts: Row) -> str | None:
        spoken = facts["call"] is None or facts["outcome"] in _SPOKEN or facts["operator"] is not None
        if facts["linked"] or facts["status"] not in ("open", "dispatched") or not spoken:
            return None
        if facts["working"]:  # whoever else has it: what an agency gave back has no taker
            return RETURNED if facts["back"] else None
        if facts["filed"] and facts["kind"] == "complaint":  # it has its inbox, its agencies and its own terms
            return None
        ticket = UnsentTicket(
            kind="emergency" if facts["joined"] else facts["kind"],
            lane=facts["lane"],
            urgent_category=facts["category"] is not None and facts["category"] in self.signs("category"),
            urgent_words=shows_words(self.signs("word") or URGENT_WORDS, facts["description"], facts["address"]),
            recorded_message=facts["outcome"] == "message",
            sent_back=bool(facts["sent_back"]),
        )
        return sign_of(ticket)

    def _open(self, now: datetime, facts: Row, sign: str, kind: str, last: Row | None) -> None:
        at = to_text(now)
        since, edited = at, at if kind == "ticket.updated" else None
        if kind == "call.ended" and facts["outcome"] != "message":
            since = edited = facts["talk_ended_at"] or at  # whoever talked writes now
        elif kind == "sweep":
            since = facts["updated_at"]
        elif last is not None and (last["reason"] == "edited" or now - from_text(last["ended_at"]) <= TAKEN_BACK):
            since, edited = last["since"], last["edited_at"]  # typed away and in again, or undone: no new beginning
        self._db.run(_OPEN, ticket=facts["number"], since=since, edited_at=edited, at=at, **_weighed(sign))

    def _end(self, now: datetime, episode: Row, reason: str, actor: object) -> None:
        self._db.run(_END, id=episode["id"], at=to_text(now), reason=reason, by=str(actor))
        self._db.run(_QUIET_TARGETS, id=episode["id"], at=to_text(now))
        self._db.run(_QUIET, id=episode["id"], at=to_text(now))
        if episode["begun_at"] is not None:
            data = {"episode": episode["id"], "reason": reason}
            self._journal.append(now, "unsent.ended", actor, ticket=episode["ticket"], data=data)


def _is_live(facts: Row) -> bool:
    return facts["call"] is not None and facts["call_ended_at"] is None


def _weighed(sign: str) -> Row:
    return {"sign": sign, "weight": SIGNS.index(sign)}
