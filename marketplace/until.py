"""A call of AWS' API that is repeated until what it asks about has ended."""

import time
from typing import NamedTuple

import jmespath

from marketplace.aws import Call
from marketplace.errors import RefusedError
from marketplace.shapes import Json

SECONDS_BETWEEN = 5


class Until(NamedTuple):
    """The answer's `status` is a JMESPath; once it is one of `ended`, the waiting is over."""

    call: Call
    status: str
    ended: tuple[str, ...]
    hours: float = 1

    def command(self, region: str) -> str:
        """A loop for a shell. It has no limit in time: who sees it can stop it."""
        asked = f"{self.call.command(region)} --query {self.status} --output text"
        return f"until {asked} | grep -E '{'|'.join(self.ended)}'; do sleep {SECONDS_BETWEEN}; done"

    def make(self, region: str) -> Json:
        """The last answer. What is waited for is printed when it changes, and every minute.

        Raises RefusedError after `hours`, and what the call raises.
        """
        began, shown = time.monotonic(), ""
        while (status := jmespath.search(self.status, answer := self.call.make(region))) not in self.ended:
            minutes = (time.monotonic() - began) / 60
            if minutes >= 60 * self.hours:
                raise RefusedError(
                    f"{self.call.operation} still answers {_said(status)} after {self.hours:g} h: look into AWS' "
                    "console, or run the same command again to wait on."
                )
            now = f"# Waiting: {_said(status)}, {minutes:.0f} min"
            if now != shown:
                print(now, flush=True)
            shown = now
            time.sleep(SECONDS_BETWEEN)
        return answer


def _said(status: str | None) -> str:
    return status or "nothing yet"
