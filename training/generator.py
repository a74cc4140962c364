"""Made-up conversations that teach one thing: say what the prompt says.

Every conversation has its own small world: a persona with a random name and role, some people, and facts
about them with random values. Facts are told in the visible conversation or stand in the late block among
memories that do not matter; questions about them are answered with the value, questions about what was never
told with "I do not know". The hard part of the distribution is on purpose: the same fact about other people,
other facts about the same person, earlier questions, the persona's own replies, and older values that were
replaced.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from substrate.inference.protocol import Prompt
from substrate.persona.prompt import (
    RememberedLine,
    SpokenLine,
    conversation_turns,
    decision_text,
    identity_text,
    late_block,
    spoken_text,
)
from training import names
from training.lesson import NOW_S, Difficulty, Ground, Lesson, about_text, as_decision, draw_age_s
from training.quotes import quote_last, quote_memory, repeat
from training.templates import small_talk as talk_templates
from training.wording import Owner
from training.world import BY_NAME_SHARE, Exchange, Fact, World

_CURT_SHARE = 0.55
"""Share of facts told in the conversation that the persona's reply does not repeat."""
_LEAST_PEOPLE = {"whose": (2, 3, 3, 4), "not_knowing": (1, 2, 2, 3)}
"""Of the kinds of lessons in which others matter: most often they speak for themselves."""
_RIVALS_SHARE = 0.75
"""Share of lessons of what is not known in which it is known of others."""
_CHATTER_SHARE, _LONG_CHATTER_SHARE = 0.12, 0.5
"""Shares of conversations, and of long ones, that are small talk alone beside the one fact that is asked
for."""


def make_lesson(random: Random, difficulty: Difficulty) -> Lesson:
    """Draw one lesson."""
    kind = _draw_kind(random)
    world = World(random, least_people=random.choice(_LEAST_PEOPLE.get(kind, (1,))))
    asker = random.choice(world.people)
    decides = random.random() < 0.15
    memory_count = _draw_memory_count(random, difficulty.most_memories)
    if kind in ("recall", "update", "who", "whose", "confirm") and memory_count == 0:
        kind = "in_context"

    target = world.new_fact()
    while kind == "who" and not target.attribute.reverse:
        target = world.new_fact()
    if kind == "whose":
        target = replace(target, owner=Owner(random.choice(world.people)))
        world.used.add(target.identity)
    elif target.owner.person not in world.people and random.random() < 0.5:
        target = replace(target, owner=Owner(asker, target.owner.relation))
        world.used.add(target.identity)

    remembered, target = _memories(world, asker, target, kind, memory_count)
    history, target = _history(world, asker, target, kind, difficulty)
    if kind == "quote":
        final = _quote(world, asker, remembered, history)
    elif kind == "what_is_known":
        final = _what_is_known(world, asker, remembered, history)
    else:
        said = [line.text for line in remembered] + [exchange.text for exchange, _ in history]
        final = _final_exchange(world, asker, target, kind, "\n".join(said))
    reply = final.reply
    decision = ""
    if decides:
        decision = decision_text(world.persona)
        if random.random() < 0.5:
            final = world.between_others(asker)
            reply = as_decision(None)
        else:
            if random.random() < 0.4:
                final = world.spoken_to(asker)
            must_be_addressed = kind in ("noting", "change", "small_talk", "quote")
            if world.persona not in final.text and (must_be_addressed or random.random() < 0.6):
                final = replace(final, text=world.addressed(final.text))
            reply = as_decision(final.reply)
    assert reply is not None

    lines: list[SpokenLine] = []
    taught: list[bool] = []
    grounds: list[Ground | None] = []
    for exchange, is_taught in history:
        lines.append(SpokenLine(exchange.speaker, exchange.text))
        if exchange.reply is not None:
            lines.append(SpokenLine(world.persona, exchange.reply))
            taught.append(is_taught)
            grounds.append(exchange.ground if is_taught else None)
    grounds.append(final.ground)
    late = late_block(remembered, NOW_S) + decision
    prompt = Prompt(
        identity=identity_text(world.persona, world.role, about_text(random)),
        history=conversation_turns(lines, world.persona),
        message=spoken_text(SpokenLine(final.speaker, final.text)),
        late=lambda: late,
    )
    skill = "decision" if decides else final.skill or kind
    return Lesson(prompt, reply, tuple(taught), skill, final.value, tuple(grounds), tuple(world.tellings))


