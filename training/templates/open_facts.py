"""Kinds of fact and remarks that nobody listed: made of arbitrary nouns and verbs, often invented ones.

With a fixed list of kinds a small model learns the list. These teach what carries over to wordings that it
has never seen: find the sentence that shares the question's words, and copy what the question leaves open.
"""

from __future__ import annotations

from random import Random

from training import names
from training.templates.facts import EVENTS, KEPT, NAMED_THINGS, NUMBERED, OBJECTS, PETS, RELATIVES, Attribute

_VERBS = (
    "adopt", "announce", "arrange", "bake", "borrow", "break", "bring", "build", "burn", "carry", "catch",
    "chase", "clean", "climb", "cook", "copy", "count", "cover", "cut", "defend", "deliver", "describe",
    "design", "dig", "draw", "drink", "earn", "eat", "enter", "examine", "explain", "explore", "feed",
    "fill", "find", "fix", "follow", "forgive", "gather", "greet", "grow", "guard", "guide", "handle",
    "hear", "help", "hire", "hold", "hunt", "imagine", "inspect", "invent", "join", "judge", "keep",
    "kick", "kiss", "knit", "lead", "lend", "lift", "load", "lose", "manage", "mark", "measure",
    "mention", "mix", "notice", "offer", "open", "order", "own", "paint", "pick", "plan", "plant",
    "polish", "praise", "prefer", "prepare", "print", "promise", "protect", "pull", "push", "raise",
    "reach", "receive", "record", "remember", "rent", "repair", "rescue", "respect", "save", "see",
    "sell", "send", "serve", "share", "shout", "show", "sing", "solve", "spend", "store", "stop",
    "suggest", "support", "taste", "teach", "test", "throw", "touch", "trade", "train", "trust", "use",
    "visit", "wait", "want", "watch", "wear", "weigh", "win", "write",
)  # fmt: skip
_NOUNS = (
    "answer", "apartment", "area", "bank", "base", "beach", "bed", "bell", "birth", "board", "bread",
    "bridge", "care", "cause", "chance", "change", "childhood", "choice", "church", "circle", "city",
    "class", "clock", "cloud", "coach", "collection", "company", "corner", "course", "court", "crew",
    "crowd", "danger", "deal", "debt", "desire", "diet", "dream", "duty", "effort", "engine", "error",
    "escape", "evening", "excuse", "factory", "farm", "fashion", "father", "festival", "field", "fire",
    "flat", "floor", "forest", "friendship", "future", "gift", "goal", "habit", "half", "hall", "harbour",
    "health", "heart", "heaven", "hero", "hill", "history", "hope", "hospital", "idea", "island",
    "journey", "joy", "key", "kind", "kingdom", "knee", "ladder", "lake", "language", "law", "lesson",
    "level", "library", "luck", "machine", "market", "measure", "member", "memory", "message", "method",
    "mirror", "model", "moment", "morning", "mountain", "mouth", "museum", "neck", "night", "noise",
    "north", "nose", "ocean", "opinion", "origin", "parcel", "part", "passion", "path", "payment",
    "peace", "pleasure", "pocket", "point", "power", "price", "pride", "prize", "problem", "promise",
    "purpose", "queue", "rain", "reason", "record", "result", "reward", "river", "roof", "rule", "secret",
    "shadow", "shop", "side", "silence", "size", "sky", "smell", "smoke", "song", "sound", "source",
    "spring", "square", "stage", "start", "station", "story", "stranger", "street", "style", "success",
    "summer", "system", "taste", "tooth", "tower", "town", "trade", "tradition", "tree", "trouble",
    "truth", "umbrella", "valley", "view", "village", "voice", "wall", "water", "weakness", "week",
    "weight", "window", "winter", "wish", "word", "world", "worry", "yard", "youth",
)  # fmt: skip
_OWNED = RELATIVES + PETS + NAMED_THINGS + OBJECTS + KEPT + NUMBERED + EVENTS
_PREPOSITIONS = ("at", "with", "for", "near", "about", "from", "under", "behind", "by", "on", "to", "in")
_VALUES = (
    names.full_name, names.place, names.thing, names.thing, names.colour, names.trade, names.company,
    names.title, names.number, names.date, names.weekday, names.hiding_place, names.pet,
)  # fmt: skip


def noun(random: Random) -> str:
    roll = random.random()
    if roll < 0.3:
        return names.syllables(random)
    return random.choice(_NOUNS) if roll < 0.75 else random.choice(_OWNED)


def verb(random: Random) -> str:
    return names.syllables(random) if random.random() < 0.3 else random.choice(_VERBS)


