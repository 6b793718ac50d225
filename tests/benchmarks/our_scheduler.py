"""Our shipped scheduler as a process that turns when it is told: one line of standard input is an instant, one line of
its answer what the turn did: how many check-ins, and seconds of processor."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime

from bot.logs import set_up
from bot.settings import load_settings
from scheduler.due import hands_for, run_due
from tests.benchmarks.our_bot import core_for


def main() -> None:
    """Turn until standard input ends."""
    settings = load_settings(None)
    set_up(settings.log_level, settings.log_format)
    core = core_for(settings)
    print("ready", flush=True)
    for line in sys.stdin:
        cpu = time.process_time()
        done = run_due(core, datetime.fromisoformat(line.strip()), hands_for(core))
        answer = {"check_ins": done.counts["check_ins"], "cpu": time.process_time() - cpu}
        print(json.dumps(answer), flush=True)
    core.store.close()


if __name__ == "__main__":
    main()
