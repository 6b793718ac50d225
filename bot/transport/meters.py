"""Prometheus metrics: what this process counted, and how things stand in the database.

A registry of our own: nothing of Python or of the machine slips in. Labels are few and fixed, and nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.service.figures import Figure

PREFIX = "compagnon_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

ABOUT = {
    "heartbeat_age_seconds": "Since intake, scheduler or sender last really worked",
    "leases_held": "Leases that a process holds now; `process` are living processes",
    "outbox_waiting": "Messages that may go out now",
    "outbox_oldest_seconds": "How long the oldest of them has waited",
    "second_waiting": "E-mails and webhook calls not out yet",
    "check_ins": "Check-ins of yesterday and today by state",
    "alerts_open": "Open alerts, drills left out",
    "alerts_reaching_nobody": "Open alerts that nobody has: no chat and no e-mail reaches anybody",
    "alert_oldest_untaken_seconds": "Age of the oldest open alert that nobody has taken",
}


class _Standing(Collector):
    """Figures read before this scrape, as gauges."""

    def __init__(self) -> None:
        self.figures: Iterable[Figure] | None = ()

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            f"{PREFIX}database_up", "Could the database be read?", value=0.0 if self.figures is None else 1.0
        )
        families: dict[str, GaugeMetricFamily] = {}
        for figure in self.figures or ():
            family = families.get(figure.name)
            if family is None:
                family = families[figure.name] = GaugeMetricFamily(
                    PREFIX + figure.name, ABOUT[figure.name], labels=list(figure.labels)
                )
            family.add_metric(list(figure.labels.values()), figure.value)
        yield from families.values()


class Meters:
    """One per process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._standing = _Standing()
        self._registry.register(self._standing)
        self.updates = Counter(f"{PREFIX}updates_received", "Updates taken in", registry=self._registry)
        self.left_out = Counter(
            f"{PREFIX}updates_left_out", "Updates of chats that sent too many at once", registry=self._registry
        )
        self.answers = Histogram(
            f"{PREFIX}answer_seconds", "From an update's arrival here until Telegram had the answer",
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self.messages = Counter(
            f"{PREFIX}messages", "Calls of the Bot API for messages, by kind and fate", ["kind", "fate"],
            registry=self._registry,
        )  # fmt: skip
        self.second = Counter(
            f"{PREFIX}second_messages", "E-mails and webhook calls, by fate", ["channel", "fate"],
            registry=self._registry,
        )  # fmt: skip
        self.budget = Gauge(
            f"{PREFIX}bulk_budget_used_ratio", "Share of MESSAGES_PER_SECOND used in the last second",
            registry=self._registry,
        )  # fmt: skip

    def page(self, figures: Iterable[Figure] | None) -> bytes:
        """The page for a scrape; `figures` None when the database cannot be read."""
        self._standing.figures = figures
        return generate_latest(self._registry)
