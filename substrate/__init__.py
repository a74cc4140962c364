"""The persona substrate: AI personas that live on their user's own machine.

Brain regions think ahead in processes of their own and leave their results ready in shared memory; the
persona handler peeks at them without waiting and calls a local model. docs/architecture.md is the map.
"""
