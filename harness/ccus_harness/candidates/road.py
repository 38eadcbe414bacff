"""The way to a candidate's adapter: straight, or through the proxy that was named, trusting whom it was told to."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies


def session(url: str, *, proxy: str | None = None, ca_bundle: str | None = None) -> requests.Session:
    """A session for one adapter.

    A named proxy goes before HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment; an adapter on this
    machine is never looked for through those. Nothing else is taken from the environment.
    """
    made = requests.Session()
    made.trust_env = False
    if proxy:
        made.proxies = {"http": proxy, "https": proxy}
    elif not _on_this_machine(url):
        made.proxies = dict(get_environ_proxies(url))
    if ca_bundle:
        made.verify = ca_bundle
    return made


def _on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
