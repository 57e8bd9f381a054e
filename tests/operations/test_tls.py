"""The certificate to serve with, what the doctor reports of it, and pages over HTTPS."""

import asyncio
import re
import shutil
import socket
import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector, web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from console.site import ConsoleSite
from console.web.app import make_app
from drills.demo import free_ports
from instance import Instance, load
from instance.examination import check
from operations import certificate, tls
from operations.certificate import Certificate
from operations.doctor import reach
from operations.doctor.patient import Patient
from operations.phone_system import _with_certificate
from processes.tasks import TaskKeeper
from tanggap.console import _listen
from tests.authority import LOOPBACK, issue
from tests.console.desk112 import RunningConsole, console
from tests.fixtures import Edit

NOW = datetime.now(UTC)
PLAIN = "console:\n"


def instance(edited: Edit, text: str) -> Instance:
    """The shipped files with a `tls:` of site.yaml."""
    return load(edited("site.yaml", (PLAIN, f"tls: {text}\n{PLAIN}")), secrets=False)


def test_without_tls_there_is_no_certificate(edited: Edit) -> None:
    """Plain HTTP on loopback, as it comes."""
    loaded = load(edited(), secrets=False)
    assert tls.chain(loaded) is None
    assert (loaded.site.console.tls, loaded.site.asterisk.wss_port) == (False, 0)
    assert loaded.site.console.url == "http://127.0.0.1:8112"


