"""Renders Asterisk's configuration from the instance's, and writes it to the disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import jinja2

from asterisk.callers.identity import ALWAYS, ROWS
from asterisk.errors import AsteriskError, RenderError
from asterisk.modules import MODULES
from asterisk.site import AsteriskPaths, AsteriskSecrets, AsteriskSite, FailsafeHours, Minutes, SipAccount
from asterisk.trunks import rendering
from asterisk.trunks.settings import Trunk, is_name

APP = "tanggap"
QUEUE = "tanggap-ops"
DEAD_MAN_S = 8
AGI_DEAD_MAN_S = 6
QUEUE_S = 60
DIAL_S = 20
MAX_FILES = 16384

WITH_PASSWORDS = frozenset({"ari.conf", "manager.conf", "pjsip-endpoints.conf", "prometheus.conf"})
# Asterisk complains when these are missing, although we set nothing in them.
BARE = ("cel", "features", "udptl", "ccss", "pjproject", "websocket_client", "queuerules")
EMPTY = ("acl", "geolocation")

# rows that a network may send twice; a longer row than this names nobody
TWICE = {"pai": 2, "diversion": 2}
MOST_OF_ROW = 300

_TEMPLATES = Path(__file__).parent / "conf"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_NUMBER = re.compile(r"[0-9*#+]{1,20}")
_ADDRESS = re.compile(r"[0-9A-Za-z.:/\[\]-]+")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]+")
_URI = re.compile(r"sips?:[A-Za-z0-9._@:;=+\[\]-]{1,200}")
_WORD = re.compile(r"[A-Za-z0-9._@+:-]{1,120}")
_PATH = re.compile(r"/[\w/ .+@=~-]*")


def render(
    site: AsteriskSite,
    accounts: Sequence[SipAccount],
    secrets: AsteriskSecrets,
    hours: FailsafeHours,
    paths: AsteriskPaths,
    modules_dir: Path | None = None,
) -> dict[str, str]:
    """All configuration files by name; raises RenderError for a value that Asterisk would misread.

    `modules_dir` leaves out the modules that this Asterisk does not have."""
    check(site, accounts, hours, paths)
    operators = [account for account in accounts if account.kind == "operator"]
    wanted = (*MODULES, *rendering.modules(site.trunks))
    values = {
        "site": site, "accounts": accounts, "secrets": secrets, "hours": hours, "paths": paths,
        "app": APP, "queue": QUEUE, "prompts": paths.prompts_dir, "max_files": MAX_FILES,
        "dead_man_s": DEAD_MAN_S, "agi_dead_man_s": AGI_DEAD_MAN_S, "queue_s": QUEUE_S, "dial_s": DIAL_S,
        "modules": [name for name in wanted if modules_dir is None or (modules_dir / f"{name}.so").exists()],
        "transports": _transports(site),
        "operators": "&".join(f"PJSIP/{account.name}" for account in operators),
        "days": list(_days(hours)),
        "identity": "&".join(_row(name) for name in ALWAYS),
        "named": [(name, ROWS[name], _row(name)) for name in ROWS if name not in ALWAYS],
        "clock": lambda part: f"${{STRFTIME(${{TANGGAP_ARRIVED}},{hours.time_zone},{part})}}",
    }  # fmt: skip
    environment = _environment(site, modules_dir)
    files = {
        name: environment.get_template(name).render(values) for name in environment.list_templates(extensions=["conf"])
    }
    return files | {f"{name}.conf": "[general]\n" for name in BARE} | {f"{name}.conf": "" for name in EMPTY}


def write(files: Mapping[str, str], etc_dir: Path) -> list[str]:
    """Put the files that differ into `etc_dir` and name them; on an error none has changed.

    Files with passwords are readable by their owner alone."""
    changed = [name for name, text in sorted(files.items()) if _read(etc_dir / name) != text]
    fresh: list[tuple[Path, Path]] = []
    try:
        etc_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in changed:
            fresh.append((etc_dir / f".{name}.new", etc_dir / name))
            _write_whole(fresh[-1][0], files[name], 0o600 if name in WITH_PASSWORDS else 0o644)
    except OSError as error:
        for temporary, _ in fresh:
            temporary.unlink(missing_ok=True)
        raise AsteriskError(f"Konfigurasi Asterisk tidak bisa ditulis di {etc_dir}: {error.strerror}") from error
    for temporary, final in fresh:
        temporary.replace(final)
    return changed


def check(site: AsteriskSite, accounts: Sequence[SipAccount], hours: FailsafeHours, paths: AsteriskPaths) -> None:
    """Raise RenderError at the first name, number, address or path that Asterisk would misread."""
    for trunk in site.trunks:
        _expect(_NAME, trunk.name, "nama trunk", "huruf, angka, titik, garis")
        _check_trunk(trunk)
    ours = [address for address in (site.sip_bind, site.sip_bind6, site.media, site.media6) if address]
    outside = [address for address in (site.nat.signalling, site.nat.media, *site.nat.local) if address]
    for address in (*ours, *outside, *(match for trunk in site.trunks for match in trunk.match)):
        _expect(_ADDRESS, address, "alamat", "alamat IP atau jaringan")
    for number in site.numbers:
        _expect(_NUMBER, number, "nomor layanan", "angka saja")
    for account in accounts:
        _expect(_NAME, account.name, "nama akun SIP", "huruf di depan, lalu huruf, angka, titik, garis")
        if account.name.startswith("trunk-"):
            raise RenderError(f"Nama akun SIP {account.name!r} tidak boleh diawali «trunk-»")
    for file in (site.certificate, site.key, site.sips.ca) if site.certificate else ():
        _expect(_PATH, file, "berkas", "jalur mutlak tanpa koma, titik koma atau tanda khusus")
    for path in (paths.prompts_dir, paths.moh_dir, paths.spool, paths.etc, paths.log, paths.run):
        _expect(_PATH, str(path), "folder", "jalur mutlak tanpa koma, titik koma atau tanda khusus")
    names = [account.name for account in accounts] + [trunk.endpoint for trunk in site.trunks]
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise RenderError(f"Nama {name!r} dipakai dua kali untuk telepon atau trunk")
    _expect(_ZONE, hours.time_zone, "zona waktu", "nama seperti Asia/Jakarta")
    if len(hours.weekly) != 7:
        raise RenderError(f"Jam layanan harus berisi tujuh hari, bukan {len(hours.weekly)}")


def _check_trunk(trunk: Trunk) -> None:
    """Raise RenderError for a word of a trunk that would end its line or its field."""
    out, server = trunk.outgoing, trunk.registration.server if trunk.registration else ""
    for uri in (*trunk.contacts, out.proxy, server):
        _expect(_URI, uri or "sip:-", "alamat SIP", "alamat seperti sip:10.20.30.40:5060")
    for word in (out.user, out.realm, out.from_user, out.from_domain, out.contact_user, out.caller):
        _expect(_WORD, word or "-", "isian trunk", "huruf, angka dan tanda seperti +.-_@")


def _row(name: str) -> str:
    """The dialplan's expression for the rows of a header of `asterisk.callers.identity`, each cut and encoded."""
    rows = (f"{ROWS[name]},{row}" for row in range(1, TWICE.get(name, 1) + 1))
    return "&".join(f"{name}=${{URIENCODE(${{PJSIP_HEADER(read,{row}):0:{MOST_OF_ROW}}})}}" for row in rows)


