"""The arrival of a call as the store keeps it, made of the data that the network sent."""

import json
from typing import Any

from asterisk.callers.identity import as_json, decide, from_variable
from asterisk.location import parse
from instance.site import Site
from tickets.store.calls import NewCall

IDENTITY = "TANGGAP_IDENTITY"


def new_call(
    call: str,
    number: str | None,
    dialled: str,
    site: Site,
    *,
    name: str | None = None,
    handled_by: str = "calls",
    location: str | None = None,
    trunk: str | None = None,
    identity: str | None = None,
) -> NewCall:
    """The arrival of call `call` with this caller ID; `name` is the caller ID's, which counts without a number.

    `identity` is the dialplan's variable with the header rows: only those of a trunk say who calls."""
    rows = from_variable(identity) if trunk is not None else {}
    caller = decide(rows, number, name, site.country_code, site.area_code)
    return NewCall(
        id=call,
        number=caller.number.e164,
        display=caller.number.display,
        anonymous=caller.number.anonymous,
        callable=caller.number.callable,
        dialled=dialled,
        handled_by=handled_by,
        location=location,
        trunk=trunk,
        identity=as_json(caller, rows),
        device=caller.number.device,
    )


def identity_of(channel: dict[str, Any]) -> str | None:
    """The header rows of a caller's channel, as the dialplan put them together."""
    return (channel.get("channelvars") or {}).get(IDENTITY)


def location_of(channel: dict[str, Any]) -> str | None:
    """The caller's position as JSON text, where the network sent one."""
    position = parse((channel.get("channelvars") or {}).get("TANGGAP_LOCATION"))
    return None if position is None else json.dumps(position)
