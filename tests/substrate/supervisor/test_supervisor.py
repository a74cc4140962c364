from __future__ import annotations

import math
import os
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from substrate.region.host import NICENESS
from substrate.region.telemetry import TelemetryReader
from substrate.region.work_watch import WorkWatch
from substrate.shm import ReadyBuffer, RunDirectory, SegmentExists
from substrate.shm.segment import unlink_segment
from substrate.supervisor.backoff import BackoffSettings
from substrate.supervisor.fork_server import context, start_fork_server
from substrate.supervisor.home import HomeInUse, find_instance
from substrate.supervisor.managed_process import ManagedProcess
from substrate.supervisor.milestones import BootFailed, InstanceFailed
from substrate.supervisor.supervisor import SupervisorSettings
from tests.program import PATIENCE_S, is_alive
from tests.substrate.supervisor.conftest import Launch
from tests.substrate.supervisor.stand_ins import Echo, HurriedEcho, Mortal, Shadow, Unable, end_slowly
from tests.substrate.supervisor.waiting import room, until

LOWEST_PRIORITY = 19
"""The highest niceness that there is on Linux and macOS."""


def _pids(stats: dict[str, dict[str, int]]) -> set[int]:
    return {region["pid"] for region in stats.values()}


def test_every_region_and_the_service_run_in_processes_of_their_own(launch: Launch) -> None:
    supervisor = launch()
    status = supervisor.status()
    pids = {os.getpid(), status["service"]["pid"], *_pids(status["regions"])}
    assert len(pids) == 4
    assert {status["service"]["state"], *(r["state"] for r in status["regions"].values())} <= {
        "ready",
        "ticking",
    }


def test_regions_give_way_to_everything_else(launch: Launch) -> None:
    lower = min(LOWEST_PRIORITY, psutil.Process().nice() + NICENESS)
    assert {psutil.Process(pid).nice() for pid in _pids(launch().region_stats())} == {lower}


def test_an_event_wakes_a_region_and_others_see_what_it_published(launch: Launch) -> None:
    supervisor = launch()
    with room(supervisor.spec.run_directory) as general:
        general.say("hello")
        echoed = general.hears("hello")
        assert echoed["pid"] == supervisor.region_stats()["echo"]["pid"]
        until(lambda: general.staged("shadows", "seen") == echoed, "the shadow sees the echo")


def test_a_killed_region_is_back_counted_and_hears_what_comes_next(launch: Launch) -> None:
    supervisor = launch()
    with room(supervisor.spec.run_directory) as general:
        general.say("before")
        first = general.hears("before")
        os.kill(first["pid"], signal.SIGKILL)
        general.say("after")  # most likely while the region is dead: the ring keeps it
        second = general.hears("after")
        assert second["pid"] != first["pid"]
        assert supervisor.region_stats()["echo"]["restarts"] == 1
        assert supervisor.region_stats()["shadow"]["restarts"] == 0


def test_what_a_killed_region_left_ready_stays_readable(launch: Launch) -> None:
    supervisor = launch()
    with room(supervisor.spec.run_directory) as general:
        general.say("kept")
        os.kill(general.hears("kept")["pid"], signal.SIGKILL)
        until(lambda: supervisor.region_stats()["echo"]["restarts"] == 1, "echo restarted")
        assert general.staged("echoes", "general")["text"] == "kept"


def test_a_killed_service_is_started_again_and_goes_on_with_its_ring(launch: Launch) -> None:
    supervisor = launch()
    with room(supervisor.spec.run_directory) as general:
        general.say("one")
        general.hears("one")
        os.kill(supervisor.status()["service"]["pid"], signal.SIGKILL)
        until(
            lambda: (
                supervisor.status()["service"]["restarts"] == 1
                and supervisor.status()["service"]["state"] == "ready"
            ),
            "the service is back",
        )
        general.say("two")
        general.hears("two")


