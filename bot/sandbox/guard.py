"""Only this machine's own pages may use the page and the control API: Host and Origin are checked (DNS rebinding)."""

from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def _names_us(address: str, hosts: Collection[str], port: int) -> bool:
    """Whether `//host:port` is ours."""
    try:
        parts = urlsplit(address)
        return parts.hostname in hosts and (parts.port or 80) == port
    except ValueError:
        return False


def refusal(request: web.Request, hosts: Collection[str], port: int) -> str | None:
    """One sentence why the request is refused; None when it may pass."""
    host = request.headers.get("Host", "")
    if not _names_us(f"//{host}", hosts, port):
        return f"This sandbox answers to 127.0.0.1 and localhost on port {port} only, not to {host!r}."
    origin = request.headers.get("Origin")
    if origin is not None and (not origin.startswith("http://") or not _names_us(origin, hosts, port)):
        return f"Pages of {origin!r} may not use this sandbox."
    return None


def guarded(handler: Handler, hosts: Collection[str], port: Callable[[], int]) -> Handler:
    """The handler behind the check, with strict headers on its answers."""

    async def checked(request: web.Request) -> web.StreamResponse:
        sentence = refusal(request, hosts, port())
        if sentence is not None:
            return web.json_response({"error": sentence}, status=403)
        response = await handler(request)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return checked
