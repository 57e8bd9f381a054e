"""Dialling out of the site: the endpoint that Asterisk rings for a telephone, and the caller that it shows."""

from instance.site import Site
from tickets.errors import ChannelError
from tickets.notify.channel import Telephone

NO_TRUNK = "panggilan keluar belum diatur (mobile_trunk di site.yaml)"


def endpoint(line: Telephone, site: Site) -> str:
    """The endpoint of a telephone: a registered phone, or a number over the site's mobile trunk.

    ChannelError, permanent, where the site has no such trunk."""
    if line.kind == "sip":
        return f"PJSIP/{line.address}"
    for trunk in site.asterisk.trunks:
        if trunk.name == site.mobile_trunk:
            return f"PJSIP/{line.address}@{trunk.endpoint}"
    raise ChannelError(NO_TRUNK, permanent=True)


def caller_id(site: Site) -> str:
    """The caller that the phone shows: the site's name and its first number."""
    name = "".join(letter for letter in site.name if letter not in '"\\<>')
    return f'"{name}" <{site.asterisk.numbers[0]}>'
