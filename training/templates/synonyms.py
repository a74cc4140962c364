"""Words that may stand for each other, so that no wording is learned as one piece.

Forty listed wordings of a kind of fact are soon known by heart, and a sentence that differs from all of them
in one word is not understood. Here the words of a template are exchanged as it is used. One line is a group
of words that may stand for each other; `~` marks what is put in but never taken out, because it means
something else as well. Some groups hold everywhere, others for one kind of fact alone. A verb with `+`
(facts.py) takes part in its plain form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random

SHARE = 0.45
"""Share of sentences in which every word that has others for it is exchanged with a chance of one half."""

_EVERYWHERE = """
big, great, huge, real
always, forever, all the time
every day, daily, each day, day after day
people, folks
everybody, everyone, all of us, the whole world
new, brand new, fresh, latest
now, nowadays, these days, at present, by now, lately
would choose, would pick, would select
chose, picked, selected, settled on, decided on
gave, handed, assigned
given, handed, assigned, issued
bought, purchased, acquired, paid for
right, correct, proper
changed, switched, altered
moved, shifted
just, recently
last week, last month, yesterday, this week
for a long time, for years, for ages, since forever
a lot, often
happens to be, is simply, is in fact, turns out to be
belongs to, goes with, fits
really, truly, in truth, actually
still, yet, even now
little, small, tiny
kind of, sort of, type of
"""
_OF_KIND = {
    "relative_name": """
called, named, known as, referred to as
call, ~name
name of, first name of, given name of
's name, 's first name, 's given name
family, relatives, parents, friends
introduces, presents
bears, carries, answers to
belongs to, is that of
""",
    "pet_name": """
called, named, known as
call, ~name
answers to, listens to, obeys, reacts to, hears, comes to
answer to, listen to, obey, react to, hear, come to
gave, chose for, found for
shout, call out, yell, cry
adopted, took in, brought home
""",
    "thing_name": """
called, named, known as, labelled
gave, chose for
bears, carries
""",
    "favourite": """
favourite, favorite, preferred, best loved, most loved, dearest
like, love, enjoy, value, fancy
prefer, favour
the most, above all, more than all others, best
best {x}, finest {x}, greatest {x}, nicest {x}
choose, pick, take, order, ask for
better, nicer, greater
""",
    "home": """
live, reside, stay, dwell, lodge
living, residing, staying, dwelling
lived, resided, stayed, dwelt
a flat, a house, a home, a place, a room
{P} flat, {P} apartment, {P} house, {P} home, {P} place, {P} room, {P} address
city, town, place, spot
settled, settled down, found a home
moved, relocated
find, meet, visit, see
in what, in which
""",
    "origin": """
grew up, was raised, spent the early days, became big, went to kindergarten
grow up, spend the early days, go to kindergarten
childhood, youth, early life, early days, first years, school days
child, kid, little one, youngster, toddler, boy or girl
spent, passed, lived through
spend, pass, live through
town, city, place, village
come from, hail from, originate from
school, kindergarten, primary school
birth, origin
""",
    "job": """
job, ~work, profession, occupation, trade, employment, career
earn, make, bring home
living, money, bread, wages, income
become, turned into
became, turned into, trained as
for a living, for money, for work, by profession, by trade, to pay the bills
found, took, landed
""",
    "employer": """
company, firm, business, employer, enterprise
work at, serve at, labour at
work for, serve, labour for
work place, place of work, office, desk
office, desk, work place
spend, pass
days, working days, work days, weeks, hours
wages, pay, salary
pays, employs, hires, keeps
started, began, signed on
""",
    "birthday": """
birthday, day of birth, birth date, date of birth
comes, falls, lies, takes place
come, fall, lie, take place
cake, presents, guests, flowers, candles
day, date
party, celebration, feast
brings, bakes, buys
""",
    "number": """
gave, assigned, handed, sent
given, assigned, handed, sent
received, was assigned, was sent
receive, obtain
write, note, put, jot
read, recite, spell out
need, want, require, am looking for
use, enter, type, dial
office, bank, desk, clerk, people
says, reads, shows
""",
    "secret": """
use, type, enter
chose, took, invented
""",
    "object_colour": """
colour, shade, tone, hue, ~paint
comes in, shines in, appears in, shows itself in, is done in
come in, shine in, appear in, show itself in
painted, sprayed, dyed, coloured, lacquered
paint, spray, dye, ~colour
bought, got, ordered, took
picked, chose, selected, wanted, ordered
pick, choose, select, want, order, take
own, possess
look, appear, seem
shows, bears, wears
""",
    "likes": """