def test_the_death_of_the_fork_server_ends_in_new_processes_never_in_two_writers(launch: Launch) -> None:
    supervisor = launch()
    status = supervisor.status()
    before = {psutil.Process(pid) for pid in {status["service"]["pid"], *_pids(status["regions"])}}
    server = psutil.Process(psutil.Process(status["service"]["pid"]).ppid())
    server.kill()
    until(
        lambda: all(region["restarts"] == 1 for region in supervisor.region_stats().values()),
        "every region restarted",
    )
    until(lambda: not any(map(is_alive, before)), "the old processes are gone")
    until(lambda: supervisor.status()["service"]["restarts"] == 1, "the service restarted")
    with room(supervisor.spec.run_directory) as general:
        general.say("a new start")
        general.hears("a new start")


def test_a_tick_past_its_hard_limit_is_killed_and_the_region_restarted(launch: Launch) -> None:
    supervisor = launch(HurriedEcho)
    with room(supervisor.spec.run_directory) as general:
        general.say("hang")
        until(lambda: supervisor.region_stats()["echo"]["restarts"] == 1, "the hanging region restarted")
        general.say("on we go")
        general.hears("on we go")


def test_a_crash_loop_is_named_and_rested_from(launch: Launch, caplog: pytest.LogCaptureFixture) -> None:
    backoff = BackoffSettings(first_delay_s=0.01, deaths=3, rest_s=0.5)
    supervisor = launch(Mortal, settings=SupervisorSettings(backoff=backoff))
    deadly = supervisor.spec.home / "deadly"
    deadly.touch()
    pid = supervisor.region_stats()["mortal"]["pid"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: supervisor.region_stats()["mortal"]["state"] == "crash loop", "the crash loop is seen")
    deadly.unlink()
    until(lambda: supervisor.region_stats()["mortal"]["state"] == "ready", "it lives after its rest")
    assert "mortal ended 3 times in a row soon after its start" in caplog.text


def test_a_region_that_died_inside_a_tick_counts_as_thinking_no_more(launch: Launch) -> None:
    backoff = BackoffSettings(deaths=1, rest_s=3600.0)
    supervisor = launch(Echo, settings=SupervisorSettings(backoff=backoff))
    run = RunDirectory.open(supervisor.spec.run_directory)
    with room(run.path) as general, closing(WorkWatch(run, [Echo.id])) as watch:
        general.say("exit")
        until(lambda: supervisor.region_stats()["echo"]["state"] == "crash loop", "it rests")
        assert not watch.is_anyone_thinking()


def test_a_process_that_dies_again_and_again_while_booting_fails_the_boot(
    launch: Launch, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "deadly").touch()
    supervisor = launch(Mortal, wait=False)
    with pytest.raises(BootFailed, match="mortal ended with status 9"):
        supervisor.wait_ready(60.0)


def test_a_tick_that_raises_is_counted_and_the_process_lives_on(launch: Launch) -> None:
    supervisor = launch()
    with room(supervisor.spec.run_directory) as general:
        pid = supervisor.region_stats()["echo"]["pid"]
        general.say("crash")
        until(lambda: supervisor.region_stats()["echo"]["failures"] == 1, "the failure is counted")
        general.say("fine")
        assert general.hears("fine")["pid"] == pid


def test_a_region_that_cannot_start_fails_the_boot_with_its_own_words(launch: Launch) -> None:
    supervisor = launch(Echo, Unable, wait=False)
    with pytest.raises(BootFailed) as failure:
        supervisor.wait_ready(60.0)
    assert failure.value.message == "the store is damaged"
    assert failure.value.hint == "restore it from the backup"


