"""The client of all downloads: it keeps no cookies, since each file has its own."""

from http.cookiejar import DefaultCookiePolicy

import httpx

from bbbmig.http import make_client


def file_client(*, timeout_s: float, connect_timeout_s: float, connections: int) -> httpx.Client:
    """Return a client for files, to be shared between threads. The limits are those of `http.make_client`."""
    client = make_client(timeout_s=timeout_s, connect_timeout_s=connect_timeout_s, connections=connections)
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return client
