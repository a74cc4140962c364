"""A persona speaks with all adapters that it names; when one was not loaded, it is named, not left out."""

from __future__ import annotations

from collections.abc import Collection

from substrate.errors import SubstrateError
from substrate.persona.description import PersonaDescription


class AdapterNotLoaded(SubstrateError):
    """A persona names an adapter that the model was not loaded with."""


def check_loaded(description: PersonaDescription, loaded: Collection[str], otherwise: str) -> None:
    """Raises AdapterNotLoaded naming the persona and the adapter. `otherwise`: what helps but loading it."""
    for name, _ in description.blend:
        if name not in loaded:
            raise AdapterNotLoaded(
                f"persona {description.name!r} speaks with the adapter {name!r}, which is not loaded; "
                f"loaded are: {', '.join(sorted(loaded)) or 'none'}",
                f"start with --lora {name}=PATH, or {otherwise}",
            )
