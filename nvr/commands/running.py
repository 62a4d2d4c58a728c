"""The recorder of a configuration, as another process on its machine reaches it."""

import ipaddress

import httpx

from nvr.settings import WebSettings


def recorder(web: WebSettings, timeout_seconds: float = 30.0) -> httpx.Client:
    """A client for the recorder of this configuration, which may or may not be running."""
    headers = {"Authorization": f"Bearer {web.token}"} if web.token else {}
    # No proxy of the environment: the recorder is on this machine.
    return httpx.Client(base_url=base_url(web), headers=headers, timeout=timeout_seconds, trust_env=False)


def base_url(web: WebSettings) -> str:
    """Where this machine reaches what listens there: `0.0.0.0` is every address, and so also the loopback's."""
    try:
        address = ipaddress.ip_address(web.host)
    except ValueError:
        return f"http://{web.host}:{web.port}"
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://[{address}]:{web.port}" if address.version == 6 else f"http://{address}:{web.port}"
