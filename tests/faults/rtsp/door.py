"""Who is let in: Basic and Digest authentication as cameras ask for it (RFC 7617, RFC 2617 without `qop`)."""

import base64
import hashlib
import re

from tests.faults.rtsp.behaviour import Behaviour

USER = "viewer"
_REALM, _NONCE = "camera", "4ca1ab1e"


def challenge(behaviour: Behaviour) -> str:
    """The value of `WWW-Authenticate`."""
    return f'{behaviour.scheme} realm="{_REALM}"' + (f', nonce="{_NONCE}"' if behaviour.scheme == "Digest" else "")


def is_let_in(authorization: str, method: str, behaviour: Behaviour) -> bool:
    if not behaviour.password:
        return True
    if behaviour.scheme == "Basic":
        expected = base64.b64encode(f"{USER}:{behaviour.password}".encode()).decode()
        return authorization == f"Basic {expected}"
    given = dict(re.findall(r'(\w+)="([^"]*)"', authorization))
    account, request = _md5(f"{USER}:{_REALM}:{behaviour.password}"), _md5(f"{method}:{given.get('uri', '')}")
    return given.get("response") == _md5(f"{account}:{_NONCE}:{request}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