def test_a_certificate_is_made_once(edited: Edit) -> None:
    """For every name by which a browser may call us, readable by its owner alone, kept while it lasts."""
    with_tls = instance(edited, "{generated: ya}")
    made = tls.chain(with_tls)
    assert made is not None
    end, names = tls.read(made.certificate)
    assert {"localhost", "127.0.0.1"} <= set(names)
    assert timedelta(days=820) < end - NOW < timedelta(days=826)
    assert (made.own, made.why) == (False, "")
    assert (made.key.stat().st_mode & 0o777, made.key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    before = made.certificate.read_bytes()
    assert tls.chain(with_tls) == made
    assert made.certificate.read_bytes() == before


def test_a_made_certificate_is_renewed_before_it_ends_and_for_a_new_name(
    edited: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty days before, and when the pages get another address."""
    made = instance(edited, "{generated: ya}")
    monkeypatch.setattr(tls, "DAYS", 20)
    short = tls.chain(made)
    assert short is not None
    first = short.certificate.read_bytes()
    monkeypatch.setattr(tls, "DAYS", 100)
    tls.chain(made)
    second = short.certificate.read_bytes()
    named = replace(made, site=replace(made.site, console=ConsoleSite(public_url="https://112.example", tls=True)))
    tls.chain(named)
    assert len({first, second, short.certificate.read_bytes()}) == 3
    assert "112.example" in tls.read(short.certificate)[1]


def test_the_own_certificate_goes_before(edited: Edit, tmp_path: Path) -> None:
    """Named relative to the instance; Asterisk gets the same files."""
    issue(tmp_path)
    made = instance(edited, "{certificate: own.pem, key: own.key, wss_port: 8443}")
    chain = tls.chain(made)
    assert chain == tls.Chain(made.home / "own.pem", made.home / "own.key", own=True)
    site = _with_certificate(made)
    assert (site.wss_port, site.certificate, site.key) == (8443, str(tmp_path / "own.pem"), str(tmp_path / "own.key"))
    assert made.site.console.url == "https://127.0.0.1:8112"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda cert, key: key.unlink(), "berkas tidak ada"),
        (lambda cert, key: cert.write_text("bukan"), "bukan berkas PEM yang benar"),
        (lambda cert, key: shutil.copy(issue(cert.parent, "other")[1], key), "kunci bukan milik sertifikat itu"),
    ],
)
def test_an_own_one_that_cannot_be_used_is_replaced_meanwhile(
    edited: Edit, tmp_path: Path, spoil: object, why: str
) -> None:
    """Pages with a warning are better than none; why stands in the log, and the doctor says it."""
    cert, key = issue(tmp_path)
    made = instance(edited, "{certificate: own.pem, key: own.key}")
    spoil(cert, key)  # type: ignore[operator]
    chain = tls.chain(made)
    assert chain is not None and not chain.own
    assert chain.why == f"sertifikat {cert} dan kunci {key}: {why}"
    chain.context()
    [finding] = asyncio.run(reach.certificate(Patient(tmp_path, NOW, made)))
    assert (finding.code, finding.level, finding.sentence) == ("TLS_UNUSABLE", "error", chain.why)


# Made as release 0.1.0 did it, by openssl, but for a hundred years.
MADE_BY_0_1 = {
    "certificate.pem": """\
-----BEGIN CERTIFICATE-----
MIIB+DCCAZ2gAwIBAgIUEft5q7b9j/IIx1SV8Vmdm+y8zLcwCgYIKoZIzj0EAwIw
KjETMBEGA1UECgwKdGFuZ2dhcDExMjETMBEGA1UEAwwKdGFuZ2dhcDExMjAgFw0y
NjExMzAwMTIxNDZaGA8yMTI2MTEwNjAxMjE0NlowKjETMBEGA1UECgwKdGFuZ2dh
cDExMjETMBEGA1UEAwwKdGFuZ2dhcDExMjBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABDFexIAopszKNyoMVuhC8Z04Z5VGJPecr3tIgEnd2i+1OmpnIQzJToFIZISf
sT/R9zkBVOvAr1cFc6FyFmc/4hCjgZ4wgZswHQYDVR0OBBYEFF9ePH34J8bnvc5F
WTxwth371QkQMB8GA1UdIwQYMBaAFF9ePH34J8bnvc5FWTxwth371QkQMA8GA1Ud
EwEB/wQFMAMBAf8wMwYDVR0RBCwwKoIJbG9jYWxob3N0hwR/AAABggVwdXNhdIcQ
IAENuAAAAAAAAAAAAAAAATATBgNVHSUEDDAKBggrBgEFBQcDATAKBggqhkjOPQQD
AgNJADBGAiEA4qIlC+ItZQkzRZHZ0P/DMyDpwEzAPxpxCBCf7FXxNRkCIQDM7vpU
n0NEErBqS2dGdb/psobzPSNUfl9h6D3BfihKlw==
-----END CERTIFICATE-----
""",
    "key.pem": """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglhXajUhX56FmLKbM
gdf7vF9X2/VG9qIXT7E4o6EswCShRANCAAQxXsSAKKbMyjcqDFboQvGdOGeVRiT3
nK97SIBJ3dovtTpqZyEMyU6BSGSEn7E/0fc5AVTrwK9XBXOhchZnP+IQ
-----END PRIVATE KEY-----
""",
}


def test_the_certificate_of_0_1_stays(edited: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices were told to trust it; the IPv6 address in it is known however it is written."""
    monkeypatch.setattr(socket, "gethostname", lambda: "pusat")
    old = instance(edited, "{generated: ya}")
    site = ConsoleSite(public_url="https://[2001:db8:0::1]:8112", tls=True)
    old = replace(old, site=replace(old.site, console=site))
    folder = old.var / "tls"
    folder.mkdir(parents=True)
    for name, text in MADE_BY_0_1.items():
        (folder / name).write_text(text)
    assert tls.chain(old) == tls.Chain(folder / "certificate.pem", folder / "key.pem", own=False)
    assert {name: (folder / name).read_text() for name in MADE_BY_0_1} == MADE_BY_0_1
    names = ["localhost", "127.0.0.1", "pusat", "2001:db8::1"]
    assert tls.read(folder / "certificate.pem") == (datetime(2126, 11, 6, 1, 21, 46, tzinfo=UTC), names)


def test_a_made_certificate_is_that_of_a_server(edited: Edit) -> None:
    """As 0.1 made it: P-256, self-signed, for servers, and one that a device can be told to trust."""
    made = tls.chain(instance(edited, "{generated: ya}"))
    assert made is not None
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == "CN=tanggap112,O=tanggap112"
    key = certificate.public_key()
    assert isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1"
    assert [(part.oid._name, part.critical) for part in certificate.extensions] == [
        ("subjectKeyIdentifier", False),
        ("authorityKeyIdentifier", False),
        ("basicConstraints", True),
        ("subjectAltName", False),
        ("extendedKeyUsage", False),
    ]
    assert made.key.read_text().startswith("-----BEGIN PRIVATE KEY-----\n")


def test_a_browser_that_trusts_a_made_certificate_takes_it(edited: Edit) -> None:
    """The handshake, with the certificate as the only authority, for a name and for an address."""
    made = tls.chain(instance(edited, "{generated: ya}"))
    assert made is not None
    trusting = ssl.create_default_context(cafile=str(made.certificate))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    for host in ("localhost", "127.0.0.1"):
        assert _shakes_hands(made.context(), trusting, host)


def _shakes_hands(serving: ssl.SSLContext, trusting: ssl.SSLContext, host: str) -> bool:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server, client = serving.wrap_bio(up, down, server_side=True), trusting.wrap_bio(down, up, server_hostname=host)
    for _ in range(4):
        for side in (client, server):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    return client.version() is not None and client.getpeercert() != {}


def test_a_certificate_that_cannot_be_written_has_a_sentence(edited: Edit) -> None:
    """Asterisk then runs without WSS: calls need none of it."""
    plain = instance(edited, "{generated: ya}")
    plain.var.mkdir(exist_ok=True)
    (plain.var / "tls").write_text("")
    folder = plain.var.resolve() / "tls"
    with pytest.raises(tls.TlsError, match=rf"^sertifikat tidak bisa ditulis di {folder}: File exists$"):
        tls.chain(plain)
    assert _with_certificate(plain).wss_port == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "sertifikat {path}: berkas tidak ada"),
        ("bukan", "sertifikat {path} tidak terbaca: Unable to load PEM file."),
    ],
)
def test_a_certificate_that_cannot_be_read_has_a_sentence(tmp_path: Path, content: str | None, problem: str) -> None:
    """The sentence names the file."""
    path = tmp_path / "own.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(tls.TlsError, match="^" + re.escape(problem.format(path=path))):
        tls.read(path)


