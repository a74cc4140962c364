"""What a user can ask of the memory: why something is remembered, and what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

from substrate.memory.admission import is_blank
from substrate.memory.domains import domain_of
from substrate.memory.engram import Engram
from substrate.memory.errors import EngramUnknown, MemoryStoreError, StoreUnwritable
from substrate.memory.recall import RecallQuery, recall
from substrate.memory.settings import AdmissionSettings
from substrate.memory.store import EngramStore
from substrate.persona.transcript import TranscriptReader, TranscriptRow
from substrate.plain_text import ALLOWED, NOT_IN_TEXTS, refusal
from substrate.region.contract import PersonaProfile
from substrate.whole_words import name_key

Memories = Iterable[tuple[PersonaProfile, EngramStore]]


class BadParameter(MemoryStoreError):
    """A command's parameter is missing, unknown or not of its kind."""


def refuse_unopened(
    unopened: Iterable[tuple[PersonaProfile, StoreUnwritable]],
    params: Mapping[str, Any],
    *,
    are_others_held: bool,
) -> None:
    """Raises what keeps a memory from being opened when it is that one that a command asks for, by name or
    because there is no other."""
    wanted = _text(params, "persona")
    for persona, error in unopened:
        if _goes_by(persona, wanted) if wanted is not None else not are_others_held:
            raise error


def recall_command(memories: Memories, params: Mapping[str, Any], now_s: float) -> dict[str, Any]:
    """`memory/recall`: what the persona remembers when `asker` says `query`, with the parts of every score.

    Without `asker` it is said by nobody in particular, and "my" is no one's.
    """
    _only(params, "memory/recall", ("query", "persona", "channel", "asker", "limit"))
    persona, store = _chosen(memories, params)
    text = params.get("query")
    if not isinstance(text, str) or not text.strip():
        raise BadParameter("memory/recall needs a query", 'for example {"query": "my sister"}')
    limit, usual = _limit(params), store.settings.budget
    # As many as a prompt would get, at least: fewer would mostly be the floor of the most recent ones.
    budget = replace(usual, engrams=max(limit, usual.engrams), tokens=1_000_000)
    channel = _text(params, "channel") or ""
    query = RecallQuery(
        text,
        now_s,
        channel,
        domain_of(channel),
        asker=_text(params, "asker"),
        asked=persona.name,
        budget=budget,
    )
    result = recall(store, query)
    return {
        "persona": persona.name,
        "focus_confidence": result.focus_confidence,
        "engrams": [
            {
                **_described(recalled.engram),
                "score": recalled.score,
                "pool": recalled.pool.value,
                "parts": asdict(recalled.parts),
            }
            for recalled in result.engrams[:limit]
        ],
    }


def list_command(
    memories: Memories, params: Mapping[str, Any], transcript: TranscriptReader
) -> dict[str, Any]:
    """`memory/list`: the newest memories, and how many there are; with `text`, those that hold its words, and
    in `messages` what was said in these words and is not among them: it is not remembered, or was
    corrected."""
    _only(params, "memory/list", ("persona", "channel", "text", "limit"))
    persona, store = _chosen(memories, params)
    channel, words, limit = _text(params, "channel"), _text(params, "text"), _limit(params)
    messages: list[TranscriptRow] = []
    if words is None or not words.strip():
        engrams = list(store.newest(limit, channel))
    else:
        holding = [one for one in store.containing(words) if channel in (None, one.channel)]
        engrams = holding[::-1][:limit]
        remembered = {one.message_id for one in holding}
        said = filter(None, map(transcript.row, reversed(transcript.containing(words))))
        here = (row for row in said if channel in (None, row.channel))
        messages = list(islice((row for row in here if row.message_id not in remembered), limit))
    return {
        "persona": persona.name,
        "count": len(store),
        "embedder": store.senses.embedder.id,
        "vectors_to_come": store.vectors_to_come,
        "engrams": [_described(engram) for engram in engrams],
        "messages": [
            {
                "message_id": row.message_id,
                "row_id": row.row_id,
                "speaker": row.sender,
                "channel": row.channel,
                "said_at_s": row.at_s,
                "text": row.text,
            }
            for row in messages
        ],
    }


def correct_command(memories: Memories, params: Mapping[str, Any]) -> dict[str, Any]:
    """`memory/correct`: replace what a memory says, for one persona or for all who hold it."""
    _only(params, "memory/correct", ("engram_id", "text", "persona"))
    engram_id, text = _text(params, "engram_id"), _text(params, "text")
    if not engram_id or not text or is_blank(text):
        raise BadParameter(
            "memory/correct needs an engram_id and a text",
            'for example {"engram_id": "412.0", "text": "My sister is called Ada."}',
        )
    if found := refusal(text, NOT_IN_TEXTS):
        raise BadParameter(f"text holds {found}", ALLOWED)
    longest = AdmissionSettings().engram_chars
    if len(text) > longest:
        raise BadParameter(
            f"text has {len(text)} characters, a memory holds {longest}",
            "say it in fewer words; what is longer can be said as a message",
        )
    holders = [(persona, store) for persona, store in _meant(memories, params) if store.holds(engram_id)]
    if not holders:
        raise EngramUnknown(f"nobody holds a memory {engram_id}", "memory/list shows the ones there are")
    corrected = [store.correct(engram_id, text) for _, store in holders]
    return {"engram": _described(corrected[0]), "personas": [persona.name for persona, _ in holders]}


