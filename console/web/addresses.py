"""Where a request comes from, also behind a proxy of ours."""

import ipaddress
from collections.abc import Sequence

from aiohttp import web


def client_address(request: web.Request, proxies: Sequence[str]) -> str:
    """The address of who asks: that of the connection, or, from one of our `proxies`, the last one it names that is
    none of them. What others write into X-Forwarded-For counts for nothing. IPv6 counts by its network of 64 bits."""
    address = request.remote or ""
    named = [part.strip() for line in request.headers.getall("X-Forwarded-For", []) for part in line.split(",")]
    while named and address in proxies:
        address = named.pop()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return request.remote or ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)
