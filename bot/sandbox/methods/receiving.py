"""How the bot gets its updates: getUpdates, setWebhook, deleteWebhook, getWebhookInfo."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request, conflict
from bot.sandbox.params import Params
from bot.sandbox.updates import WEBHOOK_SET, UpdateQueue
from bot.sandbox.webhook import Webhook

Json = dict[str, Any]

LONGEST_POLL = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]*")


class Receiving:
    """The methods around the update queue of one bot."""

    def __init__(self, updates: UpdateQueue, webhook: Webhook) -> None:
        self._updates = updates
        self._webhook = webhook

    async def get_updates(self, params: Params) -> list[Json]:
        """getUpdates; `timeout` (seconds) up to 50. Raises ApiError 409 under a webhook or for a newer poller."""
        if self._webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        offset = params.integer("offset") or 0
        limit = min(max(params.integer("limit") or 100, 1), 100)
        timeout = min(max(params.integer("timeout") or 0, 0), LONGEST_POLL)
        self._updates.allow(_allowed(params))
        return await self._updates.poll(offset, limit, timeout)

    async def set_webhook(self, params: Params) -> bool:
        """setWebhook; takes http:// and every port, since the sandbox lives on loopback. An empty url deletes it."""
        url = params.text("url")
        if not url:
            return await self.delete_webhook(params)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise bad_request("invalid webhook URL specified")
        secret = params.text("secret_token")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        connections = min(max(params.integer("max_connections") or 40, 1), 100)
        self._updates.allow(_allowed(params))
        if params.flag("drop_pending_updates"):
            self._updates.clear()
        self._updates.interrupt(WEBHOOK_SET)
        await self._webhook.open(url, secret, connections)
        return True

    async def delete_webhook(self, params: Params) -> bool:
        """deleteWebhook."""
        await self._webhook.close()
        if params.flag("drop_pending_updates"):
            self._updates.clear()
        return True

    async def get_webhook_info(self, _params: Params) -> Json:
        """getWebhookInfo."""
        info: Json = {
            "url": self._webhook.url, "has_custom_certificate": False, "pending_update_count": len(self._updates),
            **self._webhook.info(),
        }  # fmt: skip
        if self._webhook.url:
            info["max_connections"] = self._webhook.max_connections
        if self._updates.allowed is not None:
            info["allowed_updates"] = sorted(self._updates.allowed)
        return info


def _allowed(params: Params) -> list[str] | None:
    kinds = params.array("allowed_updates", "allowed updates")
    if kinds is not None and not all(isinstance(kind, str) for kind in kinds):
        raise bad_request('parameter "allowed_updates" must be an Array of String')
    return kinds
