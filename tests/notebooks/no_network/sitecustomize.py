"""Python loads this before anything else where its folder is on the path: no connection leaves the machine."""

from __future__ import annotations

import ipaddress
import socket


def _refuse_others(connect):
    def connect_here(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise OSError(f"there is no network here, so that {address[0]} cannot be reached")
        return connect(self, address)

    return connect_here


def _is_here(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _no_names(host, *rest, **options):
    if host is not None and not _is_here(host if isinstance(host, str) else host.decode()):
        raise socket.gaierror(f"there is no network here, so that {host} has no address")
    return _getaddrinfo(host, *rest, **options)


_getaddrinfo = socket.getaddrinfo
socket.getaddrinfo = _no_names
socket.socket.connect = _refuse_others(socket.socket.connect)
socket.socket.connect_ex = _refuse_others(socket.socket.connect_ex)
