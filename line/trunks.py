"""Dialling out of the site: the endpoint that Asterisk rings for a telephone, and the caller that it shows."""

from collections.abc import Mapping

from asterisk.site import Trunk
from asterisk.trunks import outgoing
from instance.site import Site
from tickets.errors import ChannelError
from tickets.notify.channel import Telephone

NO_TRUNK = "panggilan keluar belum diatur (mobile_trunk di site.yaml)"


def mobile_trunk(site: Site) -> Trunk | None:
    """The trunk over which mobiles are called."""
    return next((trunk for trunk in site.asterisk.trunks if trunk.name == site.mobile_trunk), None)


def endpoint(line: Telephone, site: Site) -> str:
    """The endpoint of a telephone: a registered phone, or a number over the site's mobile trunk, in its form.

    ChannelError, permanent, where the site has no such trunk."""
    if line.kind == "sip":
        return f"PJSIP/{line.address}"
    trunk = mobile_trunk(site)
    if trunk is None:
        raise ChannelError(NO_TRUNK, permanent=True)
    return outgoing.endpoint(trunk, line.address, site.country_code)


def caller_id(site: Site, line: Telephone | None = None) -> str:
    """The caller that a phone shows: the site's name, and the number that its trunk or else the site has first."""
    trunk = mobile_trunk(site) if line is not None and line.kind == "mobile" else None
    name = "".join(letter for letter in site.name if letter not in '"\\<>')
    return f'"{name}" <{outgoing.caller(trunk, site.asterisk.numbers[0])}>'


def headers(site: Site, line: Telephone) -> Mapping[str, str]:
    """Channel variables that add what the trunk of a telephone wants to see of the caller."""
    trunk = mobile_trunk(site) if line.kind == "mobile" else None
    return outgoing.headers(trunk, site.asterisk.numbers[0]) if trunk else {}
