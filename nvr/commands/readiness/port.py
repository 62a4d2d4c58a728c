"""The address that pages and metrics are served on: free, or held by our own recorder."""

import errno
import socket

import httpx

from nvr.commands.readiness.finding import Finding
from nvr.commands.running import recorder
from nvr.settings import WebSettings


def port(web: WebSettings, *, recorder_runs: bool) -> Finding:
    address = f"{web.host}:{web.port}"
    if recorder_runs:
        return Finding("port", True, f"{address} is served by the running recorder")
    try:
        _bind(web.host, web.port)
    except OSError as error:
        return Finding("port", False, f"{address} cannot be listened on: {_reason(error)}", _remedy(error))
    return Finding("port", True, f"{address} is free")


def runs(web: WebSettings) -> bool:
    """Whether a recorder answers there."""
    with recorder(web, timeout_seconds=3.0) as client:
        try:
            response = client.get("/healthz")
            return response.status_code == 200 and response.json() == {"status": "ok"}
        except (httpx.HTTPError, ValueError):
            return False


def _bind(host: str, number: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown").lower()


def _remedy(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "choose another port in web.listen, or stop the program that holds it"
    if error.errno == errno.EACCES:
        return "choose a port from 1024 on in web.listen"
    return "write an address of this machine in web.listen: 127.0.0.1, 0.0.0.0 or [::]"
