"""The certificate to serve with: the site's own, or a self-signed one that is made and renewed here."""

from __future__ import annotations

import fcntl
import ipaddress
import os
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from instance import Instance

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

# cryptography is imported where it is used: it takes 50 ms, which commands without a certificate need not spend
log = structlog.get_logger(__name__)

DAYS = 825
RENEW_BEFORE = timedelta(days=30)
FOLDER = "tls"
WILDCARDS = ("", "0.0.0.0", "::")
NAME = "tanggap112"


class TlsError(Exception):
    """No usable certificate; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Files of a certificate and its key; `own`: the site's, else `why` says why a named one is not used."""

    certificate: Path
    key: Path
    own: bool
    why: str = ""

    def context(self) -> ssl.SSLContext:
        """A server's SSL context; TlsError when the files are not a pair."""
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load(made)
        return made

    def load(self, context: ssl.SSLContext) -> None:
        """Load the files anew into a context that is in use."""
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise TlsError(f"sertifikat {self.certificate} dan kunci {self.key}: {_plain(error)}") from None


def chain(instance: Instance) -> Chain | None:
    """The certificate to serve with; None where site.yaml has no `tls`. TlsError when none can be made.

    The site's own certificate is replaced by a self-signed one while it cannot be used: pages behind a warning are
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
    ours = Chain(folder / "certificate.pem", folder / "key.pem", own=False, why=why)
    names = _names(instance)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _lasts(ours, names):
                _make(ours, names)
    except OSError as error:
        raise TlsError(f"sertifikat tidak bisa ditulis di {folder}: {_plain(error)}") from None
    return ours


def _lasts(ours: Chain, names: list[str]) -> bool:
    """True while the present pair is valid for another month and for every name."""
    with suppress(TlsError):
        ours.context()
        end, known = read(ours.certificate)
        return end - datetime.now(UTC) > RENEW_BEFORE and set(names) <= set(known)
    return False


def read(certificate: Path) -> tuple[datetime, list[str]]:
    """Read the end of a certificate's validity, its host names and addresses; TlsError when it cannot be read.

    In a file with a chain the first certificate counts, the one of the server."""
    from cryptography import x509

    try:
        parsed = x509.load_pem_x509_certificate(certificate.read_bytes())
        return parsed.not_valid_after_utc, _alternative_names(parsed)
    except OSError as error:
        raise TlsError(f"sertifikat {certificate}: {_plain(error)}") from None
    except (ValueError, x509.DuplicateExtension) as error:
        raise TlsError(f"sertifikat {certificate} tidak terbaca: {error}") from None


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names if isinstance(name, x509.DNSName | x509.IPAddress)]


def _make(ours: Chain, names: list[str]) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    fresh = Chain(ours.certificate.with_suffix(".new"), ours.key.with_suffix(".new"), own=False)
    key = ec.generate_private_key(ec.SECP256R1())
    _write(fresh.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    _write(fresh.certificate, _signed(key, names).public_bytes(Encoding.PEM), mode=0o644)
    fresh.context()
    fresh.key.replace(ours.key)
    fresh.certificate.replace(ours.certificate)
    log.info("tls.made", names=names, days=DAYS)


def _signed(key: EllipticCurvePrivateKey, names: list[str]) -> x509.Certificate:
    """A self-signed server certificate (RFC 5280); it is a CA so that a device can be told to trust it."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, NAME), x509.NameAttribute(NameOID.COMMON_NAME, NAME)]
    )
    now, public = datetime.now(UTC), key.public_key()
    builder = x509.CertificateBuilder(subject, subject, public, x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=DAYS))
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    general = [
        x509.IPAddress(ipaddress.ip_address(name)) if _is_address(name) else x509.DNSName(name) for name in names
    ]
    builder = builder.add_extension(identifier, critical=False).add_extension(issuer, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(key, SHA256())


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file that nobody else can read at any moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def _names(instance: Instance) -> list[str]:
    """Names and addresses by which a browser may reach us, as a certificate writes them."""
    site = instance.site
    names = ["localhost", "127.0.0.1", socket.gethostname().lower()]
    names += [bind for bind in (site.console.bind, site.asterisk.sip_bind) if bind not in WILDCARDS]
    if any(bind in WILDCARDS for bind in (site.console.bind, site.asterisk.sip_bind)):
        names += [_own_address()]
    names += [urlsplit(site.console.public_url).hostname or ""]
    usable = [name for name in names if re.fullmatch(r"[0-9a-z.:-]{1,253}", name)]
    return list(dict.fromkeys(str(ipaddress.ip_address(name)) if _is_address(name) else name for name in usable))


def _own_address() -> str:
    """Our own address towards the outside; no packet is sent for this."""
    with suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return ""


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    return False


def _plain(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "berkas tidak ada"
    if isinstance(error, PermissionError):
        return "berkas tidak boleh dibaca pengguna ini"
    if isinstance(error, ssl.SSLError):
        mismatch = "KEY_VALUES_MISMATCH" in str(error)
        return "kunci bukan milik sertifikat itu" if mismatch else "bukan berkas PEM yang benar"
    return error.strerror or str(error)
