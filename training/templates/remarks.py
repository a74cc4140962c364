"""Remarks of every day, composed from plain words: somebody did something, something happened, something is
in the way. Many begin as facts do ("I cannot ...", "my ..."), and none tells what could be asked for later.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class _Doing(NamedTuple):
    base: str
    past: str
    going_on: str


def _doings(text: str) -> tuple[_Doing, ...]:
    """Lines of "water, watered, watering: the plants"."""
    doings: list[_Doing] = []
    for line in text.strip().splitlines():
        verbs, _, rest = line.strip().partition(": ")
        doings.append(_Doing(*(f"{verb} {rest}" for verb in verbs.split(", "))))
    return tuple(doings)


_DOINGS = _doings(
    """
    water, watered, watering: the plants
    fold, folded, folding: the laundry
    sweep, swept, sweeping: the stairs
    peel, peeled, peeling: potatoes
    answer, answered, answering: letters
    repair, repaired, repairing: the tap
    look, looked, looking: for my glasses
    wait, waited, waiting: for the post
    listen, listened, listening: to the radio
    stare, stared, staring: at the wall
    sit, sat, sitting: on the balcony
    tidy, tidied, tidying: the cellar
    iron, ironed, ironing: shirts
    charge, charged, charging: the battery
    scrape, scraped, scraping: ice off the windscreen
    walk, walked, walking: around the block
    talk, talked, talking: to the landlord
    read, read, reading: the paper
    sort, sorted, sorting: old photographs
    carry, carried, carrying: boxes up the stairs
    hang, hung, hanging: up the curtains
    scrub, scrubbed, scrubbing: the bath
    feed, fed, feeding: the ducks
    push, pushed, pushing: the pram up the hill
    call, called, calling: the plumber
    write, wrote, writing: a long list
    count, counted, counting: the coins in the jar
    search, searched, searching: for a parking space
    change, changed, changing: the light bulb
    empty, emptied, emptying: the bins
    rake, raked, raking: leaves
    shovel, shovelled, shovelling: snow
    polish, polished, polishing: the mirror
    open, opened, opening: the stuck drawer
    close, closed, closing: the shutters
    find, found, finding: the right key
    understand, understood, understanding: the instructions
    print, printed, printing: the forms
    fill, filled, filling: in a form
    help, helped, helping: a stranger with a suitcase
    chase, chased, chasing: a wasp out of the room
    hear, heard, hearing: the birds
    stand, stood, standing: in the rain
    run, ran, running: for the tram
    miss, missed, missing: the last tram
    try, tried, trying: to sleep
    lie, lay, lying: awake
    make, made, making: soup
    stir, stirred, stirring: the sauce
    burn, burned, burning: the toast
    drop, dropped, dropping: a plate
    sew, sewed, sewing: on a button
    dry, dried, drying: the glasses
    unpack, unpacked, unpacking: the shopping
    pay, paid, paying: the bills
    think, thought, thinking: about the summer
    practise, practised, practising: the same song
    type, typed, typing: with one hand
    cut, cut, cutting: the hedge
    paint, painted, painting: the fence
    """
)
_WHEN = (
    "", "", "", "today", "this morning", "this afternoon", "last night", "yesterday", "again",
    "before lunch", "after breakfast", "on the way here", "for once", "in the end", "earlier",
)  # fmt: skip
_LATER = (
    "", "", "later", "tomorrow", "tonight", "first", "before it rains", "before they come", "some day",
    "after that", "at the weekend", "in a moment",
)  # fmt: skip
_HOW_LONG = (
    "an hour", "hours", "ages", "half the day", "ten minutes", "a while", "too long", "two hours",
    "the whole evening", "half an eternity",
)  # fmt: skip
_STATES = (
    "tired", "lazy", "slow", "busy", "sleepy", "cold", "late", "clumsy", "impatient",
)  # fmt: skip
_INTERRUPTIONS = (
    "the phone rang", "the lights went out", "it began to rain", "somebody knocked", "the alarm went off",
    "the dog barked", "the power failed", "a bird flew in", "the kettle whistled", "they came home",
)  # fmt: skip
_THINGS = (
    "the door", "my back", "the radio", "the lamp in the hall", "our street", "the heating", "my left shoe",
    "the bread", "my umbrella", "the escalator", "the gate", "my keyboard", "the clock", "the roof",
    "the tap", "my jacket", "the old fence", "the washing machine", "my knee", "the screen", "the ladder",
    "the soup", "our letter box", "the doorbell", "my watch", "the carpet", "the zip", "the drawer",
)  # fmt: skip
_HAPPENED = (
    "makes that sound again", "is broken", "stopped working", "is in the way", "looks odd today",
    "does not work any more", "got wet", "needs a repair", "is not what it was", "gave up", "is stuck",
    "came off", "is too small", "is acting up", "will not last", "wobbles", "has seen better days",
    "drives me mad", "is finally done", "feels strange",
)  # fmt: skip
_SOMEBODY = (
    "someone", "a man", "a woman", "a child", "the postman", "the neighbour upstairs", "a stranger",
    "the conductor", "a cyclist", "the cashier", "some tourists", "a little boy", "two girls",
    "an old lady", "the waiter",
)  # fmt: skip
_DID = (
    "rang at the door", "sang in the street", "left the gate open", "asked me the way", "waved at me",
    "shouted at the driver", "dropped a bag of apples", "slept on the bench", "laughed out loud",
    "parked in front of the house", "took my seat", "whistled all the way", "argued about nothing",
    "spilled coffee on the floor", "knocked and ran off", "pressed every button in the lift",
    "looked at me for no reason", "forgot a hat on the train", "helped me with the door",
)  # fmt: skip
_THERE = (
    "nothing on television", "a lot of noise", "a smell of paint", "a strange light", "no milk left",
    "not a soul", "a draught", "sand everywhere", "a power cut", "a long queue", "a spider", "no hot water",
    "too much salt in it", "mud on the floor", "a rainbow", "fog", "a crowd", "a puddle",
)  # fmt: skip
_WHERE = (
    "", "", "outside", "in the hall", "on the stairs", "in the garden", "at the corner", "in the yard",
    "on the bridge", "by the river", "at the station", "in the waiting room", "upstairs",
)  # fmt: skip
_MISSING = (
    "a clean cup", "anything to read", "my other slipper", "the remote control", "a quiet corner",
    "the end of the tape", "a pen that writes", "my place in the book", "the right word", "a free table",
    "the lid", "a matching sock", "the scissors", "a decent recipe", "the switch", "anything to wear",
    "the instructions", "enough chairs",
)  # fmt: skip
_SPANS = (
    "morning", "day", "journey", "mess", "noise", "game", "wind", "view", "surprise", "waste of time",
    "sunset", "week", "crowd", "smell", "evening", "fuss", "relief",
)  # fmt: skip
_LIKE_THAT = (
    "strange",
    "long",
    "lovely",
    "dull",
    "funny",
    "terrible",
    "quiet",
    "wild",
    "silly",
    "cold",
    "short",
)


def everyday_remark(random: Random) -> str:
    """One remark, in small letters and without a full stop."""
    doing, pick = random.choice(_DOINGS), random.choice
    text = pick(
        (
            f"i {doing.past} {pick(_WHEN)}",
            f"i {doing.past} for {pick(_HOW_LONG)}",
            f"we {doing.past} {pick(_WHEN)}",
            f"i have to {doing.base} {pick(_LATER)}",
            f"i still have to {doing.base}",
            f"i must not forget to {doing.base} {pick(_LATER)}",
            f"i forgot to {doing.base} {pick(_WHEN)}",
            f"i should {doing.base} {pick(_LATER)}",
            f"i could not {doing.base} {pick(_WHEN)}",
            f"i cannot {doing.base} {pick(_LATER)}",
            f"i want to {doing.base} {pick(_LATER)}",
            f"i am just {doing.going_on}",
            f"i am still {doing.going_on}",
            f"i have been {doing.going_on} for {pick(_HOW_LONG)}",
            f"i am too {pick(_STATES)} to {doing.base} {pick(_LATER)}",
            f"i was {doing.going_on} when {pick(_INTERRUPTIONS)}",
            f"nobody wants to {doing.base} {pick(_LATER)}",
            f"{doing.going_on} takes forever",
            f"{doing.going_on} again, what a {pick(_SPANS)}",
            f"we are going to {doing.base} {pick(_LATER)}",
            f"{pick(_THINGS)} {pick(_HAPPENED)}",
            f"{pick(_THINGS)} {pick(_HAPPENED)}",
            f"{pick(_THINGS)} {pick(_HAPPENED)} and {pick(_THINGS)} {pick(_HAPPENED)}",
            f"{pick(_SOMEBODY)} {pick(_DID)} {pick(_WHEN)}",
            f"{pick(_SOMEBODY)} {pick(_DID)} {pick(_WHEN)}",
            f"there was {pick(_THERE)} {pick(_WHERE)}",
            f"there is {pick(_THERE)} {pick(_WHERE)}",
            f"i cannot find {pick(_MISSING)}",
            f"i could not find {pick(_MISSING)} {pick(_WHEN)}",
            f"what a {pick(_LIKE_THAT)} {pick(_SPANS)}",
            f"it was a {pick(_LIKE_THAT)} {pick(_SPANS)}",
        )
    )
    return " ".join(text.split())
