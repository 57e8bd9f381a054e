"""The routes and the roles that may use each; a route beside this table is closed."""

from dataclasses import dataclass

from console.api import (
    assigning,
    callbacks,
    drafts,
    duty,
    handovers,
    health,
    listening,
    media,
    merging,
    parts,
    push_devices,
    reference,
    reporters,
    screening,
    searching,
    ticketing,
    undoing,
    verdicts,
    wadul,
    wadul_status,
)
from console.live import live
from console.pages import account, login, onetap, receipts, role_pages, tracking, webapp
from console.web.refusals import Handler

ANYONE: frozenset[str] | None = None  # without a login
OPERATOR = frozenset({"operator"})
OPD = frozenset({"opd"})
COMMAND = frozenset({"command", "admin"})
WITH_PHONE = frozenset({"operator", "command"})
ADMIN = frozenset({"admin"})
BUPATI = frozenset({"bupati"})
SOUNDING = frozenset({"opd", "command"}) | BUPATI  # whose pages are pushed
NUDGING = frozenset({"command"}) | BUPATI
STAFF = OPERATOR | COMMAND
ALL = STAFF | OPD
EVERYBODY = ALL | BUPATI  # the bupati sees his own page, and no reporter's data

# Numbers are shaped: nothing else reaches the store. A wrong one is a 404 with a sentence.
TICKET = "{number:[^/{}]+}"
ASSIGNMENT = "{assignment:[0-9]+}"
LINK = "/t/{token:[^/{}]+}"
TEST_LINK = "/uji/{token:[^/{}]+}"


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path, its handler, and the roles that may use it (`ANYONE`: no login)."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[str] | None


