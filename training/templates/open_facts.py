"""Kinds of fact and remarks that nobody listed: made of arbitrary nouns and verbs, often invented ones.

With a fixed list of kinds a small model learns the list. These teach what carries over to wordings that it
has never seen: find the sentence that shares the question's words, and copy what the question leaves open.
"""

from __future__ import annotations

from random import Random

from training import names
from training.templates import grammar
from training.templates.facts import EVENTS, KEPT, NAMED_THINGS, NUMBERED, OBJECTS, PETS, RELATIVES, Attribute
from training.templates.grammar import Clause, Phrases
from training.words import english, syllables

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
_FEELINGS = ("like", "love", "hate", "need", "plan", "hope", "promise", "dare")
_VALUES = (
    names.full_name, names.place, names.thing, names.thing, names.colour, names.trade, names.company,
    names.title, names.number, names.date, names.weekday, names.hiding_place, names.pet,
)  # fmt: skip


def noun(random: Random) -> str:
    """A noun, often invented, at times with something in front: key, garden key, blue key."""
    roll = random.random()
    if roll < 0.3:
        word = syllables(random)
    elif roll < 0.45:
        word = english(random)
    else:
        word = random.choice(_NOUNS) if roll < 0.8 else random.choice(_OWNED)
    if random.random() < 0.15:
        front = random.choice((random.choice(names.ADJECTIVES), random.choice(_NOUNS), english(random)))
        return f"{front} {word}"
    return word


def verb(random: Random) -> str:
    return syllables(random) if random.random() < 0.3 else random.choice(_VERBS)


def open_attribute(random: Random) -> Attribute:
    """A kind of fact made up on the spot: a noun for what is owned, one for what is asked, a verb."""
    n, part, does = noun(random), noun(random), verb(random)
    while part == n:
        part = noun(random)
    at = random.choice(_PREPOSITIONS)
    value = random.choice(_VALUES)
    shape = random.randrange(5)
    if shape == 0:
        phrases = Phrases(
            (part, "one", "thing"),
            (f"{{P}} {n}", f"the {n} {{S}} {{have}}", f"the {n} of {{O}}", f"{{P}} own {n}"),
            (Clause("S", "do", f"have _ as {{P}} {n}"), Clause("S", "do", f"{does} _ as {{P}} {n}")),
        )
        first, unknown = f"{{P}} {n} is {{v}}", f"what {{P}} {n} is"
    elif shape == 1:
        phrases = Phrases((n, "thing"), (), _clauses_of(random, "S", f"{does} _"))
        first, unknown = f"{{S}} {{{does}+}} {{v}}", f"what {{S}} {{{does}+}}"
    elif shape == 2:
        phrases = Phrases((n, "place", "thing"), (), _clauses_of(random, "S", f"{does} {at} _"))
        first, unknown = f"{{S}} {{{does}+}} {at} {{v}}", f"what {{S}} {{{does}+}} {at}"
    elif shape == 3:
        phrases = Phrases(
            (part,),
            (f"the {part} of {{P}} {n}", f"{{P}} {n}'s {part}", f"the {part} that {{P}} {n} has"),
            (Clause("X", "do", f"have _ as {part}"), Clause("X", "do", f"{does} the {part} _")),
            parts=(part,),
        )
        first, unknown = f"{{P}} {n}'s {part} is {{v}}", f"what {{P}} {n}'s {part} is"
    else:
        phrases = Phrases(
            (part, "place"),
            (),
            (
                Clause("X", "am", f"{at} the _"),
                Clause("X", "was", f"put {at} the _"),
                Clause("S", "do", f"{does} {{P}} {n} {at} the _"),
                Clause("S", "do", f"keep {{P}} {n} {at} the _"),
            ),
            ("where", f"{at} what"),
        )
        first, unknown = f"{{P}} {n} {{are_x}} {at} the {{v}}", f"where {{P}} {n} {{are_x}}"
        value = random.choice((names.hiding_place, names.thing, names.word))
    return Attribute(
        f"open {shape} {n} {part} {does} {at}",
        (n,),
        value,
        (first, grammar.statement(random, phrases)),
        (grammar.question(random, phrases).rstrip("?."),),
        (unknown,),
        (f"{first} now",),
        phrases=phrases,
    )


def _clauses_of(random: Random, subject: str, text: str) -> tuple[Clause, ...]:
    """The same clause in the tenses that need no irregular form."""
    rest = text.partition(" ")[2]
    feeling = random.choice(_FEELINGS)
    return (
        Clause(subject, "do", text),
        Clause(subject, "do", text),
        Clause(subject, "do", f"want to {text}"),
        Clause(subject, "will", text),
        Clause(subject, "do", f"{feeling} to {text}") if rest != "_" else Clause(subject, "do", text),
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
