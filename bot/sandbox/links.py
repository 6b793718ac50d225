"""Which addresses Telegram accepts in links and buttons, and how it writes them."""

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST_PORT = re.compile(r"[^:/?#]+:\d+([/?#]|$)")
_MENTION = re.compile(r"tg://user\?id=(\d{1,15})")
_DEEP_LINKS = ("tg", "ton", "tonsite")


class BadLink(ValueError):
    """The address is refused; the text is Telegram's reason."""


def checked_link(url: str) -> str:
    """The address as Telegram stores it ("example.org" → "http://example.org/").

    Raises BadLink. Hosts need a dot (so `localhost` is refused, `127.0.0.1` is not), as in TDLib's LinkManager.
    """
    url = url.strip()
    if not url:
        raise BadLink("URL host is empty")
    found = None if _HOST_PORT.match(url) else _SCHEME.match(url)
    if found is None:
        return _web_link("http://" + url)
    scheme = found[1].lower()
    if scheme in _DEEP_LINKS:
        return url
    if scheme not in ("http", "https"):
        raise BadLink("Unsupported URL protocol")
    return _web_link(url)


def _web_link(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadLink("Wrong port number specified in the URL") from None
    host = parts.hostname or ""
    if not host:
        raise BadLink("URL host is empty")
    if "." not in host or re.search(r"\s", host):
        raise BadLink("Wrong HTTP URL")
    return parts._replace(scheme=parts.scheme.lower(), path=parts.path or "/").geturl()


def mentioned_user(url: str) -> int | None:
    """The user id of a `tg://user?id=…` link, else None."""
    found = _MENTION.fullmatch(url.strip())
    return int(found[1]) if found else None