def test_a_service_that_cannot_start_fails_the_boot_with_its_own_words_and_is_not_tried_again(
    launch: Launch, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = launch(service="tests.substrate.supervisor.stand_ins:failing_service", wait=False)
    with pytest.raises(BootFailed, match="the model is missing"):
        supervisor.wait_ready(60.0)
    supervisor.stop()
    assert "is back as process" not in caplog.text


def test_a_second_instance_on_the_same_home_is_told_who_holds_it(launch: Launch, tmp_path: Path) -> None:
    supervisor = launch(home=tmp_path / "shared")
    with pytest.raises(HomeInUse) as refusal:
        launch(home=tmp_path / "shared")
    assert str(os.getpid()) in refusal.value.message
    assert str(supervisor.spec.run_directory) in refusal.value.message
    assert find_instance(tmp_path / "shared").run_directory == supervisor.spec.run_directory


def test_stop_ends_every_process_and_removes_every_segment(launch: Launch) -> None:
    supervisor = launch()
    status = supervisor.status()
    processes = [psutil.Process(pid) for pid in {status["service"]["pid"], *_pids(status["regions"])}]
    with room(supervisor.spec.run_directory) as general:
        general.say("still here")
        general.hears("still here")
    supervisor.stop()
    assert not [process for process in processes if process.is_running()]
    assert not supervisor.spec.run_directory.exists()
    assert supervisor.wait_failed() is None
    with pytest.raises(InstanceFailed):
        supervisor.region_stats()


def test_the_home_is_free_after_stop(launch: Launch, tmp_path: Path) -> None:
    launch(home=tmp_path / "again").stop()
    launch(home=tmp_path / "again")


def test_two_regions_that_write_one_buffer_are_refused_before_anything_starts(launch: Launch) -> None:
    class Imitator(Shadow):
        id = Echo.id

    with pytest.raises(SegmentExists):
        launch(Echo, Imitator)


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGHUP])
def test_signals_of_the_terminal_are_left_to_the_supervisor(launch: Launch, signal_: signal.Signals) -> None:
    supervisor = launch()
    stats = supervisor.region_stats()
    for pid in _pids(stats):
        os.kill(pid, signal_)
    with room(supervisor.spec.run_directory) as general:
        general.say("unmoved")
        assert general.hears("unmoved")["pid"] in _pids(stats)
    assert {region["restarts"] for region in supervisor.region_stats().values()} == {0}


def test_sigterm_to_the_whole_group_leaves_the_fork_server_to_the_supervisor(launch: Launch) -> None:
    supervisor = launch()
    first = supervisor.region_stats()["echo"]["pid"]
    server = psutil.Process(psutil.Process(first).ppid())
    server.terminate()
    os.kill(first, signal.SIGKILL)
    until(lambda: supervisor.region_stats()["echo"]["restarts"] == 1, "echo restarted")
    assert psutil.Process(supervisor.region_stats()["echo"]["pid"]).ppid() == server.pid
    assert supervisor.region_stats()["shadow"]["restarts"] == 0


def test_a_child_can_be_ended_by_sigterm_from_its_first_instruction_on(fork_server: None) -> None:
    start_fork_server()
    child = context().Process(target=signal.pause)
    child.start()
    child.terminate()
    child.join(PATIENCE_S)
    assert child.exitcode == -signal.SIGTERM


@pytest.mark.parametrize("dies_in_time", [True, False])
def test_a_process_whose_fork_server_died_has_its_time_to_end_all_the_same(
    fork_server: None, tmp_path: Path, caplog: pytest.LogCaptureFixture, dies_in_time: bool
) -> None:
    name = f"psub-test{os.getpid() % 10_000:04}-t"
    telemetry = TelemetryReader(ReadyBuffer.create(name, keys=4, value_bytes=4096))
    released = tmp_path / "released"
    os.mkfifo(released)
    process = ManagedProcess("slow", end_slowly, (tmp_path, released), telemetry, math.inf, BackoffSettings())
    try:
        process.start()
        until((tmp_path / "started").exists, "it runs")
        child = psutil.Process(process.pid)
        psutil.Process(child.ppid()).kill()
        process.terminate()
        until(process.has_ended, "the fork server's end looks like the child's")
        if dies_in_time:
            threading.Timer(0.2, released.write_bytes, [b"now"]).start()
        assert process.end(time.monotonic() + (PATIENCE_S if dies_in_time else 0.0)) is dies_in_time
        assert (tmp_path / "ended").exists() is dies_in_time
        assert ("slow, process" in caplog.text) is not dies_in_time
        assert not is_alive(child)
    finally:
        telemetry.close()
        unlink_segment(name)


def test_the_sockets_of_regions_are_for_this_user_only(launch: Launch) -> None:
    supervisor = launch()
    assert (supervisor.spec.run_directory / "echo.sock").stat().st_mode & 0o077 == 0
