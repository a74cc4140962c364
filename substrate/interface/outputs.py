"""What the program says on standard output, type by type: the source of the documentation.

The events themselves are made by the persona service; a test holds what comes out against this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutputType:
    """One value of `type`, and what each of its fields holds. `optional` fields may be absent."""

    name: str
    summary: str
    fields: dict[str, str]
    optional: dict[str, str]


_ABOUT_A_TURN = {
    "persona": "the persona's name",
    "persona_id": "its id, the same in every boot",
    "channel": "the room",
    "in_reply_to": "the sender's `id`; the `message_id` of what was answered when it had none",
}

OUTPUTS = (
    OutputType(
        "ready",
        "Everything runs and the model is warm. Always the first line of a boot that succeeds.",
        {
            "session": "this boot; ids of messages count within it",
            "home": "where conversations and memories are kept",
            "boot_s": "seconds from the start of the program",
            "personas": "their names",
            "model": "`name`, `path`, `context_tokens`, `parameters`, `scripted` (true: no model, "
            "replies are canned because you asked for it), `savings_off` (which KV-cache savings this model "
            "does not allow)",
            "regions": "`name` and `pid` of each",
            "service_pid": "the process that answers",
            "supervisor_pid": "the process that watches over the others",
        },
        {},
    ),
    OutputType(
        "accepted",
        "The input is on disk and survives whatever happens next. What was sent before `ready` is accepted "
        "after it.",
        {"id": "the sender's, or a new one", "message_id": "the message's own id, for reactions"},
        {
            "absent": "names of personas that the message names and that answer nothing here: they do not "
            "hear this room, or are shut down"
        },
    ),
    OutputType(
        "reply",
        "A persona has answered.",
        {
            **_ABOUT_A_TURN,
            "text": "the whole reply; line feed and tab are the only controls",
            "message_id": "the reply's own id",
            "latency": "`substrate_us`: everything but the engine, in microseconds; `ttft_ms`: from the "
            "message to the first token; `total_ms`: to the end; then `waited_ms` (behind other turns), "
            "`read_tokens`, `reused_tokens`, `written_tokens`. null where a crash or a stop lost the figure",
            "memories": "what its prompt showed from memory: `speaker`, `channel`, `said_at_s`, `text`",
            "thinking": "reasoning that preceded the reply; never part of the history",
            "stopped": "true when somebody stopped it before its end",
            "cut": "true when it ends where it reached its limit of tokens: `max_tokens` of the persona's "
            "`sampling`, or what its share of the context holds",
        },
        {},
    ),
    OutputType(
        "silence",
        "A persona was asked and chose, or had, to say nothing.",
        {**_ABOUT_A_TURN, "reason": "why"},
        {},
    ),
    OutputType(
        "delta",
        "A piece of a reply that is being written; only with `--stream`.",
        {**_ABOUT_A_TURN, "text": "the piece", "thinking": "true while it reasons"},
        {},
    ),
    OutputType(
        "result",
        "The answer to a command.",
        {
            "id": "the sender's",
            "name": "the command",
            "success": "whether it worked",
            "data": "what was asked for; null when it failed",
            "handle": "as it was sent",
            "error": "null, or `message` and `hint`",
        },
        {},
    ),
    OutputType(
        "error",
        "An input was refused, a turn failed, or the program cannot start.",
        {"message": "what is wrong", "hint": "what to do about it"},
        {
            "id": "of the input that was refused",
            **_ABOUT_A_TURN,
            "fatal": "true when the persona service cannot go on",
        },
    ),
)
