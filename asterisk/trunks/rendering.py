"""Lines of a trunk in pjsip-endpoints.conf beyond those that every trunk has; none for settings left at defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from asterisk.trunks.settings import Trunk, Wire, host, is_name

Line = tuple[str, object]

# codecs that a module of its own carries; the others are always there
CODEC_MODULES: Mapping[str, tuple[str, ...]] = {
    "gsm": ("codec_gsm",),
    "opus": ("codec_opus", "codec_opus_open_source"),  # with either of them
}
_YES_NO_REQUIRED = {"tidak": "no", "boleh": "yes", "wajib": "required"}
# A refused or lost registration is tried again without end.
_FOR_EVER = 1_000_000


def modules(trunks: Sequence[Trunk]) -> tuple[str, ...]:
    """Modules that these trunks need beside those of every site."""
    wanted = [name for trunk in trunks for codec in trunk.codecs for name in CODEC_MODULES.get(codec, ())]
    if any(trunk.registration for trunk in trunks):
        wanted.append("res_pjsip_outbound_registration")
    if any(is_name(host(uri)) for trunk in trunks for uri in _uris(trunk)):
        wanted.append("res_resolver_unbound")
    return tuple(dict.fromkeys(wanted))


def carried(codecs: Sequence[str], modules_dir: Path | None) -> tuple[str, ...]:
    """The codecs that this Asterisk can carry: with another one, callers would be answered and hear nothing."""
    return tuple(
        codec
        for codec in codecs
        if codec not in CODEC_MODULES
        or modules_dir is None
        or any((modules_dir / f"{name}.so").exists() for name in CODEC_MODULES[codec])
    )


def contact_uri(uri: str, wire: Wire) -> str:
    """The URI of a contact with the transport of its trunk."""
    return f"{uri};transport={wire.transport}" if wire.transport and "transport=" not in uri else uri


def aors(trunk: Trunk) -> str:
    """Names of its address records in order: Asterisk takes the first that answers."""
    return ",".join(name for name, _ in contacts(trunk))


def contacts(trunk: Trunk) -> list[tuple[str, str]]:
    """Its contacts, each with an address record of its own: within one record Asterisk keeps no order."""
    names = [trunk.endpoint, *(f"{trunk.endpoint}-{place}" for place in range(2, len(trunk.contacts) + 1))]
    return [(name, contact_uri(uri, trunk.wire)) for name, uri in zip(names, trunk.contacts, strict=False)]


def aor(trunk: Trunk) -> Iterator[Line]:
    """Lines of each address record."""
    if trunk.wire.qualify_s:
        yield "qualify_frequency", round(trunk.wire.qualify_s)
        yield "qualify_timeout", "3.0"
    if trunk.outgoing.proxy:
        yield "outbound_proxy", loose(trunk.outgoing.proxy)


def endpoint(trunk: Trunk, media6: str | None) -> Iterator[Line]:
    """Lines of the endpoint; `media6`: the address for RTP over IPv6, empty where Asterisk chooses, None without it."""
    out, default = trunk.outgoing, type(trunk.outgoing)()
    if out.user:
        yield "outbound_auth", trunk.endpoint
    if out.proxy:
        yield "outbound_proxy", loose(out.proxy)
    for name in ("from_user", "from_domain", "contact_user"):
        if getattr(out, name) != getattr(default, name):
            yield name, getattr(out, name)
    if out.asserts in ("pai", "rpid"):
        yield f"send_{out.asserts}", "yes"
        yield "trust_id_outbound", "yes"
    yield from _wire(trunk.wire)
    if trunk.ipv6 and media6 is not None:
        yield "rtp_ipv6", "yes"
        yield "media_address", media6
        yield "bind_rtp_to_media_address", "yes" if media6 else "no"


def _wire(wire: Wire) -> Iterator[Line]:
    if wire.srtp != "tidak":
        yield "media_encryption", "sdes"
        yield "media_encryption_optimistic", "yes" if wire.srtp == "boleh" else "no"
    if wire.avpf:
        yield "use_avpf", "yes"
    if wire.keepalive_s:
        yield "rtp_keepalive", round(wire.keepalive_s)
    if wire.jitter_ms:
        yield "set_var", f"JITTERBUFFER(adaptive)={wire.jitter_ms}"
    usual = Wire()
    if wire.timers != usual.timers:
        yield "timers", _YES_NO_REQUIRED[wire.timers]
    if (wire.session_s, wire.min_session_s) != (usual.session_s, usual.min_session_s):
        yield "timers_sess_expires", round(wire.session_s)
        yield "timers_min_se", round(wire.min_session_s)
    if wire.prack != usual.prack:
        yield "100rel", _YES_NO_REQUIRED[wire.prack]


def registration(trunk: Trunk) -> Iterator[Line]:
    """Lines of its registration; a call that comes with its `line` is the trunk's, from whatever address."""
    held, out = trunk.registration, trunk.outgoing
    if held is None:
        return
    domain = out.from_domain or host(held.server)
    yield "server_uri", contact_uri(held.server, trunk.wire)
    yield "client_uri", f"sip:{out.from_user or out.user}@{f'[{domain}]' if ':' in domain else domain}"
    yield "contact_user", out.contact_user or out.user
    yield "outbound_auth", trunk.endpoint
    if out.proxy:
        yield "outbound_proxy", loose(out.proxy)
    yield "expiration", round(held.expires_s)
    yield "retry_interval", round(held.retry_s)
    yield "forbidden_retry_interval", round(held.retry_s)
    yield "fatal_retry_interval", round(held.retry_s)
    yield "auth_rejection_permanent", "no"
    yield "max_retries", _FOR_EVER
    yield "line", "yes"
    yield "endpoint", trunk.endpoint


def loose(uri: str) -> str:
    """A proxy as a loose router (RFC 3261 16.12): without `lr` the carrier's address would be overwritten."""
    return uri if ";lr" in uri else f"{uri};lr"


def _uris(trunk: Trunk) -> Iterator[str]:
    yield from trunk.contacts
    if trunk.outgoing.proxy:
        yield trunk.outgoing.proxy
    if trunk.registration:
        yield trunk.registration.server
