"""The edge to Telegram: updates become events, screens become messages; nothing else imports `telegram`."""

import os

# The library's own way to ask for the durations of its next version, instead of a warning at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")