ROUTES = (
    Route("GET", "/", role_pages.home, EVERYBODY),
    Route("GET", "/masuk", login.login_page, ANYONE),
    Route("POST", "/masuk", login.login, ANYONE),
    Route("POST", "/keluar", login.logout, EVERYBODY),
    Route("GET", "/akun", account.account_page, EVERYBODY),
    Route("POST", "/akun/sandi", account.change_password, EVERYBODY),
    Route("POST", "/akun/keluar-semua", account.leave_everywhere, EVERYBODY),
    Route("GET", "/health", health.health, ANYONE),
    Route("GET", "/health/live", health.live, ANYONE),
    Route("GET", "/health/ready", health.ready, ANYONE),
    Route("GET", "/metrics", health.metrics, ANYONE),
    Route("GET", "/operator", role_pages.operator, OPERATOR),
    Route("GET", "/opd", role_pages.opd, OPD),
    Route("GET", "/opd/luring", webapp.shell, ANYONE),
    Route("GET", "/sw.js", webapp.worker, ANYONE),
    Route("GET", "/manifest.webmanifest", webapp.manifest, ANYONE),
    Route("GET", "/bupati", role_pages.bupati, BUPATI),
    Route("GET", "/pantau", role_pages.overview, STAFF),
    Route("GET", f"/tiket/{TICKET}", role_pages.ticket, STAFF),
    Route("GET", "/saringan", role_pages.screening, STAFF),
    Route("GET", "/nomor", role_pages.numbers, ADMIN),
    Route("GET", "/wadul", role_pages.wadul, STAFF),
    Route("GET", "/cari", role_pages.search, ALL),
    Route("GET", "/serah-terima", role_pages.handover, STAFF),
    Route("GET", "/lacak", tracking.page, ANYONE),
    Route("GET", "/live", live.live, EVERYBODY),
    Route("GET", "/media/{name}", media.photo, ALL),
    Route("GET", "/rekaman/{call}", media.recording, STAFF),
    Route("GET", "/rekaman/balik/{attempt:[0-9]+}", callbacks.recording, STAFF),
    Route("GET", LINK, onetap.show, ANYONE),
    Route("POST", LINK, onetap.act, ANYONE),
    Route("POST", f"{LINK}/photos", onetap.add_photo, ANYONE),
    Route("POST", f"{LINK}/opened", onetap.opened, ANYONE),
    Route("GET", f"{LINK}/media/{{name}}", onetap.photo, ANYONE),
    Route("GET", TEST_LINK, receipts.message_page, ANYONE),
    Route("POST", TEST_LINK, receipts.message_read, ANYONE),
    Route("GET", "/api/reference", reference.reference, EVERYBODY),
    Route("GET", "/api/tasks", parts.open_tasks, OPD),
    Route("GET", "/api/tasks/ended", parts.ended_tasks, OPD),
    Route("GET", "/api/work", parts.work, STAFF),
    Route("GET", "/api/wall/{list}", parts.wall_list, STAFF),
    Route("GET", "/api/desk/{list}", parts.desk_list, OPERATOR),
    Route("GET", "/api/unjudged", parts.unjudged, STAFF),
    Route("GET", "/api/proposal", reference.proposal, STAFF),
    Route("POST", "/api/places", reference.places, STAFF),
    Route("POST", "/api/search", searching.find, ALL),
    Route("POST", "/api/handovers", handovers.offer, STAFF),
    Route("GET", "/api/handovers/{handover:[0-9]+}", handovers.show, STAFF),
    Route("POST", "/api/handovers/{handover:[0-9]+}/take", handovers.take, STAFF),
    Route("GET", "/api/phone", duty.phone, WITH_PHONE),
    Route("GET", "/api/report/screening", screening.screening_report, STAFF),
    Route("GET", "/api/numbers", screening.numbers, ADMIN),
    Route("GET", "/api/numbers.csv", screening.numbers_csv, ADMIN),
    Route("POST", "/api/numbers/show", screening.number, ADMIN),
    Route("POST", "/api/numbers/correct", screening.correct, ADMIN),
    Route("POST", "/api/numbers/erase", screening.erase, ADMIN),
    Route("POST", "/api/presence", duty.presence, OPERATOR),
    Route("POST", "/api/wrap-up/done", duty.wrap_up_done, OPERATOR),
    Route("POST", "/api/calls/{call}/take", duty.take, OPERATOR),
    Route("POST", "/api/calls/{call}/transfer", duty.transfer, OPERATOR),
    Route("POST", "/api/calls/{call}/listen", listening.listen, WITH_PHONE),
    Route("POST", "/api/listen/done", listening.listen_done, WITH_PHONE),
    Route("POST", "/api/callbacks/{task:[0-9]+}/dial", callbacks.dial, OPERATOR),
    Route("POST", "/api/callbacks/{task:[0-9]+}/done", callbacks.done, OPERATOR),
    Route("POST", "/api/callbacks/{task:[0-9]+}/unanswered", callbacks.unanswered, OPERATOR),
    Route("POST", "/api/tickets", ticketing.create, STAFF),
    Route("GET", f"/api/tickets/{TICKET}", ticketing.show, STAFF),
    Route("GET", f"/api/tickets/{TICKET}/timeline", parts.timeline, STAFF),
    Route("GET", f"/api/tickets/{TICKET}/lists/{{list}}", parts.ticket_list, STAFF),
    Route("PATCH", f"/api/tickets/{TICKET}", ticketing.save, STAFF),
    Route("GET", f"/api/tickets/{TICKET}/positions", ticketing.positions, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/positions", ticketing.add_position, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/positions/{{position:[0-9]+}}/withdraw", ticketing.withdraw_position, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/dispatch", ticketing.dispatch, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/verdict", verdicts.verdict, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/not-sent", ticketing.not_sent, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/close", ticketing.close, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/returned", ticketing.returned, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/reopen", drafts.reopen, STAFF),
    Route("POST", "/api/drafts", drafts.sweep, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/undo", undoing.ticket, STAFF),
    Route("GET", f"/api/tickets/{TICKET}/similar", merging.similar, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/merge", merging.merge, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/split", merging.split, STAFF),
    Route("GET", f"/api/tickets/{TICKET}/incident", merging.incident, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/incident", merging.settle, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/incident/undo", merging.take_back, STAFF),
    Route("POST", f"/api/tickets/{TICKET}/wadul", wadul.file, STAFF),
    Route("GET", "/api/wadul", wadul.search, STAFF),
    Route("GET", "/api/wadul/open", parts.complaints, STAFF),
    Route("POST", "/api/wadul", wadul.enter, OPD | COMMAND),
    Route("POST", "/api/wadul/status", wadul_status.status, ANYONE),
    Route("POST", f"/api/wadul/{TICKET}/pass", wadul.pass_on, COMMAND),
    Route("POST", f"/api/wadul/{TICKET}/reject", wadul.reject, COMMAND),
    Route("POST", f"/api/wadul/{TICKET}/answer", wadul.answer, COMMAND),
    Route("POST", f"/api/wadul/{TICKET}/raise", wadul.raise_, COMMAND),
    Route("POST", f"/api/wadul/{TICKET}/lower", wadul.lower, COMMAND),
    Route("POST", f"/api/wadul/{TICKET}/resend", wadul.resend, COMMAND),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/move", assigning.move, ALL),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/undo", undoing.step, ALL),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/decline", assigning.decline, ALL),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/notes", assigning.note, OPD),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/photos", assigning.add_photo, OPD),
    Route("GET", f"/api/assignments/{ASSIGNMENT}/story", parts.story, OPD),
    Route("GET", f"/api/assignments/{ASSIGNMENT}/reports", parts.reports, OPD),
    Route("GET", f"/api/assignments/{ASSIGNMENT}/attachments", parts.attachments, OPD),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/call", reporters.call, OPD),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/seen", receipts.seen, OPD),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/read", receipts.read, OPD),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/radio", receipts.by_radio, STAFF),
    Route("GET", "/api/page-tests", parts.page_tests, SOUNDING),
    Route("POST", "/api/page-tests/{test:[0-9]+}/heard", receipts.heard, SOUNDING),
    Route("GET", "/api/push", push_devices.offer, SOUNDING),
    Route("POST", "/api/push", push_devices.subscribe, SOUNDING),
    Route("DELETE", "/api/push", push_devices.unsubscribe, SOUNDING),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/known", assigning.known, COMMAND | BUPATI),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/nudge", assigning.nudge, NUDGING),
    Route("POST", f"/api/assignments/{ASSIGNMENT}/cancel", assigning.cancel, STAFF),
)
