"""Asterisk's own words about trunks, as its control socket prints them."""

from __future__ import annotations

from asterisk.launch import parse_contacts
from asterisk.site import Trunk
from asterisk.trunks.settings import Outgoing, Registration, Wire
from asterisk.trunks.status import Seen, channels, registered, registrations, trouble, up, watched

REGISTRATIONS = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 trunk-voip/sip:127.0.0.1:5999                           trunk-voip                  Rejected          (exp. 24s)
 trunk-ims.2/sip:ims.contoh;transport=tls                trunk-ims.2                 Registered        (exp. 3595s)

Objects found: 2
"""
CHANNELS = """PJSIP/trunk-voip-00000001!line!s!30!Up!Stasis!tanggap!+628!!!3!12!!1764
PJSIP/trunk-voip-2-00000002!line!s!30!Up!Stasis!tanggap!+628!!!3!12!!1764
PJSIP/trunk-voip-0000000a!line!s!30!Up!Stasis!tanggap!+628!!!3!12!!1764
PJSIP/op1-00000003!default!s!1!Up!AppDial!!!!!3!12!!1764
"""
VOIP = Trunk("voip", (), outgoing=Outgoing(user="u"), registration=Registration("sip:127.0.0.1:5999"))


def test_registrations_and_channels_by_trunk() -> None:
    """A trunk whose name begins like another's is counted for itself."""
    assert registrations(REGISTRATIONS) == {"trunk-voip": "Rejected", "trunk-ims.2": "Registered"}
    assert registrations("No objects found.\n") == {}
    assert channels(CHANNELS) == {"trunk-voip": 2, "trunk-voip-2": 1}


def test_what_can_be_told_of_a_trunk() -> None:
    """Nothing of one that is never asked; nothing before the first answer is due."""
    asked = Trunk("a1", (), contact="sip:192.0.2.1", wire=Wire(qualify_s=15))
    seen = Seen({"trunk-a1": "NonQual"}, {}, {})
    assert (up(asked, seen), registered(asked, seen), trouble(asked, seen)) == (None, None, None)
    assert (up(VOIP, seen), registered(VOIP, seen)) == (None, None)
    assert watched((asked, VOIP, Trunk("b1", ("192.0.2.1",), contact="sip:192.0.2.1"))) == (asked, VOIP)


def test_a_contact_with_parameters_is_found() -> None:
    """As `pjsip show contacts` prints it."""
    text = "  Contact:  trunk-a1/sip:192.0.2.1:5060;transport=tls 96c0be3dbc Unavail         nan\n"
    (row,) = parse_contacts(text)
    assert (row.account, row.state) == ("trunk-a1", "Unavail")
