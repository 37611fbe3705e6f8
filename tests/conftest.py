"""What holds for every test: the same examples each time, and no way out to a network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from minglu.register.sources.vector.gdal_drivers import vector_io

vector_io()  # GDAL's guard must stand before any test loads GDAL by another way

# Deterministic examples; no limit that depends on how busy the machine is.
settings.register_profile(
    "minglu", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("minglu")


class NetworkReachedError(AssertionError):
    """Code under test tried to leave this machine."""


def _is_here(host: object) -> bool:
    """Return whether an address is of this machine; names other than localhost are not."""
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse connections to anything but this machine, in this process."""

    def guard(name: str) -> None:
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, *arguments):
            address = arguments[-1]
            if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
                raise NetworkReachedError(f"socket.{name}: nothing in minglu may reach a network")
            return original(self, *arguments)

        patch.setattr(socket.socket, name, guarded)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            guard(name)
        yield
