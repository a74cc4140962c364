"""What requests of all kinds work on: the transcript, the personas, the regions, the turns."""

from __future__ import annotations

from typing import NamedTuple

from substrate.persona.region_port import RegionPort
from substrate.persona.roster import Roster
from substrate.persona.transcript_writer import TranscriptWriter
from substrate.persona.turn_flow import TurnFlow
from substrate.persona.withdrawal import Withdrawals


class ServiceParts(NamedTuple):
    """One set per running service; used on the loop's thread."""

    transcript: TranscriptWriter
    roster: Roster
    regions: RegionPort
    flow: TurnFlow
    withdrawals: Withdrawals
