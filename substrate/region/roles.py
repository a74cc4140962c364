"""The names under which the processes of an instance find each other's shared memory, FIFOs and sockets.

A role becomes a segment's name through `RunDirectory.segment_name(role)`; it has at most 16 characters.
A process (a region's id, `service`, `governor`) is named alike everywhere: its doorbell is
`Doorbell.attach(run, process)`, its socket `RunDirectory.socket_path(process)`.
"""

from __future__ import annotations

EVENT_RING = "ring-service"
"""The ring into which the persona service writes all events."""

EVENT_RING_SLOTS = 1024


def telemetry_role(process: str) -> str:
    """The segment in which `process` says how it is."""
    return f"t-{process}"