_KINDS = (
    ("recall", 0.21), ("update", 0.08), ("whose", 0.12), ("who", 0.03), ("confirm", 0.02),
    ("in_context", 0.11), ("not_knowing", 0.19), ("noting", 0.07), ("change", 0.02), ("small_talk", 0.06),
    ("identity", 0.03), ("quote", 0.04), ("what_is_known", 0.02),
)  # fmt: skip


def _draw_kind(random: Random) -> str:
    return random.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]


def _draw_memory_count(random: Random, most: int) -> int:
    roll = random.random()
    if roll < 0.27:
        return 0
    if roll < 0.57:
        return random.randint(1, min(5, most))
    if roll < 0.75:
        return random.randint(1, min(12, most))
    return random.randint(min(10, most), most)


def _memories(
    world: World, asker: str, target: Fact, kind: str, count: int
) -> tuple[list[RememberedLine], Fact]:
    """A late block of `count` lines, or one more for a reply; it holds the target if `kind` asks for it."""
    if count == 0:
        return [], target
    random = world.random
    single = len(world.people) == 1
    has_target = kind in ("recall", "update", "who", "whose", "confirm") or (
        kind == "change" and random.random() < 0.7
    )
    teller = target.owner.person if target.owner.person in world.people and random.random() < 0.85 else asker
    needed: list[list[tuple[str, str]]] = []
    if has_target:
        versions = 2 if kind == "update" or random.random() < 0.06 else 1
        if versions == 2 and random.random() < 0.15:
            versions = 3
        for version in range(versions):
            if version:
                target = replace(target, value=world.value(target.attribute, target.about))
            noted = world.note(teller, target, changed=version > 0 and random.random() < 0.7)
            assert noted.fact is not None and noted.reply is not None
            target = noted.fact
            lines = [(teller, noted.text)]
            roll = random.random()
            if roll < 0.35:
                lines.append((world.persona, noted.reply))
            elif roll < 0.42 and single:
                lines = [(world.persona, noted.reply)]
            needed.append(lines)
    used = sum(len(lines) for lines in needed)
    others = _rivals(world, asker, target, kind)
    used += sum(len(lines) for lines in others)
    hard = random.random() < 0.6
    while used < count:
        lines = _distractor(world, asker, target, hard=hard, unknown_target=not has_target)
        others.append(lines)
        used += len(lines)
    random.shuffle(others)
    episodes = others[:]
    places = sorted(random.randint(0, len(others)) for _ in needed)
    for offset, (place, lines) in enumerate(zip(places, needed, strict=True)):
        episodes.insert(place + offset, lines)
    channels = random.sample(talk_templates.CHANNELS, random.choice((1, 1, 2, 3)))
    ages = sorted((draw_age_s(random) for _ in episodes), reverse=True)
    remembered: list[RememberedLine] = []
    for age_s, lines in zip(ages, episodes, strict=True):
        channel = random.choice(channels)
        for position, (speaker, text) in enumerate(lines):
            remembered.append(RememberedLine(speaker, channel, NOW_S - age_s + position, text))
    return remembered, target


def _rivals(world: World, asker: str, target: Fact, kind: str) -> list[list[tuple[str, str]]]:
    """The same kind of fact about the other people, each told by its owner or by the asker.

    Mostly about one or two of them where it is not known, about all where the question is whose it is.
    """
    random = world.random
    if kind == "whose":
        owners = [name for name in world.people if name != target.owner.person]
    elif kind == "not_knowing" and random.random() < _RIVALS_SHARE:
        others = [name for name in world.people if name != target.owner.person] or [names.person(random)]
        owners = random.sample(others, min(len(others), random.choice((1, 1, 2))))
    else:
        return []
    episodes: list[list[tuple[str, str]]] = []
    for owner in owners:
        fact = replace(target, owner=Owner(owner), value=world.value(target.attribute, target.about))
        if fact.identity in world.used:
            continue
        world.used.add(fact.identity)
        teller = owner if owner in world.people and random.random() < 0.7 else asker
        exchange = world.note(teller, fact)
        episodes.append([(teller, exchange.text)])
        if random.random() < 0.2:
            episodes[-1].append((world.persona, exchange.reply or ""))
    return episodes


