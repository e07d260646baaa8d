"""Where a request comes from, as far as anybody can tell: for limits that hold before somebody has signed in."""

import ipaddress

from flask import request


def client_network() -> str:
    """The address that sends this request; of IPv6 its network of 64 bits, which one household holds.

    Behind proxies it is what the last of ours saw (`ICI_PROXIES`). Without an address, as on a unix socket, all
    requests are one client's.
    """
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((address, 64), strict=False) if address.version == 6 else address)
