"""Shape of `asterisk` in site.yaml: addresses, ports, and trunks as carriers need them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from asterisk.trunks.settings import Outgoing, Registration, Wire
from instance.fields import (
    Account,
    Address,
    Bool,
    Codec,
    Digits,
    Listed,
    Network,
    NetworkOrName,
    Port,
    SipUri,
    SipUser,
    Text,
    number,
    seconds,
    seconds_or_never,
    words,
)
from instance.strict import Strict

Wanted = Annotated[str, words("tidak", "boleh", "wajib")]
Mark = Annotated[
    str,
    words("ef", *(f"cs{n}" for n in range(8)), *(f"af{n}{drop}" for n in range(1, 5) for drop in range(1, 4))),
]
Class802 = Annotated[int, number(0, 7, "kelas")]
WIRE, OUTGOING = Wire(), Outgoing()


class RegisterModel(Strict):
    """Pendaftaran ke operator; kata sandinya ditulis dengan `tanggap secrets trunk NAMA`."""

    server: SipUri | None = None
    expires: Annotated[float, seconds(60, 86400)] = Registration("").expires_s
    retry: Annotated[float, seconds(5, 3600)] = Registration("").retry_s

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Accept the server alone."""
        return value if isinstance(value, dict) else {"server": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Tell editors of the short form too."""
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class SessionModel(Strict):
    """Waktu sesi (RFC 4028): dipakai atau tidak, lamanya, dan paling pendek."""

    timers: Wanted = WIRE.timers
    expires: Annotated[float, seconds(90, 86400)] = WIRE.session_s
    least: Annotated[float, seconds(90, 86400)] = WIRE.min_session_s


class TrunkModel(Strict):
    """Satu saluran ke operator telekomunikasi, dikenali dari alamatnya."""

    match: Annotated[list[NetworkOrName], Listed] = []
    codecs: Annotated[list[Codec], Listed, Field(min_length=1)] = ["alaw", "ulaw"]
    contact: Annotated[list[SipUri], Listed] = []
    transport: Annotated[str, words("udp", "tcp", "tls")] | None = None
    srtp: Wanted = WIRE.srtp
    avpf: Bool = WIRE.avpf
    user: SipUser | None = None
    realm: SipUser | None = None
    register_: Annotated[RegisterModel | None, Field(alias="register")] = None
    proxy: SipUri | None = None
    from_user: SipUser | None = None
    from_domain: SipUser | None = None
    contact_user: SipUser | None = None
    caller: Digits | None = None
    asserts: Annotated[str, words("tidak", "pai", "ppi", "rpid")] = OUTGOING.asserts
    number_form: Annotated[str, words("+62", "62", "0")] = OUTGOING.number_form
    qualify: Annotated[float, seconds_or_never(5, 3600)] = WIRE.qualify_s
    rtp_keepalive: Annotated[float, seconds_or_never(1, 600)] = WIRE.keepalive_s
    jitter_buffer: Annotated[float, seconds_or_never(0.02, 1)] = 0.0
    session: SessionModel = SessionModel()
    prack: Wanted = WIRE.prack
    channels: Annotated[int, number(1, 10000, "jumlah saluran")] | None = None
    reserve: Annotated[int, number(0, 1000, "jumlah saluran")] = 0


class DscpModel(Strict):
    """Tanda DSCP dan kelas 802.1p paket kita; tanpa ini tidak ditandai."""

    signalling: Mark | None = None
    voice: Mark | None = None
    signalling_cos: Class802 | None = None
    voice_cos: Class802 | None = None


class SipsModel(Strict):
    """SIP lewat TLS untuk trunk: port, dan apakah sertifikat lawan diperiksa terhadap `ca`."""

    port: Port = 5061
    verify: Bool = True
    ca: Text = "/etc/ssl/certs/ca-certificates.crt"


class AsteriskModel(Strict):
    """Alamat, port dan saluran Asterisk."""

    numbers: Annotated[list[Digits], Listed, Field(min_length=1)] = ["112"]
    sip_bind: Address = "127.0.0.1"
    sip_bind6: Address | None = None
    media_address: Address | None = None
    external_signaling_address: Address | None = None
    external_media_address: Address | None = None
    local_net: Annotated[list[Network], Listed] = []
    dscp: DscpModel = DscpModel()
    sips: SipsModel = SipsModel()
    sip_port: Port = 5060
    http_port: Port = 8088
    ami_port: Port = 5038
    agi_port: Port = 4573
    rtp_start: Port = 10000
    rtp_end: Port = 10999
    qualify: Annotated[float, seconds(1, 60)] = 5.0
    trunks: dict[Account, TrunkModel] = Field(min_length=1)