def test_of_a_chain_the_first_is_read(tmp_path: Path) -> None:
    """The file that an authority gives: ours, then theirs; words between the blocks do no harm."""
    ours, theirs = issue(tmp_path)[0], issue(tmp_path, "theirs", subject=LOOPBACK)[0]
    ours.write_text(f"subject=CN = 112.example\n{ours.read_text()}\nissuer\n{theirs.read_text()}")
    assert tls.read(ours)[1] == ["112.example"]


PAIR = '"certificate" dan "key", atau "generated: ya"'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{certificate: a.pem}", f"1: tls tanpa key, diharapkan {PAIR}"),
        ("{wss_port: 9000}", f"1: tls tanpa certificate, diharapkan {PAIR}"),
        (
            "{generated: ya, certificate: a.pem, key: b.pem}",
            "22: sertifikat dibuat program (generated), diharapkan salah satu saja",
        ),
        (
            "{generated: ya, wss_port: 8088}",
            "32: port 8088 sudah dipakai asterisk.http_port, diharapkan port lain",
        ),
    ],
)
def test_wrong_settings(edited: Edit, text: str, problem: str) -> None:
    """Each with its place."""
    home = edited("site.yaml", (PLAIN, f"tls: {text}\n{PLAIN}"))
    lines = (home / "site.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, row in enumerate(lines, 1) if row.startswith("tls:"))
    assert [str(finding) for finding in check(home) if not finding.warning] == [f"site.yaml:{line}:{problem}"]


@pytest.mark.parametrize(("days", "codes"), [(90, []), (10, ["TLS_EXPIRES"]), (-1, ["TLS_EXPIRED"])])
def test_the_doctor_knows_when_it_ends(edited: Edit, tmp_path: Path, days: int, codes: list[str]) -> None:
    """The finding comes three weeks before, and is an error afterwards."""
    issue(tmp_path, days=90)
    made = instance(edited, "{certificate: own.pem, key: own.key}")
    now = NOW + timedelta(days=90 - days)
    assert [finding.code for finding in asyncio.run(reach.certificate(Patient(tmp_path, now, made)))] == codes


def test_pages_in_the_office_without_https_are_told(edited: Edit) -> None:
    """Passwords would go in the clear; a proxy with HTTPS is as good, and loopback needs none."""
    loaded = load(edited(), secrets=False)

    def codes(site: ConsoleSite) -> list[str]:
        changed = replace(loaded, site=replace(loaded.site, console=site))
        return [finding.code for finding in asyncio.run(reach.certificate(Patient(loaded.home, NOW, changed)))]

    assert codes(ConsoleSite("0.0.0.0")) == ["TLS_NONE"]
    assert codes(ConsoleSite("10.0.0.5", public_url="https://112.example")) == []
    assert codes(ConsoleSite("127.0.0.1")) == []


@pytest.mark.parametrize("made", [True, False])
async def test_pages_over_https(tmp_path: Path, made: bool) -> None:
    """Secure cookies always; browsers are told to insist on HTTPS only where they know the certificate."""
    chain = tls.Chain(*issue(tmp_path), own=not made)
    async with console(tmp_path) as desk:
        [port] = free_ports(1)
        desk.console.site = ConsoleSite(port=port, tls=True, made=made)
        runner = web.AppRunner(make_app(desk.console))
        await runner.setup()
        try:
            await _listen(runner, desk.console.site, chain.context())
            await _log_in(desk, made=made)
        finally:
            await runner.cleanup()


async def _log_in(desk: RunningConsole, *, made: bool) -> None:
    trusted = ssl.create_default_context(cafile=str(desk.console.media.parent / "own.pem"))
    form, url = {"nama": "siti", "sandi": "kata sandi yang panjang"}, desk.console.site.url
    connector = TCPConnector(ssl=trusted)
    async with (
        ClientSession(connector=connector, cookie_jar=CookieJar(unsafe=True)) as session,
        session.post(f"{url}/masuk", data=form, allow_redirects=False, server_hostname="112.example") as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, "/operator")
        assert answer.cookies["tanggap"]["secure"] is True
        assert ("Strict-Transport-Security" in answer.headers) == (not made)


async def test_a_renewed_certificate_is_taken_up(edited: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next connection gets it; one that is broken is not taken up."""
    monkeypatch.setattr(certificate, "CERTIFICATE_S", 0.02)
    cert, key = issue(tmp_path)
    made = instance(edited, "{certificate: own.pem, key: own.key}")
    chain, keeper = tls.chain(made), TaskKeeper()
    serving = Certificate(chain, lambda: made)
    assert serving.context is not None and not serving.made
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=serving.context)
    port = server.sockets[0].getsockname()[1]
    keeper.start("follow", serving.follow())
    try:
        first = await _served(port)
        for name, expected in (("next", True), ("broken", False)):
            before = await _served(port)
            fresh = issue(tmp_path, name)
            if name == "broken":
                fresh[0].write_text("rusak")
            fresh[1].replace(key)
            fresh[0].replace(cert)
            if expected:
                async with asyncio.timeout(60):
                    while await _served(port) == before:
                        await asyncio.sleep(0.02)
            else:
                await asyncio.sleep(0.3)
                assert await _served(port) == before
        assert await _served(port) != first
    finally:
        await keeper.close()
        server.close()


async def _served(port: int) -> bytes:
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=blind)
    certificate: bytes = writer.get_extra_info("ssl_object").getpeercert(True)
    writer.close()
    return certificate