def _expect(pattern: re.Pattern[str], value: str, subject: str, expected: str) -> None:
    if not pattern.fullmatch(value):
        named = f"{subject[0].upper()}{subject[1:]}"
        raise RenderError(f"{named} {value!r} tidak bisa dipakai; yang diharapkan: {expected}")


def _transports(site: AsteriskSite) -> list[tuple[str, str, str, int]]:
    """Name, protocol, address and port of each transport."""
    rows = [("udp", "udp", site.sip_bind, site.sip_port), ("tcp", "tcp", site.sip_bind, site.sip_port)]
    rows.append(("ws", "ws", "127.0.0.1", site.http_port))
    if site.wss_port:
        rows.append(("wss", "wss", site.sip_bind, site.wss_port))
    if site.tls_port:
        rows.append(("trunk-tls", "tls", site.sip_bind, site.tls_port))
    if site.sip_bind6:
        rows += [(f"trunk-{kind}6", kind, site.sip_bind6, site.sip_port) for kind in ("udp", "tcp")]
        rows += [("trunk-tls6", "tls", site.sip_bind6, site.tls_port)] if site.tls_port else []
    return rows


def _environment(site: AsteriskSite, modules_dir: Path | None) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=_value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["carried"] = lambda codecs: rendering.carried(codecs, modules_dir) or Trunk("", ()).codecs
    environment.filters["bracketed"] = lambda address: f"[{address}]" if ":" in address else address
    environment.filters["endpoint"] = lambda trunk: rendering.endpoint(trunk, site.media6)
    environment.filters |= {name: getattr(rendering, name) for name in ("aors", "aor", "contacts", "registration")}
    environment.tests["is_name"] = is_name
    environment.filters["display"] = lambda name: re.sub(r'["<>\\]', "", name)
    return environment


def _value(value: object) -> object:
    """Prepare a value for a template: it must start neither a comment nor a line of its own."""
    text = str(value)
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise RenderError(f"Tanda kendali di {text!r} tidak bisa ditulis ke konfigurasi Asterisk")
    return text.replace(";", "\\;")


def _days(hours: FailsafeHours) -> Iterable[tuple[str, str]]:
    for weekday, minutes in enumerate(hours.weekly, start=1):
        yield f"d{weekday}", _open_expression(minutes)
    for day, minutes in sorted(hours.dates.items()):
        yield f"{day:%Y%m%d}", _open_expression(minutes)


def _open_expression(minutes: Minutes) -> str:
    """A dialplan expression that is 1 within the minutes and 0 outside."""
    if not minutes:
        return "0"
    spans = [f"(${{TANGGAP_MINUTE}} >= {start} & ${{TANGGAP_MINUTE}} < {end})" for start, end in minutes]
    return f"$[{' | '.join(spans)}]"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _write_whole(path: Path, text: str, mode: int) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
