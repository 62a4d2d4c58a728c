"""The recorder of a configuration, as another process on its machine reaches it."""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from nvr.errors import EnvironmentNotReady, NvrError
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


class NotRunning(EnvironmentNotReady):
    """Nothing listens where the recorder would."""


@contextmanager
def asking(web: WebSettings, timeout_seconds: float = 30.0) -> Iterator[httpx.Client]:
    """The running recorder's client; what goes wrong with asking is an NvrError. Raises NotRunning."""
    with recorder(web, timeout_seconds) as client:
        try:
            yield client
        except httpx.ConnectError:
            raise NotRunning(f"no recorder runs at {client.base_url}", hint="start it with nvr run") from None
        except httpx.HTTPError as error:
            raise EnvironmentNotReady(
                f"the recorder at {client.base_url} does not answer: {type(error).__name__}",
                hint="look at its log, or ask again",
            ) from None


def content_of(response: httpx.Response, *keys: str) -> Mapping[str, Any]:
    """What a recorder answered, which has at least these keys. Raises NvrError with what it refused."""
    address = urlsplit(str(response.url)).netloc
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict) or not (set(keys) <= content.keys() or (response.is_error and "error" in content)):
        hint = "another program has web.listen's port: change the port, or stop that program"
        raise EnvironmentNotReady(f"what answers at {address} is no recorder", hint=hint)
    if response.is_error:
        raise NvrError(f"the recorder at {address} says: {content['error']}", hint=str(content.get("hint", "")))
    return content