def _quote(
    world: World,
    asker: str,
    remembered: list[RememberedLine],
    history: list[tuple[Exchange, bool]],
) -> Exchange:
    said = [exchange.text for exchange, _ in history if exchange.speaker == asker]
    if said and world.random.random() < 0.3:
        return quote_last(world, asker, said[-1])
    if remembered and world.random.random() < 0.7:
        visible = {exchange.speaker for exchange, _ in history}
        visible |= {world.persona for exchange, _ in history if exchange.reply is not None}
        exchange = quote_memory(world, asker, remembered, NOW_S, visible)
        if exchange is not None:
            return exchange
    return repeat(world, asker)


def _what_is_known(
    world: World,
    asker: str,
    remembered: list[RememberedLine],
    history: list[tuple[Exchange, bool]],
) -> Exchange:
    about = asker if world.random.random() < 0.7 else world.random.choice(world.people)
    replies = [exchange.reply or "" for exchange, _ in history]
    replies += [line.text for line in remembered if line.speaker == world.persona]
    said = [text for exchange, _ in history for text in (exchange.text, exchange.reply or "")]
    known = world.told_of(about, "\n".join([*said, *(line.text for line in remembered)]))
    whom = "you" if about == asker else about
    if not known and any(whom.casefold() in reply.casefold() for reply in replies):
        # They may give what nobody told here.
        return world.small_talk(asker, talk_templates.SMALL_TALK, "small_talk")
    return world.ask_what_is_known(asker, about, known)


def _distractor(
    world: World, asker: str, target: Fact, *, hard: bool, unknown_target: bool
) -> list[tuple[str, str]]:
    """One to two lines of memory that do not answer the question about `target`."""
    random = world.random
    roll = random.random()
    speaker = random.choice(world.people)
    if roll < (0.7 if hard else 0.5):
        fact = world.new_fact(target if hard and random.random() < 0.6 else None)
        teller = (
            fact.owner.person if fact.owner.person in world.people and random.random() < 0.85 else speaker
        )
        exchange = world.note(teller, fact)
        assert exchange.fact is not None
        if random.random() < 0.25:
            exchange = world.ask(speaker, exchange.fact, known=True)
            return [(exchange.speaker, exchange.text), (world.persona, exchange.reply or "")]
    elif roll < 0.78:
        asks_target = unknown_target and random.random() < 0.3
        exchange = world.ask(
            asker if asks_target else speaker, target if asks_target else world.new_fact(), known=False
        )
        if not asks_target and random.random() < 0.5:
            return [(exchange.speaker, exchange.text)]
    elif roll < 0.95 or len(world.people) == 1:
        exchange = world.small_talk(speaker, talk_templates.SMALL_TALK, "small_talk")
    else:
        exchange = world.between_others(speaker)
    lines = [(exchange.speaker, exchange.text)]
    if exchange.reply is not None and random.random() < 0.3:
        lines.append((world.persona, exchange.reply))
    return lines


def _history(
    world: World, asker: str, target: Fact, kind: str, difficulty: Difficulty
) -> tuple[list[tuple[Exchange, bool]], Fact]:
    """The visible conversation; holds the target when `kind` is in_context."""
    random = world.random
    is_long = random.random() < difficulty.long_share
    is_chatter = random.random() < (_LONG_CHATTER_SHARE if is_long else _CHATTER_SHARE)
    if is_long:
        count = random.randint(20, 40)
    else:
        count = random.choice((0, 0, 1, 3, *(random.randint(2, difficulty.most_exchanges) for _ in range(3))))
        if kind == "in_context":
            count = max(count, random.randint(1, difficulty.most_exchanges))
    exchanges: list[tuple[Exchange, bool]] = []
    known: dict[tuple[str, str, str, str], Fact] = {}
    at = random.randint(0, max(0, count - 1)) if kind == "in_context" else -1
    for position in range(count):
        speaker = random.choice(world.people) if random.random() < 0.3 else asker
        if position == at:
            teller = target.owner.person if target.owner.person in world.people else asker
            exchange = world.note(teller, target)
            assert exchange.fact is not None
            target = exchange.fact
            known[target.identity] = target
            exchanges.append(_maybe_curt(random, exchange))
            if random.random() < 0.12:
                target = replace(target, value=world.value(target.attribute, target.about))
                exchange = world.note(teller, target, changed=True)
                assert exchange.fact is not None
                target = exchange.fact
                known[target.identity] = target
                exchanges.append((exchange, True))
            continue
        if is_chatter:
            said = world.small_talk(speaker, talk_templates.SMALL_TALK, "small_talk")
            exchanges.append((said, True))
        else:
            exchanges.append(_history_exchange(world, speaker, target, known))
    return exchanges, known.get(target.identity, target)


