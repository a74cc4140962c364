"""The governor: watches what regions cost and how much of it is used; decides how often each may think."""

from governor.governor import Governor, GovernorSettings
from governor.host_tiers import HostTier, tier_of
from governor.pressure import PressureGauge, PressureSettings
from governor.yield_learning import YieldLearner, YieldSettings

__all__ = [
    "Governor",
    "GovernorSettings",
    "HostTier",
    "PressureGauge",
    "PressureSettings",
    "YieldLearner",
    "YieldSettings",
    "tier_of",
]
