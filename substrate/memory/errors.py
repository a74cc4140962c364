"""What can go wrong with a memory, each with what to do about it."""

from __future__ import annotations

from substrate.errors import SubstrateError


class MemoryStoreError(SubstrateError):
    """The base of all errors of the memory."""


class ProvenanceMissing(MemoryStoreError):
    """A memory that does not say where it comes from is refused."""


class EngramUnknown(MemoryStoreError):
    """An engram was asked for that this persona does not hold: never made, forgotten, or another's."""


class StoreUnwritable(MemoryStoreError):
    """SQLite could not commit: the disk is full, read-only or failing. Nothing was taken in."""


class StoreDamaged(StoreUnwritable):
    """A long-term memory's file is not, or no longer, a database."""


class TextsRefused(MemoryStoreError):
    """The embedder was asked for vectors of texts and made none: of one of them, it does not say which."""

    def __init__(self, message: str, hint: str = "", *, is_final: bool = True) -> None:
        """`is_final`: it said so, and would say so again; else it fell silent over them, which may pass."""
        super().__init__(message, hint)
        self.is_final = is_final


class EmbedderUnusable(MemoryStoreError):
    """The embedding table is missing, damaged or of another version."""
