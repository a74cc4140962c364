"""The governor in a real instance: it falls asleep with the mind, and an event wakes both."""

from __future__ import annotations

from governor import Governor
from substrate.instance import PhaseTimes
from tests.substrate.supervisor.conftest import Launch, fork_server, launch
from tests.substrate.supervisor.waiting import room, until

__all__ = ["fork_server", "launch"]

_NEVER_S = 3600.0


def test_an_event_wakes_a_sleeping_mind_at_once(launch: Launch) -> None:
    # Nothing but the event can wake anybody within the bounds of this test: the cadence asleep is an hour,
    # and the governor's own step is a minute.
    phases = PhaseTimes(idle_after_s=0.5, sleep_after_s=1.0, sleep_cadence_s=_NEVER_S)
    supervisor = launch(governor=Governor, phases=phases)

    def phase() -> str:
        found: str = supervisor.governor_status()["phase"]
        return found

    def cadence_s() -> float:
        found: float = supervisor.region_stats()["echo"]["cadence_s"]
        return found

    until(lambda: phase() == "sleep", "the mind falls asleep")
    until(lambda: cadence_s() > _NEVER_S / 10, "the regions are told")
    steps = supervisor.governor_status()["steps"]
    with room(supervisor.spec.run_directory) as general:
        general.say("wake up")
        general.hears("wake up")
        until(lambda: supervisor.governor_status()["steps"] > steps, "the governor is woken, too")
    until(lambda: supervisor.region_stats()["shadow"]["ticks"] > 1, "the other region ticks again")
