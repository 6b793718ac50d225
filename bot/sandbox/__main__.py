"""`python -m bot.sandbox --port 8081 --token 100:TEST`: the sandbox alone, for authors who preview their texts."""

import argparse
import asyncio
import os
import sys

from bot.sandbox.server import Sandbox


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--token", default="100:TEST", help="what the bot must be given as its token")
    parser.add_argument("--username", default="compagnon_demo_bot", help="the bot's username")
    parser.add_argument("--person", action="append", default=[], metavar="NAME", help="a person to begin with")
    parser.add_argument("--flood-limits", action="store_true", help="answer 429 as Telegram does")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    sandbox = Sandbox(arguments.token, arguments.username, flood_limits=arguments.flood_limits)
    for name in arguments.person or ["Alex"]:
        sandbox.world.add_user(name, language_code="en")
    await sandbox.start(arguments.host, arguments.port)
    sys.stdout.write(
        f"Chat:    {sandbox.url}/\nBot API: {sandbox.url}/bot{arguments.token}/\n"
        f"Start a bot with COMPAGNON_API_URL={sandbox.url} and COMPAGNON_TOKEN={arguments.token}. Stop with Ctrl+C.\n"
    )
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await sandbox.stop()


def main() -> int:
    """Runs until Ctrl+C; exit status 1 with one sentence when it can't start."""
    arguments = _arguments()
    try:
        asyncio.run(_serve(arguments))
    except KeyboardInterrupt:
        return 0
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        where, why = f"{arguments.host}:{arguments.port}", os.strerror(error.errno or 0)
        sys.stderr.write(f"The sandbox can't listen on {where} ({why}); choose another --host or --port.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
