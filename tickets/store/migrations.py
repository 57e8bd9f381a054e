"""The schema, step by step; a step that has landed is never edited, a change is a new step.

Steps stand in the order of their numbers, and each under the release that brought it. There is no 0008: no step of
that number ever landed, and it is not given now. A store keeps the names of the steps that it has, so that it does not
matter to it in which order they were merged.
"""

from typing import Any

from sqlite_utils.migrations import Migrations

migrations = Migrations("tanggap112")


def _statements(script: str) -> list[str]:
    return [part.strip() for part in script.split(";") if part.strip()]


# -- 0.1.0 -------------------------------------------------------------------------------------------------------------

_FIRST = """
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    call TEXT,
    ticket TEXT,
    actor TEXT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data))
) STRICT;
CREATE INDEX journal_ticket ON journal(ticket) WHERE ticket IS NOT NULL;
CREATE INDEX journal_call ON journal(call) WHERE call IS NOT NULL;

CREATE TABLE counters (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    number TEXT,
    display TEXT NOT NULL,
    anonymous INTEGER NOT NULL,
    callable INTEGER NOT NULL,
    dialled TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    answered_at TEXT,
    waiting_at TEXT,
    ringing_at TEXT,
    talking_at TEXT,
    talk_ended_at TEXT,
    ended_at TEXT,
    stage TEXT NOT NULL,
    lane TEXT,
    mark TEXT,
    outcome TEXT,
    keys TEXT NOT NULL DEFAULT '',
    operator TEXT,
    ticket TEXT NOT NULL,
    recording TEXT,
    handled_by TEXT NOT NULL,
    location TEXT,
    state TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(state))
) STRICT;
CREATE INDEX calls_live ON calls(arrived_at) WHERE ended_at IS NULL;
CREATE INDEX calls_number ON calls(number) WHERE number IS NOT NULL;
CREATE INDEX calls_arrived ON calls(arrived_at);

CREATE TABLE tickets (
    number TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT,
    status TEXT NOT NULL,
    call TEXT REFERENCES calls(id) DEFERRABLE INITIALLY DEFERRED,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    kecamatan TEXT,
    desa TEXT,
    address TEXT,
    description TEXT,
    reporter_name TEXT,
    reporter_number TEXT,
    operator TEXT,
    closed_at TEXT
) STRICT;
CREATE INDEX tickets_created ON tickets(created_at);
CREATE INDEX tickets_open ON tickets(created_at) WHERE status IN ('open', 'dispatched');

CREATE TABLE assignments (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets(number),
    opd TEXT NOT NULL,
    state TEXT NOT NULL,
    dispatched_at TEXT NOT NULL,
    dispatched_by TEXT NOT NULL,
    follow_up_s REAL NOT NULL,
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    via TEXT,
    updated_at TEXT NOT NULL,
    ended_at TEXT,
    note TEXT
) STRICT;
CREATE UNIQUE INDEX assignments_once ON assignments(ticket, opd) WHERE ended_at IS NULL;
CREATE INDEX assignments_open ON assignments(opd) WHERE ended_at IS NULL;
CREATE INDEX assignments_ticket ON assignments(ticket);

CREATE TABLE pushes (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    phase TEXT NOT NULL,
    step INTEGER NOT NULL,
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    due_at TEXT NOT NULL,
    every_s REAL NOT NULL CHECK (every_s > 0),
    attempts INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    claimed_by TEXT,
    lease_until TEXT,
    done_at TEXT
) STRICT;
CREATE INDEX pushes_due ON pushes(due_at) WHERE done_at IS NULL;
CREATE INDEX pushes_assignment ON pushes(assignment);

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    push INTEGER NOT NULL REFERENCES pushes(id),
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    ok INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_assignment ON attempts(assignment);

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    kind TEXT NOT NULL CHECK (kind IN ('photo', 'link')),
    value TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL
) STRICT;
CREATE INDEX attachments_assignment ON attachments(assignment);

CREATE TABLE callbacks (
    id INTEGER PRIMARY KEY,
    call TEXT NOT NULL REFERENCES calls(id),
    ticket TEXT NOT NULL REFERENCES tickets(number),
    number TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    done_at TEXT,
    done_by TEXT
) STRICT;
CREATE INDEX callbacks_open ON callbacks(created_at) WHERE done_at IS NULL;

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    display TEXT NOT NULL,
    role TEXT NOT NULL,
    opd TEXT,
    password_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    disabled_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users(name),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE presence (
    operator TEXT PRIMARY KEY,
    wanted TEXT NOT NULL,
    live TEXT NOT NULL,
    call TEXT,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    opd TEXT,
    seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE heartbeats (
    process TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    at TEXT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data))
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0001-first")
def _first(db: Any) -> None:
    # one by one: executescript would commit the migration's own transaction
    for statement in _statements(_FIRST):
        db.execute(statement)


_PUSH_FAILURES = """
ALTER TABLE pushes ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
CREATE INDEX pushes_claimed ON pushes(claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX attempts_contact ON attempts(contact, channel, started_at);
"""


@migrations(name="0002-push-failures")
def _push_failures(db: Any) -> None:
    for statement in _statements(_PUSH_FAILURES):
        db.execute(statement)


_VERDICTS = """
ALTER TABLE calls ADD COLUMN trunk TEXT;
ALTER TABLE calls ADD COLUMN doubt TEXT;
ALTER TABLE calls ADD COLUMN sampled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN lasted_s REAL
    GENERATED ALWAYS AS ((julianday(ended_at) - julianday(arrived_at)) * 86400.0) VIRTUAL;
DROP INDEX calls_number;
CREATE INDEX calls_number ON calls(number, arrived_at, lasted_s) WHERE number IS NOT NULL;
CREATE INDEX calls_trunk ON calls(trunk, arrived_at, lasted_s) WHERE trunk IS NOT NULL;

CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets(number),
    call TEXT REFERENCES calls(id),
    number TEXT,
    hash TEXT,
    key TEXT,
    verdict TEXT NOT NULL CHECK (verdict IN ('genuine', 'prank', 'information', 'silent')),
    called_at TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT,
    replaces INTEGER REFERENCES verdicts(id),
    replaced_at TEXT
) STRICT;
CREATE UNIQUE INDEX verdicts_present ON verdicts(ticket) WHERE replaced_at IS NULL;
CREATE INDEX verdicts_ticket ON verdicts(ticket);
CREATE INDEX verdicts_hash ON verdicts(hash, called_at, verdict) WHERE replaced_at IS NULL AND hash IS NOT NULL;
CREATE INDEX verdicts_number ON verdicts(number) WHERE number IS NOT NULL;
"""


@migrations(name="0003-verdicts")
def _verdicts(db: Any) -> None:
    for statement in _statements(_VERDICTS):
        db.execute(statement)


_LISTENERS = """
CREATE TABLE listeners (
    leg TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    call TEXT NOT NULL REFERENCES calls(id),
    mode TEXT NOT NULL,
    since TEXT NOT NULL,
    heard_at TEXT
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0004-listeners")
def _listeners(db: Any) -> None:
    for statement in _statements(_LISTENERS):
        db.execute(statement)


_CALLBACK_TRIES = """
CREATE TABLE callback_tries (
    id INTEGER PRIMARY KEY,
    task INTEGER NOT NULL REFERENCES callbacks(id),
    operator TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('trunk', 'hand')),
    started_at TEXT NOT NULL,
    talked_at TEXT,
    ended_at TEXT,
    outcome TEXT,
    note TEXT,
    recording TEXT
) STRICT;
CREATE INDEX callback_tries_task ON callback_tries(task);
CREATE INDEX callback_tries_live ON callback_tries(started_at) WHERE ended_at IS NULL;
CREATE INDEX callbacks_number ON callbacks(number) WHERE done_at IS NULL;
"""


@migrations(name="0005-callback-tries")
def _callback_tries(db: Any) -> None:
    for statement in _statements(_CALLBACK_TRIES):
        db.execute(statement)


_SPILLS = """
CREATE TABLE spills (file TEXT PRIMARY KEY, applied INTEGER NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


@migrations(name="0006-spills")
def _spills(db: Any) -> None:
    for statement in _statements(_SPILLS):
        db.execute(statement)


_SECURITY = """
ALTER TABLE tickets ADD COLUMN held_at TEXT;
ALTER TABLE tickets ADD COLUMN held_by TEXT;
ALTER TABLE tickets ADD COLUMN hold_reason TEXT;
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN client TEXT;
ALTER TABLE sessions ADD COLUMN renewed_at TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN former_hash TEXT;
ALTER TABLE sessions ADD COLUMN former_until TEXT;
UPDATE sessions SET id = token_hash, renewed_at = created_at;
CREATE UNIQUE INDEX sessions_id ON sessions(id);
CREATE INDEX sessions_former ON sessions(former_hash) WHERE former_hash IS NOT NULL;
CREATE INDEX sessions_user ON sessions(user);
CREATE TABLE links (
    nonce TEXT PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    contact TEXT NOT NULL,
    purpose TEXT NOT NULL,
    used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0007-holds-sessions-links")
def _security(db: Any) -> None:
    for statement in _statements(_SECURITY):
        db.execute(statement)


_LADDERS = """
ALTER TABLE pushes ADD COLUMN first_due_at TEXT;
UPDATE pushes SET first_due_at = coalesce((SELECT min(started_at) FROM attempts t WHERE t.push = pushes.id), due_at);
CREATE TABLE absences (
    contact TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0009-ladders-absences")
def _ladders(db: Any) -> None:
    for statement in _statements(_LADDERS):
        db.execute(statement)


_MERGES = """
CREATE TABLE merges (
    ticket TEXT PRIMARY KEY REFERENCES tickets(number),
    master TEXT NOT NULL REFERENCES tickets(number),
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX merges_master ON merges(master);
CREATE TABLE merged_assignments (
    ticket TEXT NOT NULL REFERENCES tickets(number),
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    ended INTEGER NOT NULL,
    PRIMARY KEY (ticket, assignment)
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0010-merges")
def _merges(db: Any) -> None:
    for statement in _statements(_MERGES):
        db.execute(statement)


_LINK_DEVICES = """
ALTER TABLE links ADD COLUMN device TEXT;
CREATE INDEX links_assignment ON links(assignment);
"""


@migrations(name="0011-link-devices")
def _link_devices(db: Any) -> None:
    for statement in _statements(_LINK_DEVICES):
        db.execute(statement)


_AGENCY_APP = """
CREATE TABLE replies (
    key TEXT NOT NULL,
    user TEXT NOT NULL,
    request TEXT NOT NULL,
    at TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (user, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_at ON replies(at);
ALTER TABLE attachments ADD COLUMN taken_at TEXT;
ALTER TABLE attachments ADD COLUMN lat REAL;
ALTER TABLE attachments ADD COLUMN lon REAL;
"""


@migrations(name="0012-agency-app")
def _agency_app(db: Any) -> None:
    for statement in _statements(_AGENCY_APP):
        db.execute(statement)


_COMPLAINTS = """
CREATE TABLE complaints (
    ticket TEXT PRIMARY KEY REFERENCES tickets(number),
    tracking TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('masuk', 'diteruskan', 'dijawab', 'selesai', 'ditolak', 'darurat')),
    source TEXT NOT NULL CHECK (source IN ('112', 'sosial')),
    link TEXT,
    filed_at TEXT NOT NULL,
    filed_by TEXT NOT NULL,
    passed_at TEXT,
    answered_at TEXT,
    ended_at TEXT,
    moved_at TEXT NOT NULL,
    moved_by TEXT NOT NULL,
    text TEXT,
    told TEXT,
    theirs TEXT,
    alarmed_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX complaints_open ON complaints(filed_at) WHERE ended_at IS NULL;
CREATE INDEX complaints_ended ON complaints(ended_at) WHERE ended_at IS NOT NULL;
"""


@migrations(name="0013-complaints")
def _complaints(db: Any) -> None:
    for statement in _statements(_COMPLAINTS):
        db.execute(statement)


_WADUL_OUTBOX = """
CREATE TABLE wadul_outbox (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES complaints(ticket),
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    claimed_by TEXT,
    lease_until TEXT,
    sent_at TEXT,
    dead_at TEXT
) STRICT;
CREATE INDEX wadul_outbox_waiting ON wadul_outbox(ticket, id) WHERE sent_at IS NULL;
CREATE INDEX wadul_outbox_due ON wadul_outbox(due_at) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE TABLE wadul_received (signature TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


@migrations(name="0014-wadul-outbox")
def _wadul_outbox(db: Any) -> None:
    for statement in _statements(_WADUL_OUTBOX):
        db.execute(statement)


_TEST_PUSHES = """
CREATE TABLE test_pushes (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    contact TEXT NOT NULL,
    opd TEXT,
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'placeholder', 'away')),
    detail TEXT,
    due_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed_by TEXT,
    lease_until TEXT,
    tried_at TEXT,
    answer_until TEXT,
    answered_at TEXT,
    answered_by TEXT
) STRICT;
CREATE INDEX test_pushes_run ON test_pushes(run);
CREATE INDEX test_pushes_waiting ON test_pushes(due_at) WHERE state = 'waiting';
CREATE INDEX test_pushes_page ON test_pushes(answer_until) WHERE channel = 'page';
"""


@migrations(name="0015-test-pushes")
def _test_pushes(db: Any) -> None:
    for statement in _statements(_TEST_PUSHES):
        db.execute(statement)


_WEB_PUSH = """
CREATE TABLE push_devices (
    session TEXT PRIMARY KEY REFERENCES sessions(id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    server_key TEXT NOT NULL,
    added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0016-webpush")
def _web_push(db: Any) -> None:
    for statement in _statements(_WEB_PUSH):
        db.execute(statement)


# -- after 0.1.0 -------------------------------------------------------------------------------------------------------

# Indexes of open or requested rows only, so that a page costs the same however old the store is.
_OPEN_ONLY = """
CREATE INDEX pushes_troubled ON pushes(id) WHERE done_at IS NULL AND last_error IS NOT NULL;
CREATE INDEX pushes_escalated ON pushes(contact, assignment)
    WHERE done_at IS NULL AND channel = 'page' AND attempts > 0;
CREATE INDEX assignments_ended ON assignments(ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX callbacks_ticket ON callbacks(ticket);
CREATE INDEX attachments_value ON attachments(value);
CREATE INDEX verdicts_of_hash ON verdicts(hash) WHERE hash IS NOT NULL;
"""


@migrations(name="0017-open-only-indexes")
def _open_only(db: Any) -> None:
    for statement in _statements(_OPEN_ONLY):
        db.execute(statement)


# Indexes for the reads that pages repeat at each change: each holds only what is under way. The last two keep a
# ticket's own story apart from its thousands of pushes, and an agency's last hours apart from its years.
_PAGES = """
CREATE INDEX tickets_unsent ON tickets(number) WHERE status = 'open';
CREATE INDEX tickets_sent ON tickets(number) WHERE status = 'dispatched';
CREATE INDEX assignments_unanswered ON assignments(ticket, dispatched_at)
    WHERE ended_at IS NULL AND acknowledged_at IS NULL;
CREATE INDEX assignments_declined ON assignments(ticket) WHERE state = 'ditolak';
CREATE INDEX assignments_ended_at_opd ON assignments(opd, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX journal_told ON journal(ticket) WHERE ticket IS NOT NULL AND (kind < 'push.' OR kind >= 'push/');
"""


@migrations(name="0018-pages")
def _pages(db: Any) -> None:
    for statement in _statements(_PAGES):
        db.execute(statement)


# The newest row of a kind without a walk through the journal. Pushes are the mass of the rows, and nobody asks for the
# newest of them.
_JOURNAL_KINDS = """
CREATE INDEX journal_kind ON journal(kind) WHERE kind < 'push.' OR kind >= 'push/';
"""


@migrations(name="0019-journal-kinds")
def _journal_kinds(db: Any) -> None:
    for statement in _statements(_JOURNAL_KINDS):
        db.execute(statement)


# Emergencies that nobody has sent. An episode lasts from the talk, the edit or the return that left the ticket without
# an agency until it is sent or a person says why not; its steps are pushed meanwhile. `unsent_signs` holds what of the
# configuration decides in the transaction of a change: categories of emergencies, and words.
_UNSENT = """
CREATE TABLE unsent_episodes (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets(number),
    sign TEXT NOT NULL,
    weight INTEGER NOT NULL,
    since TEXT NOT NULL,
    edited_at TEXT,
    opened_at TEXT NOT NULL,
    begun_at TEXT,
    ended_at TEXT,
    reason TEXT,
    ended_by TEXT
) STRICT;
CREATE UNIQUE INDEX unsent_open ON unsent_episodes(ticket) WHERE ended_at IS NULL;
CREATE INDEX unsent_order ON unsent_episodes(weight, since, id) WHERE ended_at IS NULL;
CREATE INDEX unsent_ended ON unsent_episodes(ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX unsent_of_ticket ON unsent_episodes(ticket);
CREATE TABLE unsent_steps (
    id INTEGER PRIMARY KEY,
    episode INTEGER NOT NULL REFERENCES unsent_episodes(id),
    step INTEGER NOT NULL,
    audience TEXT NOT NULL,
    every_s REAL NOT NULL,
    first_due_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    done_at TEXT
) STRICT;
CREATE INDEX unsent_steps_open ON unsent_steps(due_at) WHERE done_at IS NULL;
CREATE INDEX unsent_steps_turn ON unsent_steps(episode, step) WHERE done_at IS NULL;
CREATE INDEX unsent_steps_episode ON unsent_steps(episode);
CREATE TABLE unsent_pushes (
    id INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES unsent_steps(id),
    at TEXT NOT NULL,
    pages INTEGER NOT NULL
) STRICT;
CREATE INDEX unsent_pushes_step ON unsent_pushes(step);
CREATE TABLE unsent_signs (
    kind TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (kind, word)
) STRICT, WITHOUT ROWID;
"""


@migrations(name="0020-unsent")
def _unsent(db: Any) -> None:
    for statement in _statements(_UNSENT):
        db.execute(statement)


# Changes of a ticket after its dispatch, one row for each assignment and field, until somebody of the agency has read
# it. `revision` counts its values, `pushed` is one that was seen and taken back; `since` begins a burst of edits,
# `due_at` ends it; a push was `planned` for it, and has `taken` it.
_AMENDMENTS = """
CREATE TABLE amendments (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    field TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    before TEXT,
    after TEXT,
    shown INTEGER NOT NULL DEFAULT 0,
    pushed TEXT,
    revision INTEGER NOT NULL DEFAULT 1,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    since TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    planned INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0,
    read_at TEXT,
    read_by TEXT,
    read_via TEXT
) STRICT;
CREATE INDEX amendments_of ON amendments(assignment);
CREATE INDEX amendments_about ON amendments(about) WHERE about <> '';
CREATE UNIQUE INDEX amendments_unread ON amendments(assignment, field, about) WHERE read_at IS NULL;
CREATE INDEX amendments_unplanned ON amendments(assignment) WHERE planned = 0 AND read_at IS NULL;
"""


@migrations(name="0021-amendments")
def _amendments(db: Any) -> None:
    for statement in _statements(_AMENDMENTS):
        db.execute(statement)


# The last author of each field of a ticket, so that a save over another person's words is noticed; which ticket a page
# has open; and on the ticket: how often it was changed, and how often personal data were erased from it.
_FIELD_EDITS = """
CREATE TABLE field_edits (
    ticket TEXT NOT NULL REFERENCES tickets(number),
    field TEXT NOT NULL,
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    draft TEXT,
    turn INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ticket, field)
) STRICT, WITHOUT ROWID;
ALTER TABLE tickets ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN ticket TEXT;
CREATE INDEX pages_ticket ON pages(ticket) WHERE ticket IS NOT NULL;
"""


@migrations(name="0022-field-edits")
def _field_edits(db: Any) -> None:
    for statement in _statements(_FIELD_EDITS):
        db.execute(statement)


# Steps of agencies that were taken back within seconds. While such an answer stood, nobody had to be pushed.
_UNDONE_STEPS = """
CREATE TABLE undone_steps (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    state TEXT NOT NULL,
    answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
    stood_from TEXT NOT NULL,
    stood_until TEXT NOT NULL,
    undone_by TEXT NOT NULL
) STRICT;
CREATE INDEX undone_steps_assignment ON undone_steps(assignment);
"""


@migrations(name="0023-undone-steps")
def _undone_steps(db: Any) -> None:
    for statement in _statements(_UNDONE_STEPS):
        db.execute(statement)


# «Saya tahu, saya tangani» of a contact above an agency: quiet for that contact alone, for some minutes. An assignment
# that was handed on has its ticket's age. Pushes tell by which clock they were planned. A task that came back to 112
# waits for an operator, whoever else has the ticket.
_ABOVE = """
CREATE TABLE snoozes (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    contact TEXT NOT NULL,
    actor TEXT NOT NULL,
    via TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
) STRICT;
CREATE INDEX snoozes_ends ON snoozes(ends_at);
CREATE INDEX snoozes_assignment ON snoozes(assignment);
ALTER TABLE assignments ADD COLUMN unanswered_since TEXT;
ALTER TABLE assignments ADD COLUMN handed_on INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assignments ADD COLUMN returned_at TEXT;
CREATE INDEX assignments_returned ON assignments(ticket) WHERE returned_at IS NOT NULL;
ALTER TABLE pushes ADD COLUMN planned_at TEXT;
ALTER TABLE users ADD COLUMN contact TEXT;
"""


@migrations(name="0024-above")
def _above(db: Any) -> None:
    for statement in _statements(_ABOVE):
        db.execute(statement)


# The index of words, empty: what the store holds is taken up beside the running line (tickets/store/search). The step
# was changed once before its first release: it built eight indexes over all calls and tickets, under the lock that an
# arriving call needs, for a minute where there are a million of them. 0031 has them in tables that fill in slices.
_SEARCH = """
CREATE TABLE search_words (
    id INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE,
    root TEXT NOT NULL,
    sound TEXT NOT NULL,
    reports INTEGER NOT NULL
) STRICT;
CREATE INDEX search_words_root ON search_words(root);
CREATE INDEX search_words_sound ON search_words(sound);
CREATE TABLE search_postings (
    word INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    PRIMARY KEY (word, ticket)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    older_than TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL
) STRICT;
INSERT INTO search_progress (id, older_than, total, done) SELECT 1, coalesce(max(number) || '~', ''), 0, 0 FROM tickets;
"""


@migrations(name="0025-search")
def _search(db: Any) -> None:
    for statement in _statements(_SEARCH):
        db.execute(statement)


# All that the network sent of a caller (JSON), and the mark of a telephone without a SIM card.
_IDENTITY = """
ALTER TABLE calls ADD COLUMN identity TEXT;
ALTER TABLE calls ADD COLUMN device TEXT;
CREATE INDEX calls_device ON calls(device, arrived_at) WHERE device IS NOT NULL;
"""


@migrations(name="0027-identity")
def _identity(db: Any) -> None:
    for statement in _statements(_IDENTITY):
        db.execute(statement)


# Calls that Asterisk itself refused, counted by hour; `trunk` is empty for strangers.
_REFUSED_CALLS = """
CREATE TABLE refused_calls (
    id INTEGER PRIMARY KEY,
    hour TEXT NOT NULL,
    trunk TEXT NOT NULL,
    far_end TEXT NOT NULL,
    reason TEXT NOT NULL,
    status INTEGER NOT NULL,
    dialled TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times INTEGER NOT NULL,
    UNIQUE (hour, trunk, far_end, reason)
) STRICT;
CREATE INDEX refused_calls_last ON refused_calls(last_at);
"""


@migrations(name="0028-refused-calls")
def _refused_calls(db: Any) -> None:
    for statement in _statements(_REFUSED_CALLS):
        db.execute(statement)


# Hand-overs of shifts. What was open is kept as it was when who goes signed it.
_HANDOVERS = """
CREATE TABLE handovers (
    id INTEGER PRIMARY KEY,
    offered_at TEXT NOT NULL,
    going TEXT NOT NULL,
    coming TEXT,
    taken_at TEXT,
    replaced_by INTEGER REFERENCES handovers(id),
    note TEXT,
    shift TEXT NOT NULL
) STRICT;
CREATE INDEX handovers_waiting ON handovers(id) WHERE taken_at IS NULL AND replaced_by IS NULL;
CREATE INDEX handovers_noted ON handovers(offered_at) WHERE note IS NOT NULL;
"""


@migrations(name="0029-handovers")
def _handovers(db: Any) -> None:
    for statement in _statements(_HANDOVERS):
        db.execute(statement)


# The contacts that an unsent emergency is taken to over channels: what each step has, each attempt, and for how long
# somebody is left alone who said that it is known. Of a change that was read out by radio: to whom.
_UNSENT_CHANNELS = """
CREATE TABLE unsent_targets (
    id INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES unsent_steps(id),
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    every_s REAL NOT NULL,
    first_due_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    claimed_by TEXT,
    lease_until TEXT,
    done_at TEXT
) STRICT;
CREATE INDEX unsent_targets_due ON unsent_targets(due_at) WHERE done_at IS NULL;
CREATE INDEX unsent_targets_step ON unsent_targets(step);
CREATE TABLE unsent_attempts (
    id INTEGER PRIMARY KEY,
    target INTEGER NOT NULL REFERENCES unsent_targets(id),
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    ok INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX unsent_attempts_target ON unsent_attempts(target);
CREATE INDEX unsent_attempts_way ON unsent_attempts(contact, channel, started_at);
CREATE TABLE unsent_known (
    id INTEGER PRIMARY KEY,
    episode INTEGER NOT NULL REFERENCES unsent_episodes(id),
    contact TEXT NOT NULL,
    via TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
) STRICT;
CREATE INDEX unsent_known_episode ON unsent_known(episode);
ALTER TABLE amendments ADD COLUMN read_to TEXT;
"""


@migrations(name="0030-unsent-channels")
def _unsent_channels(db: Any) -> None:
    for statement in _statements(_UNSENT_CHANNELS):
        db.execute(statement)


# The facts of a search in narrow tables of its own, each with the ticket's number last, so that they are walked from
# the newest ticket on. They are empty at first: what the store holds is taken up in slices beside the running line, and
# triggers keep them, in the transaction of whatever writes. Words have the text that they stand in: '' for the report,
# an agency for its notes, '-' for those of the staff.
_SEARCH_FACTS = """
DROP INDEX IF EXISTS tickets_category;
DROP INDEX IF EXISTS tickets_kecamatan;
DROP INDEX IF EXISTS tickets_operator;
DROP INDEX IF EXISTS tickets_typed_number;
DROP INDEX IF EXISTS calls_last_digits;
DROP INDEX IF EXISTS calls_operator;
DROP INDEX IF EXISTS calls_outcome;
DROP INDEX IF EXISTS assignments_opd;
DROP TABLE search_postings;
DELETE FROM search_words;
CREATE TABLE search_postings (
    word INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (word, ticket, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_facts (
    ticket TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    status TEXT NOT NULL,
    category TEXT,
    kecamatan TEXT,
    operator TEXT,
    talked_with TEXT,
    outcome TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX search_facts_category ON search_facts(category, ticket) WHERE category IS NOT NULL;
CREATE INDEX search_facts_kecamatan ON search_facts(kecamatan, ticket) WHERE kecamatan IS NOT NULL;
CREATE INDEX search_facts_operator ON search_facts(operator, ticket) WHERE operator IS NOT NULL;
CREATE INDEX search_facts_talked_with ON search_facts(talked_with, ticket) WHERE talked_with IS NOT NULL;
CREATE INDEX search_facts_outcome ON search_facts(outcome, ticket) WHERE outcome IS NOT NULL;
CREATE TABLE search_numbers (
    tail TEXT NOT NULL,
    ticket TEXT NOT NULL,
    call TEXT NOT NULL,
    number TEXT NOT NULL,
    PRIMARY KEY (tail, ticket, call)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_agencies (
    opd TEXT NOT NULL,
    ticket TEXT NOT NULL,
    PRIMARY KEY (opd, ticket)
) STRICT, WITHOUT ROWID;
DROP TABLE search_progress;
CREATE TABLE search_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    older_than TEXT NOT NULL,
    calls_until TEXT NOT NULL,
    call TEXT NOT NULL,
    total INTEGER,
    done INTEGER NOT NULL
) STRICT;
INSERT INTO search_progress (id, older_than, calls_until, call, done)
    SELECT 1, coalesce((SELECT max(number) || '~' FROM tickets), ''),
    coalesce((SELECT max(arrived_at) FROM calls), ''), '~', 0;
"""
_FACTS_OF = """INSERT INTO search_facts
    (ticket, created_at, status, category, kecamatan, operator, talked_with, outcome)
    SELECT t.number, t.created_at, t.status, t.category, t.kecamatan, t.operator, c.operator, c.outcome
    FROM tickets t LEFT JOIN calls c ON c.id = t.call WHERE t.number = {ticket}
    ON CONFLICT (ticket) DO UPDATE SET status = excluded.status, category = excluded.category,
    kecamatan = excluded.kecamatan, operator = excluded.operator, talked_with = excluded.talked_with,
    outcome = excluded.outcome;"""
_TYPED_NUMBER = "replace(replace({row}.reporter_number, '-', ''), ' ', '')"
_LAST_FOUR = "substr({number}, length({number}) - 3)"


def _number_of(row: str, ticket: str, call: str, number: str) -> tuple[str, str]:
    """The statements of a trigger that add the number of a row, and that take it away."""
    tail = _LAST_FOUR.format(number=number)
    add = f"""INSERT INTO search_numbers (tail, ticket, call, number)
        SELECT {tail}, {row}.{ticket}, {call}, {number} WHERE {number} IS NOT NULL ON CONFLICT DO NOTHING;"""
    take = f"DELETE FROM search_numbers WHERE tail = {tail} AND ticket = {row}.{ticket} AND call = {call};"
    return add, take


def _search_triggers() -> dict[str, str]:
    """The triggers of the facts: their names and the rest of the statement."""
    called, _ = _number_of("NEW", "ticket", "NEW.id", "NEW.number")
    _, uncalled = _number_of("OLD", "ticket", "OLD.id", "OLD.number")
    typed, _ = _number_of("NEW", "number", "''", _TYPED_NUMBER.format(row="NEW"))
    _, untyped = _number_of("OLD", "number", "''", _TYPED_NUMBER.format(row="OLD"))
    of_ticket, of_call = _FACTS_OF.format(ticket="NEW.number"), _FACTS_OF.format(ticket="NEW.ticket")
    moved = "NEW.operator IS NOT OLD.operator OR NEW.outcome IS NOT OLD.outcome"
    sent = "INSERT INTO search_agencies (opd, ticket) VALUES (NEW.opd, NEW.ticket) ON CONFLICT DO NOTHING;"
    unsent = """DELETE FROM search_agencies WHERE opd = OLD.opd AND ticket = OLD.ticket AND NOT EXISTS
        (SELECT 1 FROM assignments a WHERE a.ticket = OLD.ticket AND a.opd = OLD.opd);"""
    return {
        "search_ticket_made": f"AFTER INSERT ON tickets BEGIN {of_ticket} {typed} END",
        "search_ticket_changed": "AFTER UPDATE OF status, category, kecamatan, operator, call ON tickets "
        f"BEGIN {of_ticket} END",
        "search_ticket_number": "AFTER UPDATE OF reporter_number ON tickets "
        f"WHEN NEW.reporter_number IS NOT OLD.reporter_number BEGIN {untyped} {typed} END",
        "search_call_made": f"AFTER INSERT ON calls WHEN NEW.number IS NOT NULL BEGIN {called} END",
        "search_call_known": "AFTER INSERT ON calls WHEN NEW.operator IS NOT NULL OR NEW.outcome IS NOT NULL "
        f"BEGIN {of_call} END",
        "search_call_changed": f"AFTER UPDATE OF operator, outcome ON calls WHEN {moved} BEGIN {of_call} END",
        "search_call_number": "AFTER UPDATE OF number ON calls WHEN NEW.number IS NOT OLD.number "
        f"BEGIN {uncalled} {called} END",
        "search_sent": f"AFTER INSERT ON assignments BEGIN {sent} END",
        "search_sent_on": f"AFTER UPDATE OF ticket ON assignments BEGIN {sent} {unsent} END",
    }


@migrations(name="0031-search-facts")
def _search_facts(db: Any) -> None:
    for statement in _statements(_SEARCH_FACTS):
        db.execute(statement)
    for name, rest in _search_triggers().items():
        db.execute(f"CREATE TRIGGER {name} {rest}")


# Questions of those above the agencies about a task that waits; `title` is the name under which they ask.
_NUDGES = """
CREATE TABLE nudges (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    title TEXT NOT NULL
) STRICT;
CREATE INDEX nudges_assignment ON nudges(assignment, at);
CREATE INDEX nudges_at ON nudges(at);
"""


@migrations(name="0032-nudges")
def _nudges(db: Any) -> None:
    for statement in _statements(_NUDGES):
        db.execute(statement)


# Trunks that do not serve as they should, one row for each: what the wall shows.
_TRUNK_TROUBLES = """
CREATE TABLE trunk_troubles (
    trunk TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('silent', 'partly', 'unregistered', 'full')),
    sentence TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT;
"""


@migrations(name="0035-trunk-troubles")
def _trunk_troubles(db: Any) -> None:
    for statement in _statements(_TRUNK_TROUBLES):
        db.execute(statement)


# Where somebody or something says that an incident is; one row for each time, which stays. `kecamatan` and `desa` are
# those by which it was looked up.
_POSITIONS = """
CREATE TABLE positions (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets(number),
    kind TEXT NOT NULL CHECK (kind IN ('point', 'landmark', 'network', 'desa')),
    lat REAL NOT NULL,
    lon REAL NOT NULL,
    radius_m REAL,
    source TEXT NOT NULL,
    note TEXT,
    kecamatan TEXT,
    desa TEXT,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT
) STRICT;
CREATE INDEX positions_ticket ON positions(ticket, id);
"""


@migrations(name="0036-positions")
def _positions(db: Any) -> None:
    for statement in _statements(_POSITIONS):
        db.execute(statement)


# The words of the index in the order of their letters, each with its count: those of one beginning lie side by side, a
# page of the file for a hundred of them instead of a page for each.
_WORDS_IN_ORDER = """
CREATE TABLE words_in_order (
    word TEXT PRIMARY KEY,
    id INTEGER NOT NULL,
    root TEXT NOT NULL,
    sound TEXT NOT NULL,
    reports INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO words_in_order (word, id, root, sound, reports) SELECT word, id, root, sound, reports FROM search_words
    ORDER BY word;
DROP TABLE search_words;
ALTER TABLE words_in_order RENAME TO search_words;
CREATE UNIQUE INDEX search_words_id ON search_words(id);
CREATE INDEX search_words_root ON search_words(root);
CREATE INDEX search_words_sound ON search_words(sound);
"""


@migrations(name="0037-words-in-order")
def _words_in_order(db: Any) -> None:
    for statement in _statements(_WORDS_IN_ORDER):
        db.execute(statement)
