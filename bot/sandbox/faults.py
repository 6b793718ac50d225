"""Faults that can be switched on: what the network and Telegram do on a bad day."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import ApiError, ControlError, conflict, too_many_requests, unauthorized
from bot.sandbox.updates import OTHER_POLLER

Json = dict[str, Any]

KINDS = ("429", "500", "502", "timeout_before", "timeout_after", "drop", "409", "401", "slow")
_DEFAULT_SECONDS = {"timeout_before": 60.0, "timeout_after": 60.0, "slow": 1.0}


@dataclass(slots=True)
class Fault:
    """One switched fault: for a method ("*": all), maybe one chat, `times` times (None: until switched off).

    `seconds` is how long "slow" waits before it answers, and after how long the connection of a timeout is closed.
    """

    method: str
    kind: str
    times: int | None = 1
    retry_after: int = 1
    chat_id: int | None = None
    seconds: float = 0.0

    def as_json(self) -> Json:
        """For the state."""
        return {
            "method": self.method, "kind": self.kind, "times": self.times, "retry_after": self.retry_after,
            "chat_id": self.chat_id, "seconds": self.seconds,
        }  # fmt: skip

    def fits(self, method: str, chat_id: object) -> bool:
        """Whether the fault strikes this call; `method` in lower case."""
        if self.method not in ("*", method):
            return False
        return self.chat_id is None or str(self.chat_id) == str(chat_id)

    def error(self) -> ApiError | None:
        """What the call is answered with; None for faults of time and connection."""
        if self.kind == "429":
            return too_many_requests(self.retry_after)
        if self.kind == "409":
            return conflict(OTHER_POLLER)
        if self.kind == "401":
            return unauthorized()
        if self.kind == "500":
            return ApiError(500, "Internal Server Error")
        return None


def parse_fault(body: Json) -> Fault:
    """A fault from a control request. Raises ControlError 400 with one sentence."""
    kind = str(body.get("kind", ""))
    if kind not in KINDS:
        raise ControlError(400, f'There is no fault "{kind}"; choose one of {", ".join(KINDS)}.')
    times = body.get("times", 1)
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        raise ControlError(400, f'"times" is a whole number from 1, or null for always; {times!r} is neither.')
    retry_after = body.get("retry_after", 1)
    seconds = body.get("seconds", _DEFAULT_SECONDS.get(kind, 0.0))
    chat_id = body.get("chat_id")
    if not isinstance(retry_after, int) or not isinstance(seconds, int | float) or not isinstance(chat_id, int | None):
        raise ControlError(400, '"retry_after" and "chat_id" are whole numbers and "seconds" is a number.')
    method = str(body.get("method", "*"))
    return Fault(method.lower(), kind, times, retry_after, chat_id, float(seconds))


class Faults:
    """The switched faults; the first that fits strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switches a fault on."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Switches all off."""
        self._faults.clear()

    def as_json(self) -> list[Json]:
        """All that are on."""
        return [fault.as_json() for fault in self._faults]

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault that strikes this call (counted down), if any; `method` in lower case."""
        for fault in self._faults:
            if fault.fits(method, chat_id):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                return fault
        return None
