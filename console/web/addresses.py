"""The address that a request comes from, also behind a proxy of ours."""

import ipaddress
from collections.abc import Sequence

from aiohttp import web


def client_address(request: web.Request, proxies: Sequence[str]) -> str:
    """The client's address: that of the connection; behind our `proxies` the last other one in X-Forwarded-For.

    The header counts from our proxies alone. IPv6 counts by its network of 64 bits."""
    address = request.remote or ""
    named = [part.strip() for line in request.headers.getall("X-Forwarded-For", []) for part in line.split(",")]
    while named and address in proxies:
        address = named.pop()
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return request.remote or ""
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