def open_attribute(random: Random) -> Attribute:
    """A kind of fact made up on the spot."""
    n, m, v = noun(random), noun(random), verb(random)
    shape = random.randrange(6)
    statements: tuple[str, ...]
    questions: tuple[str, ...]
    indirect: tuple[str, ...]
    if shape == 0:
        statements = (
            f"{{P}} {n} is {{v}}",
            f"the {n} {{S}} {{have}} is {{v}}",
            f"{{S}} {{have}} {{v}} as {{P}} {n}",
        )
        statements += (f"{{v}} is {{P}} {n}", f"as for {{P}} {n}, it is {{v}}", f"{{P}} {n}? that is {{v}}")
        questions = (
            f"what is {{P}} {n}",
            f"which {n} {{do}} {{S}} have",
            f"what {{do}} {{S}} have as {{P}} {n}",
        )
        questions += (f"what's {{P}} {n}", f"{{P}} {n} is what", f"what did {{S}} say {{P}} {n} is")
        indirect = (f"what {{P}} {n} is", f"{{P}} {n}")
    elif shape == 1:
        statements = (
            f"{{S}} {{{v}+}} {{v}}",
            f"what {{S}} {{{v}+}} is {{v}}",
            f"{{v}} is what {{S}} {{{v}+}}",
        )
        statements += (f"every day {{S}} {{{v}+}} {{v}}", f"{{S}} {{{v}+}} nothing but {{v}}")
        questions = (
            f"what {{do}} {{S}} {v}",
            f"what is it that {{S}} {{{v}+}}",
            f"which thing {{do}} {{S}} {v}",
        )
        questions += (f"what {{do}} {{S}} {v} every day", f"who or what {{do}} {{S}} {v}")
        indirect = (f"what {{S}} {{{v}+}}",)
    elif shape == 2:
        at = random.choice(_PREPOSITIONS)
        statements = (f"{{S}} {{{v}+}} {at} {{v}}", f"it is {{v}} that {{S}} {{{v}+}} {at}")
        statements += (f"these days {{S}} {{{v}+}} {at} {{v}}", f"{{S}} {{{v}+}} a lot {at} {{v}}")
        questions = (f"what {{do}} {{S}} {v} {at}", f"{at} what {{do}} {{S}} {v}", f"where {{do}} {{S}} {v}")
        questions += (f"what is it that {{S}} {{{v}+}} {at}", f"what place or thing {{do}} {{S}} {v} {at}")
        indirect = (f"what {{S}} {{{v}+}} {at}",)
    elif shape == 3:
        statements = (
            f"{{P}} {n} {v}s {{v}}",
            f"{{v}} is what {{P}} {n} {v}s",
            f"{{P}} {n} always {v}s {{v}}",
        )
        questions = (
            f"what does {{P}} {n} {v}",
            f"what is it that {{P}} {n} {v}s",
            f"which thing does {{P}} {n} {v}",
        )
        indirect = (f"what {{P}} {n} {v}s",)
    elif shape == 4:
        statements = (
            f"the {n} of {{P}} {m} is {{v}}",
            f"{{P}} {m} has {{v}} as {n}",
            f"{{P}} {m}'s {n} is {{v}}",
        )
        statements += (f"for {{P}} {m} the {n} is {{v}}", f"{{S}} {{have}} a {m} and its {n} is {{v}}")
        questions = (
            f"what is the {n} of {{P}} {m}",
            f"what {n} does {{P}} {m} have",
            f"what is {{P}} {m}'s {n}",
        )
        questions += (f"which {n} has {{P}} {m}", f"{{P}} {m} has which {n}")
        indirect = (f"what the {n} of {{P}} {m} is", f"the {n} of {{P}} {m}")
    else:
        at = random.choice(_PREPOSITIONS)
        statements = (f"{{P}} {n} {{are_x}} {at} {{v}}", f"{{S}} {{{v}+}} {{P}} {n} {at} {{v}}")
        statements += (f"{{S}} put {{P}} {n} {at} {{v}}", f"{at} {{v}} {{S}} {{{v}+}} {{P}} {n}")
        questions = (f"where is {{P}} {n}", f"{at} what is {{P}} {n}", f"where {{do}} {{S}} {v} {{P}} {n}")
        questions += (f"what {{do}} {{S}} {v} {{P}} {n} {at}",)
        indirect = (f"where {{P}} {n} is", f"{at} what {{P}} {n} is")
    updates = tuple(
        f"{statement} {word}" for statement in statements[:1] for word in ("now", "instead", "these days")
    )
    return Attribute(
        f"open {shape} {n} {m} {v}", ("",), random.choice(_VALUES), statements, questions, indirect, updates
    )


def open_remark(random: Random) -> str:
    """Something that is said and tells nothing about anybody."""
    n, m, v = noun(random), noun(random), verb(random)
    return random.choice(
        (
            f"the {n} was near the {m} again",
            f"there was a {n} in the {m} this morning",
            f"what a {n}",
            f"the {n} will {v} the {m} soon",
            f"nobody will {v} today",
            f"it is hard to {v} in this {n}",
            f"i saw a {n} and a {m}",
            f"the {n} is too loud",
            f"so much {n} today",
            f"somebody should {v} the {n}",
            f"we had to {v} for an hour",
            f"the {n} smells like {m}",
            f"this {n} looks good",
            f"a {n} without a {m} is no {n}",
            f"they closed the {n} at the {m}",
            f"i went past the {n} today",
            f"the {n} and the {m} were full",
        )
    )
