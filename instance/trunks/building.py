"""Builds the SIP side of a site from the checked model of site.yaml."""

from __future__ import annotations

from typing import cast

from asterisk.site import AsteriskSite, Dscp, Nat, Sips
from asterisk.trunks.settings import (
    Assertion,
    NumberForm,
    Outgoing,
    Registration,
    Transport,
    Trunk,
    Wanted,
    Wire,
)
from instance.trunks.model import AsteriskModel, TrunkModel


def asterisk_site(model: AsteriskModel, wss_port: int) -> AsteriskSite:
    """The site as Asterisk is configured for it; `wss_port` 0: no WSS."""
    dscp, sips = model.dscp, model.sips
    return AsteriskSite(
        sip_bind=model.sip_bind,
        sip_port=model.sip_port,
        http_port=model.http_port,
        ami_port=model.ami_port,
        agi_port=model.agi_port,
        rtp_start=model.rtp_start,
        rtp_end=model.rtp_end,
        numbers=tuple(model.numbers),
        trunks=tuple(trunk(name, item) for name, item in model.trunks.items()),
        qualify_s=model.qualify,
        media_address=model.media_address or "",
        wss_port=wss_port,
        sip_bind6=model.sip_bind6 or "",
        nat=Nat(
            model.external_signaling_address or model.external_media_address or "",
            model.external_media_address or model.external_signaling_address or "",
            tuple(model.local_net),
        ),
        dscp=Dscp(dscp.signalling or "", dscp.voice or "", dscp.signalling_cos, dscp.voice_cos),
        sips=Sips(sips.port, sips.verify, sips.ca),
    )


def trunk(name: str, item: TrunkModel) -> Trunk:
    """One trunk; where it registers with no server of its own, with its first contact."""
    contact, *spare = item.contact or [""]
    held = item.register_
    return Trunk(
        name,
        tuple(item.match),
        tuple(item.codecs),
        contact,
        tuple(spare),
        Registration(held.server or contact, held.expires, held.retry) if held else None,
        Outgoing(
            user=item.user or "",
            realm=item.realm or "",
            proxy=item.proxy or "",
            from_user=item.from_user or "",
            from_domain=item.from_domain or "",
            contact_user=item.contact_user or "",
            caller=item.caller or "",
            asserts=cast(Assertion, item.asserts),
            number_form=cast(NumberForm, item.number_form),
        ),
        _wire(item),
        item.channels or 0,
        item.reserve,
    )


def _wire(item: TrunkModel) -> Wire:
    return Wire(
        transport=cast(Transport, item.transport or ""),
        srtp=cast(Wanted, item.srtp),
        avpf=item.avpf,
        qualify_s=item.qualify,
        keepalive_s=item.rtp_keepalive,
        jitter_ms=round(item.jitter_buffer * 1000),
        timers=cast(Wanted, item.session.timers),
        session_s=item.session.expires,
        min_session_s=item.session.least,
        prack=cast(Wanted, item.prack),
    )
