"""A certificate authority of the tests: the files of a site's own certificate."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = x509.DNSName("112.example")
LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


def issue(
    folder: Path, name: str = "own", *, subject: x509.DNSName | x509.IPAddress = HOST, days: int = 90
) -> tuple[Path, Path]:
    """Certificate and key of one host, `NAME.pem` and `NAME.key` in the folder."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "uji")])
    builder = x509.CertificateBuilder(issuer, issuer, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=days))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([subject]), critical=False)
    files[0].write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
