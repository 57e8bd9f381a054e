"""The arrival of a call as the store keeps it, made of the data that the network sent."""

import json
from typing import Any

from asterisk.location import parse
from asterisk.phone_numbers import normalise
from instance.site import Site
from tickets.store.calls import NewCall


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
) -> NewCall:
    """The arrival of call `call` with this caller ID; `name` is the caller ID's, which counts without a number."""
    caller = normalise(number, name, site.country_code, site.area_code)
    return NewCall(
        id=call,
        number=caller.e164,
        display=caller.display,
        anonymous=caller.anonymous,
        callable=caller.callable,
        dialled=dialled,
        handled_by=handled_by,
        location=location,
        trunk=trunk,
    )


def location_of(channel: dict[str, Any]) -> str | None:
    """The caller's position as JSON text, where the network sent one."""
    position = parse((channel.get("channelvars") or {}).get("TANGGAP_LOCATION"))
    return None if position is None else json.dumps(position)