def _history_exchange(
    world: World, speaker: str, target: Fact, known: dict[tuple[str, str, str, str], Fact]
) -> tuple[Exchange, bool]:
    random = world.random
    roll = random.random()
    if roll < 0.3:
        fact = world.new_fact(target if random.random() < 0.35 else None)
        teller = fact.owner.person if fact.owner.person in world.people else speaker
        exchange = world.note(teller, fact)
        assert exchange.fact is not None
        known[exchange.fact.identity] = exchange.fact
        known |= {fact.identity: fact for fact in exchange.also}
        return _maybe_curt(random, exchange)
    if roll < 0.64 and known:
        fact = random.choice(list(known.values()))
        if random.random() < 0.12:
            fact = replace(fact, value=world.value(fact.attribute, fact.about))
            teller = fact.owner.person if fact.owner.person in world.people else speaker
            exchange = world.note(teller, fact, changed=True)
            assert exchange.fact is not None
            known[exchange.fact.identity] = exchange.fact
            return exchange, True
        if random.random() < 0.1:
            return world.confirm(speaker, fact), True
        return world.ask(speaker, fact, known=True), True
    if roll < 0.67:
        # A reply that a late block answered then: not taught, its block is gone, but it can be asked about.
        fact = world.new_fact()
        exchange = world.ask(speaker, fact, known=True)
        known[fact.identity] = fact
        return exchange, False
    if roll < 0.75:
        like = random.choice(list(known.values())) if known and random.random() < 0.6 else None
        return world.ask(speaker, world.new_fact(like), known=False), True
    if roll < 0.83:
        return world.small_talk(speaker, talk_templates.IDENTITY, "identity"), True
    if roll < 0.95 or len(world.people) == 1:
        return world.small_talk(speaker, talk_templates.SMALL_TALK, "small_talk"), True
    return world.between_others(speaker), False


def _maybe_curt(random: Random, exchange: Exchange) -> tuple[Exchange, bool]:
    return (exchange.curtly(random), False) if random.random() < _CURT_SHARE else (exchange, True)


def _final_exchange(world: World, asker: str, target: Fact, kind: str, said: str) -> Exchange:
    match kind:
        case "recall" | "update" | "in_context" | "whose":
            name = world.name_told_with(target)
            named = name if name in said and world.random.random() < BY_NAME_SHARE else ""
            return replace(world.ask(asker, target, known=True, named=named), skill=kind)
        case "who":
            return world.ask_reverse(asker, target)
        case "confirm":
            return world.confirm(asker, target)
        case "not_knowing":
            return world.ask_untold(asker, target, said)
        case "noting":
            fact = world.new_fact(target if world.random.random() < 0.5 else None)
            teller = fact.owner.person if fact.owner.person in world.people else asker
            return world.note(teller, fact)
        case "change":
            fact = replace(target, value=world.value(target.attribute, target.about))
            teller = fact.owner.person if fact.owner.person in world.people else asker
            return replace(world.note(teller, fact, changed=True), skill="change")
        case "small_talk":
            return world.small_talk(asker, talk_templates.SMALL_TALK, "small_talk")
        case "identity":
            return world.small_talk(asker, talk_templates.IDENTITY, "identity")
    raise ValueError(f"unknown kind of lesson: {kind!r}")