like, love, enjoy, adore, treasure, cherish, fancy, appreciate, admire
happy, glad, pleased, delighted, joyful
crazy, mad, wild, enthusiastic
friend, lover, admirer
wonderful, lovely, marvellous, delightful
weakness, passion, soft spot
makes, renders
very much, a lot, greatly, dearly
fond of, keen on, into
""",
    "dislikes": """
hate, dislike, loathe, detest, despise
stand, bear, suffer, endure
awful, terrible, horrible, dreadful
annoy, bother, disturb
""",
    "allergy": """
sick, ill, unwell
avoid, stay away from, keep away from, leave alone, never touch
doctor, physician, specialist, nurse
allergy, intolerance, allergic reaction
allergic, sensitive, intolerant
says, thinks, found, confirms
get, become, feel
react, respond
must, should
""",
    "fear": """
afraid, scared, frightened, terrified
fear, dread
""",
    "kept_in": """
keep, store, hold, stow
kept, stored, held, stowed
~put, placed, laid, set, stowed, packed
put, ~place, lay, stow, pack
left, forgot, dropped, abandoned
leave, forget, drop
hid, buried, tucked away
hide, bury, tuck away
find, discover, locate, see, get, pick up, collect
found, seen, spotted
look for, search for
look into, reach into
check, search
need, want, miss
lying, resting, sitting, waiting
the place, the spot, the corner, the location
in which place, in which spot, in which corner, at which location
inside, within
""",
    "travel": """
trip, journey, holiday, vacation, tour, voyage
going, travelling, flying, heading, sailing, driving
go, travel, fly, head, drive
goes, leads, heads
booked, reserved, planned, arranged, paid for
book, reserve, plan, arrange, pay for
ticket, flight, seat, train ticket
take, bring, carry, lead
takes, brings, carries, leads
visit, explore
place, town, city, ~destination
""",
    "event": """
planned, scheduled, arranged, fixed
takes place, happens, is held
moved, shifted, postponed, rescheduled
day, date
""",
    "time": """
starts, begins, commences
start, begin, commence
time, hour
""",
    "learning": """
learning, studying
lessons, classes, courses
study, learn
""",
    "bought": """
bought, purchased, ordered
buy, purchase, order
""",
    "wants": """
want, need, desire, crave, wish for
""",
    "meets": """
meeting, seeing, visiting
lunch, dinner, coffee
""",
    "gift": """
present, gift, surprise
received, unwrapped
""",
}
"""By the key of an attribute."""


def _groups(text: str) -> list[tuple[str, ...]]:
    return [tuple(word.strip() for word in line.split(",")) for line in text.strip().splitlines()]


class _Thesaurus:
    """Which words may stand for each other in sentences of one kind; the longest that fits is exchanged."""

    def __init__(self, groups: Iterable[tuple[str, ...]]) -> None:
        self._others: dict[str, list[str]] = {}
        for group in groups:
            meant = [word.removeprefix("~") for word in group]
            for word in group:
                if not word.startswith("~"):
                    others = self._others.setdefault(word, [])
                    others += [other for other in meant if other != word]
        words = sorted(map(re.escape, self._others), key=len, reverse=True)
        self._word = re.compile(
            rf"(?<![\w'{{]){'(?:' + '|'.join(words) + ')'}(?![\w'}}+])|(?<={{)\w+(?=\+}})"
        )

    def exchanged(self, random: Random, template: str) -> str:
        """A conjugated verb is exchanged for a single word only: what is conjugated is its end."""

        def other(match: re.Match[str]) -> str:
            word = match.group()
            choices = self._others.get(word, ())
            is_conjugated = template[match.end() : match.end() + 1] == "+"
            if is_conjugated:
                choices = [choice for choice in choices if " " not in choice]
            if not choices or random.random() < 0.5:
                return word
            return random.choice(choices)

        return self._word.sub(other, template)


_ANY_KIND = _Thesaurus(_groups(_EVERYWHERE))
_BY_KIND = {kind: _Thesaurus(_groups(text) + _groups(_EVERYWHERE)) for kind, text in _OF_KIND.items()}


def with_synonyms(random: Random, template: str, kind: str) -> str:
    """`template`, now and then with other words of the same meaning; `kind` is the key of its attribute."""
    if random.random() >= SHARE:
        return template
    return _BY_KIND.get(kind, _ANY_KIND).exchanged(random, template)