def forget_command(memories: Memories, params: Mapping[str, Any]) -> dict[str, Any]:
    """`memory/forget` for one persona: it no longer knows; the transcript and the others keep it."""
    _only(params, "memory/forget", ("engram_ids", "text", "persona"))
    persona, store = _chosen(memories, params)
    wanted = _wanted([(persona, store)], params)
    origins = [store.engram(engram_id) for engram_id in wanted]
    return {
        "persona": persona.name,
        "forgotten": store.forget(wanted),
        "engram_ids": wanted,
        "row_ids": sorted({origin.row_id for origin in origins}),
        "message_ids": list(dict.fromkeys(origin.message_id for origin in origins)),
    }


def rows_command(
    memories: Memories, params: Mapping[str, Any], transcript: TranscriptReader
) -> dict[str, Any]:
    """`memory/rows`: which transcript rows memories come from, so that they can be forgotten by all.

    With `text` the rows that hold these words are among them, those included that nobody remembers, or
    remembers corrected. A memory whose message does not stand in this transcript, but in one that was there
    before, has no row that could be withdrawn: it is forgotten here, and said in `forgotten`.
    """
    _only(params, "memory/rows", ("engram_ids", "text"))
    held = list(memories)
    wanted = _wanted(held, params)
    rows: set[int] = set()
    forgotten = 0
    for _, store in held:
        strays = []
        for engram_id in filter(store.holds, wanted):
            origin = store.engram(engram_id)
            row = transcript.row(origin.row_id)
            if row is not None and row.message_id == origin.message_id:
                rows.add(row.row_id)
            else:
                strays.append(engram_id)
        forgotten += store.forget(strays) if strays else 0
    rows.update(transcript.containing(params["text"]) if params.get("text") else ())
    return {"row_ids": sorted(rows), "engram_ids": wanted, "forgotten": forgotten}


def _wanted(memories: Sequence[tuple[PersonaProfile, EngramStore]], params: Mapping[str, Any]) -> list[str]:
    """The engrams that `engram_ids` names or whose words contain `text`; all of them are held."""
    engram_ids, text = params.get("engram_ids"), _text(params, "text")
    if text is not None and text.strip() and engram_ids is None:
        found = (engram.engram_id for _, store in memories for engram in store.containing(text))
        return list(dict.fromkeys(found))
    if text is None and isinstance(engram_ids, list) and all(isinstance(one, str) for one in engram_ids):
        for engram_id in engram_ids:
            if not any(store.holds(engram_id) for _, store in memories):
                raise EngramUnknown(f"nobody holds a memory {engram_id}", "memory/list shows them")
        return engram_ids
    raise BadParameter(
        "what is to be forgotten?",
        'either "engram_ids", a list as memory/list shows them, or "text", words that the memories contain',
    )


def _meant(memories: Memories, params: Mapping[str, Any]) -> list[tuple[PersonaProfile, EngramStore]]:
    return list(memories) if params.get("persona") is None else [_chosen(memories, params)]


def _described(engram: Engram) -> dict[str, Any]:
    return {
        "engram_id": engram.engram_id,
        "message_id": engram.message_id,
        "row_id": engram.row_id,
        "speaker": engram.speaker,
        "channel": engram.channel,
        "said_at_s": engram.said_at_s,
        "text": engram.text,
        "kind": engram.kind.name.lower(),
        "form": engram.form.name.lower(),
        "salience": engram.salience,
    }


def _chosen(memories: Memories, params: Mapping[str, Any]) -> tuple[PersonaProfile, EngramStore]:
    held = list(memories)
    names = ", ".join(persona.name for persona, _ in held) or "none"
    wanted = _text(params, "persona")
    if wanted is None and len(held) == 1:
        return held[0]
    if wanted is None:
        raise BadParameter("whose memory is meant?", f"persona is one of: {names}")
    for persona, store in held:
        if _goes_by(persona, wanted):
            return persona, store
    raise BadParameter(f"there is no persona {wanted!r}", f"persona is one of: {names}")


def _goes_by(persona: PersonaProfile, wanted: str) -> bool:
    return wanted == persona.persona_id or name_key(wanted) == name_key(persona.name)


def _only(params: Mapping[str, Any], command: str, accepted: tuple[str, ...]) -> None:
    unknown = [name for name in params if name not in accepted]
    if unknown:
        raise BadParameter(
            f"{command} does not know {', '.join(map(repr, unknown))}", f"it accepts: {', '.join(accepted)}"
        )


def _text(params: Mapping[str, Any], name: str) -> str | None:
    value = params.get(name)
    if value is not None and not isinstance(value, str):
        raise BadParameter(f"{name} is {value!r}", f"{name} is a text")
    return value


def _limit(params: Mapping[str, Any]) -> int:
    value = params.get("limit", 10)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise BadParameter(f"limit is {value!r}", "limit is a whole number from 1 to 1000")
    return value
