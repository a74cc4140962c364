"""Lessons whose reply is one long copy: "repeat after me", "what did Anna say in #kitchen?".

Copying is what everything else stands on, and a quoted sentence of random words trains more of it per token
than any fact does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from substrate.persona.prompt import RememberedLine, age_text
from training import names
from training.templates.open_facts import open_remark
from training.world import Exchange, World

_REPEATS = (
    "repeat after me: {t}", "say this: {t}", "please repeat: {t}", "repeat this for me: {t}",
    "quote me: {t}", "copy this: {t}", "read this back to me: {t}", "echo: {t}", "my words are: {t}",
    "say after me: {t}", "write this down word for word: {t}", "can you say this: {t}",
)  # fmt: skip
_ABOUT_SPEAKER = (
    "what did {w} say", "what did {w} tell you", "quote {w}", "what were the words of {w}",
    "repeat what {w} said", "what was it that {w} said", "which words did {w} write", "what has {w} written",
    "what did {w} write",
)  # fmt: skip
_LAST = (
    "what was the last thing i said?", "quote my last message.", "what did i just say?",
    "repeat my last words.", "what did i say a moment ago?", "what was my last message?",
    "what did i write before this?", "say again what i said last.", "what were my last words?",
)  # fmt: skip


def repeat(world: World, asker: str) -> Exchange:
    """A sentence of random words, to be said again."""
    random = world.random
    text = _words(random)
    return Exchange(asker, random.choice(_REPEATS).format(t=text), f"You said: {text}", skill="quote")


def quote_last(world: World, asker: str, said: str) -> Exchange:
    return Exchange(asker, world.random.choice(_LAST), f"You said: {said}", skill="quote")


def quote_memory(
    world: World, asker: str, remembered: Sequence[RememberedLine], now_s: float, visible: Collection[str]
) -> Exchange | None:
    """A question for one remembered line that its speaker, channel or age picks out; None if none is.

    Who is `visible` has spoken in the conversation as well, so that the speaker alone does not pick it out.
    """
    random = world.random
    line = random.choice(remembered)
    age = age_text(now_s - line.at_s)
    of_speaker = [other for other in remembered if other.speaker == line.speaker]
    who = {asker: "i", world.persona: "you"}.get(line.speaker, line.speaker)
    where = ""
    if len(of_speaker) > 1 or line.speaker in visible:
        same_channel = [other for other in of_speaker if other.channel == line.channel]
        same_age = [other for other in of_speaker if age_text(now_s - other.at_s) == age]
        if len(same_channel) == 1:
            where = f" in #{line.channel}"
        elif len(same_age) == 1:
            where = f" {age}"
        else:
            return None
    frame = random.choice(_ABOUT_SPEAKER[:1] if who == "you" else _ABOUT_SPEAKER)
    if who == "i":
        frame = "what did {w} say" if "{w} t" in frame or "of {w}" in frame or "has {w}" in frame else frame
        frame = frame.replace("quote {w}", "quote what {w} said")
    reply = {"i": "You", "you": "I"}.get(who, line.speaker)
    start = f"{reply} said: " if who in ("i", "you") else f"As far as I know, {reply} said: "
    question = f"{frame.format(w=who)}{where}?"
    text = world.typing[asker].apply(question, random)
    return Exchange(asker, text, start + " ".join(line.text.split()), skill="quote")


def _words(random: Random) -> str:
    if random.random() < 0.25:
        return open_remark(random)
    makers = (
        names.word, names.word, names.word, names.person, names.place, names.number, names.thing,
        names.company,
    )  # fmt: skip
    return " ".join(random.choice(makers)(random) for _ in range(random.randint(2, 8)))
