"""The certificate in force: the site's own, or one that we make with openssl and renew ourselves."""

from __future__ import annotations

import fcntl
import ipaddress
import re
import shutil
import socket
import ssl
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from tanggap.config import Instance

log = structlog.get_logger(__name__)

DAYS = 825
RENEW_BEFORE = timedelta(days=30)
FOLDER = "tls"
WILDCARDS = ("", "0.0.0.0", "::")
LIMIT_S = 30


class TlsError(Exception):
    """No usable certificate; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The files of a certificate and its key; `own` is the site's, `why` says why it is not although one is named."""

    certificate: Path
    key: Path
    own: bool
    why: str = ""

    def context(self) -> ssl.SSLContext:
        """A server's context with it; TlsError when the files are not a pair."""
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load(made)
        return made

    def load(self, context: ssl.SSLContext) -> None:
        """Let a context that is in use take the files up anew."""
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise TlsError(f"sertifikat {self.certificate} dan kunci {self.key}: {_plain(error)}") from None


def chain(instance: Instance) -> Chain | None:
    """The certificate to serve with; None where site.yaml has no `tls`. TlsError when none can be made.

    An own one that cannot be used is replaced by one of ours for the time being: pages with a warning before them are
    better than none."""
    tls = instance.site.tls
    if tls is None:
        return None
    why = ""
    if tls.certificate:
        own = Chain(instance.home / tls.certificate, instance.home / tls.key, own=True)
        try:
            own.context()
            return own
        except TlsError as error:
            why = str(error)
            log.error("tls.own_unusable", error=why)
    return _made(instance, why)


def _made(instance: Instance, why: str) -> Chain:
    folder = instance.var.resolve() / FOLDER
    found = Chain(folder / "certificate.pem", folder / "key.pem", own=False, why=why)
    names = _names(instance)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _lasts(found, names):
                _make(found, names)
    except OSError as error:
        raise TlsError(f"sertifikat tidak bisa ditulis di {folder}: {_plain(error)}") from None
    return found


def _lasts(found: Chain, names: list[str]) -> bool:
    """Whether the one that is there is still good, for every name."""
    with suppress(TlsError):
        found.context()
        end, known = read(found.certificate)
        return end - datetime.now(UTC) > RENEW_BEFORE and set(names) <= set(known)
    return False


def read(certificate: Path) -> tuple[datetime, list[str]]:
    """When a certificate ends, and the names in it; TlsError when openssl cannot read it."""
    said = _openssl("x509", "-in", str(certificate), "-noout", "-enddate", "-ext", "subjectAltName")
    end = re.search(r"notAfter=(.+?)(?: GMT)?$", said, re.MULTILINE)
    if end is None:
        raise TlsError(f"{certificate}: masa berlaku tidak terbaca")
    at = datetime.strptime(" ".join(end[1].split()), "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return at, [name.strip() for name in re.findall(r"(?:DNS|IP Address):([^,\n]+)", said)]


def _make(found: Chain, names: list[str]) -> None:
    wanted = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names)
    fresh = Chain(found.certificate.with_suffix(".new"), found.key.with_suffix(".new"), own=False)
    _openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256"),
        *("-days", str(DAYS), "-subj", "/O=tanggap112/CN=tanggap112", "-addext", f"subjectAltName={wanted}"),
        *("-addext", "extendedKeyUsage=serverAuth"),
        *("-keyout", str(fresh.key), "-out", str(fresh.certificate)),
    )
    fresh.key.chmod(0o600)
    fresh.context()
    fresh.key.replace(found.key)
    fresh.certificate.replace(found.certificate)
    log.info("tls.made", names=names, days=DAYS)


def _names(instance: Instance) -> list[str]:
    """Every name by which a browser may call us."""
    site = instance.site
    found = ["localhost", "127.0.0.1", socket.gethostname().lower()]
    found += [bind for bind in (site.console.bind, site.asterisk.sip_bind) if bind not in WILDCARDS]
    if any(bind in WILDCARDS for bind in (site.console.bind, site.asterisk.sip_bind)):
        found += [_own_address()]
    found += [urlsplit(site.console.public_url).hostname or ""]
    return [name for name in dict.fromkeys(found) if re.fullmatch(r"[0-9a-z.:-]{1,253}", name)]


def _own_address() -> str:
    """The address of ours from which the outside is reached; nothing is sent."""
    with suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return ""


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    return False


def _openssl(*words: str) -> str:
    program = shutil.which("openssl")
    if program is None:
        raise TlsError("openssl tidak terpasang; jalankan scripts/setup (atau apt-get install openssl)")
    try:
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TlsError(f"openssl tidak bisa dijalankan: {error}") from None
    if done.returncode:
        raise TlsError(f"openssl {words[0]}: {(done.stderr.strip().splitlines() or ['gagal'])[-1]}")
    return done.stdout


def _plain(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "berkas tidak ada"
    if isinstance(error, PermissionError):
        return "berkas tidak boleh dibaca pengguna ini"
    if isinstance(error, ssl.SSLError):
        mismatch = "KEY_VALUES_MISMATCH" in str(error)
        return "kunci bukan milik sertifikat itu" if mismatch else "bukan berkas PEM yang benar"
    return error.strerror or str(error)
