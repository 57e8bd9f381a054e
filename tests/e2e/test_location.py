"""A network that knows where its caller is sends it with the call (PIDF-LO); a real INVITE with two body parts."""

import asyncio
import socket

from tests.e2e.line import LineUnderTest

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 45678 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
)
PIDF = (
    '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf"'
    ' xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"'
    ' xmlns:gs="http://www.opengis.net/pidflo/1.0" xmlns:gml="http://www.opengis.net/gml" entity="pres:cell@127.0.0.1">'
    '<dm:device id="cell"><gp:geopriv><gp:location-info><gs:Circle srsName="urn:ogc:def:crs:EPSG::4326">'
    '<gml:pos>-6.5888 110.6684</gml:pos><gs:radius uom="urn:ogc:def:uom:EPSG::9001">850.24</gs:radius></gs:Circle>'
    "</gp:location-info><gp:usage-rules/><gp:method>Cell</gp:method></gp:geopriv></dm:device></presence>"
)


def invite(server: str, port: int) -> bytes:
    """An INVITE with SDP and PIDF-LO."""
    parts = (
        f"--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n"
        f"--b\r\nContent-Type: application/pidf+xml\r\nContent-ID: <cell@127.0.0.1>\r\n\r\n{PIDF}\r\n--b--\r\n"
    )
    return (
        f"INVITE sip:112@{server} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-geo\r\n"
        f"From: <sip:081234567855@127.0.0.1>;tag=geo\r\nTo: <sip:112@{server}>\r\nCall-ID: geo@127.0.0.1\r\n"
        f"CSeq: 1 INVITE\r\nContact: <sip:caller@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n"
        "Geolocation: <cid:cell@127.0.0.1>\r\nGeolocation-Routing: yes\r\n"
        f"Content-Type: multipart/mixed;boundary=b\r\nContent-Length: {len(parts)}\r\n\r\n{parts}"
    ).encode()


async def test_a_position_sent_with_the_call_is_kept(line: LineUnderTest) -> None:
    """The call's row has the centre and the radius of the cell."""
    host, sip_port = line.house.server.split(":")
    with socket.socket(type=socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.sendto(invite(line.house.server, phone.getsockname()[1]), (host, int(sip_port)))
        call = await line.stage("menu")
        assert call["location"] == {"lat": -6.5888, "lon": 110.6684, "radius_m": 850.24}
        await asyncio.to_thread(phone.recv, 4096)
        await line.service.ari.hangup(call["id"])
        await line.stage("ended")


async def test_a_call_without_a_position_logs_no_complaint(line: LineUnderTest) -> None:
    """The ordinary case: no location, and nothing about it in Asterisk's log."""
    log = line.house.asterisk.paths.log / "messages.log"
    before = log.stat().st_size
    await line.dial()
    assert (await line.call())["location"] is None
    assert "WARNING" not in log.read_text()[before:]
    assert "ERROR" not in log.read_text()[before:]
