"""A caller as the store keeps one, from what the network says of the call."""

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
    found = normalise(number, name, site.country_code, site.area_code)
    return NewCall(
        id=call,
        number=found.e164,
        display=found.display,
        anonymous=found.anonymous,
        callable=found.callable,
        dialled=dialled,
        handled_by=handled_by,
        location=location,
        trunk=trunk,
    )


def location_of(channel: dict[str, Any]) -> str | None:
    """The caller's position as JSON text, where the network sent one."""
    found = parse((channel.get("channelvars") or {}).get("TANGGAP_LOCATION"))
    return None if found is None else json.dumps(found)
