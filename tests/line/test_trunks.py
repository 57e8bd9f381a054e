"""Dialling out: over the trunk of the site, or a sentence that says what is not set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asterisk.site import Trunk
from asterisk.trunks.settings import Outgoing
from instance import REPOSITORY, Instance, load
from line.trunk_room import TrunkRoom
from line.trunks import NO_TRUNK, caller_id, endpoint, headers
from tanggap.escalate import telephone
from tests.asterisk.rig import spawn
from tickets.errors import ChannelError
from tickets.escalation.ladder import Report
from tickets.notify.channel import CallAnswer, Heard, Said, Talk, Telephone

MOBILE = Telephone("mobile", "+628123456789")
TRUNK = Trunk("telkom", ("192.0.2.10",))


def dialling(mobile_trunk: str | None, *trunks: Trunk) -> Instance:
    """The shipped instance with these trunks."""
    instance = load(REPOSITORY, secrets=False)
    asterisk = replace(instance.site.asterisk, trunks=trunks)
    return replace(instance, site=replace(instance.site, mobile_trunk=mobile_trunk, asterisk=asterisk))


def test_a_mobile_is_rung_over_the_trunk_of_the_site() -> None:
    """Of several trunks the named one; a desk phone needs none."""
    site = dialling("telkom", Trunk("lain", ("192.0.2.11",)), TRUNK).site
    assert endpoint(MOBILE, site) == "PJSIP/+628123456789@trunk-telkom"
    assert endpoint(Telephone("sip", "damkar1"), dialling(None).site) == "PJSIP/damkar1"


def test_a_mobile_sees_what_its_trunk_shows() -> None:
    """Number form, caller and identity are the trunk's; a desk phone of ours sees 112."""
    wants = Outgoing(caller="0291112", number_form="0", asserts="ppi", from_domain="ims.contoh")
    site = dialling("telkom", replace(TRUNK, outgoing=wants)).site
    assert endpoint(MOBILE, site) == "PJSIP/08123456789@trunk-telkom"
    assert caller_id(site, MOBILE) == '"Jepara Tanggap 112" <0291112>'
    assert headers(site, MOBILE) == {"PJSIP_HEADER(add,P-Preferred-Identity)": "<sip:0291112@ims.contoh>"}
    desk = Telephone("sip", "damkar1")
    assert (caller_id(site, desk), headers(site, desk)) == ('"Jepara Tanggap 112" <112>', {})


@pytest.mark.parametrize("instance", [dialling(None, TRUNK), dialling(None), dialling("indosat", TRUNK)])
def test_without_a_trunk_no_mobile_can_be_rung(instance: Instance) -> None:
    """The sentence says which setting is missing, and that only another configuration helps."""
    with pytest.raises(ChannelError) as caught:
        endpoint(MOBILE, instance.site)
    assert (str(caught.value), caught.value.permanent) == (NO_TRUNK, True)
    assert NO_TRUNK == "panggilan keluar belum diatur (mobile_trunk di site.yaml)"


class NoDialler:
    """Rings nothing."""

    async def call(self, *_: object, **__: object) -> CallAnswer:
        raise AssertionError("nothing can be rung")


class NoWords:
    """Speaks nothing."""

    async def message(self, report: Report) -> Any:
        raise AssertionError("nobody hears it")


async def test_a_push_by_telephone_says_that_there_is_no_trunk() -> None:
    """The mobile counts as not reachable: what its contact's desk phone said before is kept."""

    async def answer(key: Said) -> Heard:
        return "accepted"

    room = TrunkRoom(_cast(None), Path("/"))
    dial = telephone(lambda: dialling(None), _cast(NoDialler()), _cast(NoWords()), spawn, room)
    assert await dial(MOBILE, _cast(None), Talk(answer)) == CallAnswer("unreachable", NO_TRUNK)


def _cast(fake: object) -> Any:
    return fake
