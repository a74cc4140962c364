"""What people tell about themselves and others: one `Attribute` per kind of fact.

Placeholders: `{S}` `{P}` subject and possessive of the owner (I/my, you/your, Mira/Mira's, my brother/my
brother's), `{am}` `{was}` `{have}` `{do}` its verb forms, `{like+}` any other verb to be conjugated, `{x}`
what the fact is about (sister, colour, bicycle), `{v}` the value. The first statement is the one that
answers use most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from training import names
from training.templates.grammar import Phrases
from training.templates.paraphrases import PARAPHRASES
from training.templates.phrases import PHRASES
from training.templates.variants import VARIANTS, Variants
from training.templates.voices import VOICES
from training.words import syllables

WHO_IS = "who is {v}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A kind of fact. `about` are the choices for `{x}`; `value` makes a `{v}`."""

    key: str
    about: tuple[str, ...]
    value: Callable[[Random], str]
    statements: tuple[str, ...]
    questions: tuple[str, ...]
    indirect: tuple[str, ...]
    """What is asked, as a clause: `what {P} {x} is called`."""
    updates: tuple[str, ...] = ()
    """Statements that only make sense when the value changed."""
    personal: bool = False
    """True when relatives cannot own it: the fact itself is about one."""
    reverse: tuple[str, ...] = ()
    """Questions for the owner, given the value: `Who lives in {v}?`."""
    phrases: Phrases | None = None
    """The words that sentences are composed from, beside the templates."""
    variants: Variants | None = None
    """Sentences with alternatives in them, beside the templates."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


RELATIVES = _words(
    """
    sister brother mother father mum dad son daughter wife husband aunt uncle cousin grandmother
    grandfather nephew niece grandma grandpa
    """
)
ACQUAINTANCES = _words(
    """
    boss neighbour best_friend friend teacher doctor dentist landlord roommate flatmate colleague
    girlfriend boyfriend partner coach lawyer hairdresser tutor manager plumber accountant barber
    therapist
    """
)
PETS = _words(
    """
    dog cat parrot hamster rabbit horse goat turtle goldfish pony ferret puppy kitten budgie snake
    """
)
NAMED_THINGS = _words(
    """
    boat car band choir street school village hotel cafe shop team club project garden house farm
    """
)
FAVOURITES = _words(
    """
    colour food drink animal song film book game flower season sport fruit vegetable dessert band
    singer movie show city country tree bird number dish snack poem place cake hobby subject soup
    cheese toy
    """
)
OBJECTS = _words(
    """
    bicycle car coat front_door house hat scarf umbrella backpack kitchen phone sofa boat tent jacket
    bike guitar dress lamp curtain carpet mug van bag bed room office wall notebook helmet piano chair
    """
)
KEPT = _words(
    """
    keys passport wallet glasses spare_key umbrella ladder tools phone charger diary ring camera torch
    headphones tickets medicine savings old_letters guitar gloves scissors map book letters photos
    money candles
    """
)
NUMBERED = _words(
    """
    locker_number house_number room_number flight_number phone_number seat_number shoe_size
    customer_number bus_line pin door_code gate table_number ticket_number student_number postcode
    account_number platform lucky_number floor
    """
)
EVENTS = _words(
    """
    dentist_appointment exam wedding interview meeting concert flight party train holiday operation
    deadline driving_test piano_lesson game haircut moving_day lunch dinner trip checkup lesson race
    presentation
    """
)
SECRETS = _words(
    """
    wifi_password password code_word username nickname login secret_word motto pen_name middle_name
    """
)

NEAR_KINDS: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "home origin travel",
        "favourite likes eats wants",
        "likes collects dislikes gift bought",
        "allergy dislikes fear eats",
        "job employer workplace learning building",
        "relative_name pet_name thing_name several_names meets",
        "number secret time",
        "birthday event time age",
        "age number owned_count",
        "plays team reading learning",
    )
)
"""Keys of kinds that are easily taken for each other: a question about one is not answered by another."""

FAVOURITE_VALUES: dict[str, Callable[[Random], str]] = {
    "colour": names.colour,
    "number": names.small_number,
    "city": names.place,
    "country": names.place,
    "place": names.place,
    "song": names.title,
    "film": names.title,
    "movie": names.title,
    "book": names.title,
    "band": names.title,
    "show": names.title,
    "poem": names.title,
    "singer": names.full_name,
    "game": names.title,
}

_PLAIN: tuple[Attribute, ...] = (
    Attribute(
        "relative_name",
        RELATIVES + ACQUAINTANCES,
        names.full_name,
        (
            "{P} {x} is called {v}",
            "{P} {x}'s name is {v}",
            "{v} is {P} {x}",
            "{S} {have} a {x} called {v}",
            "{S} {have} a {x} named {v}",
            "{P} {x} is {v}",
            "the name of {P} {x} is {v}",
            "{P} {x} is named {v}",
            "everybody calls {P} {x} {v}",
            "{P} {x}, {v}, came over",
            "{P} {x} {v} is visiting",
        ),
        (
            "what is {P} {x} called",
            "what is {P} {x}'s name",
            "what's {P} {x}'s name",
            "what's {P} {x} called",
            "what was {P} {x}'s name",
            "what was {P} {x} called again",
            "who is {P} {x}",
            "what is the name of {P} {x}",
            "what do people call {P} {x}",
            "{P} {x}'s name is",
            "how is {P} {x} called",
        ),
        (
            "what {P} {x} is called",
            "what {P} {x}'s name is",
            "{P} {x}'s name",
            "the name of {P} {x}",
            "who {P} {x} is",
        ),
        ("{P} new {x} is called {v}", "{P} {x} is called {v} now", "{P} {x}'s name is actually {v}"),
        personal=True,
        reverse=("whose {x} is {v}", "whose {x} is called {v}", WHO_IS),
    ),
    Attribute(
        "pet_name",
        PETS,
        names.pet,
        (
            "{P} {x} is called {v}",
            "{P} {x}'s name is {v}",
            "{S} {have} a {x} called {v}",
            "{S} {have} a {x} named {v}",
            "{S} {got+} a {x} and named it {v}",
            "{v} is the name of {P} {x}",
            "{P} {x} answers to {v}",
        ),
        (
            "what is {P} {x} called",
            "what is {P} {x}'s name",
            "what's {P} {x}'s name",
            "what's {P} {x} called",
            "what did {S} name {P} {x}",
            "what is the name of {P} {x}",
            "how did {S} call {P} {x}",
        ),
        ("what {P} {x} is called", "what {P} {x}'s name is", "{P} {x}'s name", "the name of {P} {x}"),
        ("{P} new {x} is called {v}", "{S} renamed {P} {x} to {v}", "{P} {x} is called {v} now"),
        reverse=("whose {x} is called {v}", "whose {x} is {v}"),
    ),
    Attribute(
        "thing_name",
        NAMED_THINGS,
        names.title,
        (
            "{P} {x} is called {v}",
            "the name of {P} {x} is {v}",
            "{P} {x} is named {v}",
            "{S} named {P} {x} {v}",
            "{P} {x} goes by the name of {v}",
        ),
        (
            "what is {P} {x} called",
            "what's {P} {x} called",
            "what is the name of {P} {x}",
            "what did {S} name {P} {x}",
            "what's the name of {P} {x}",
        ),
        ("what {P} {x} is called", "the name of {P} {x}", "what the name of {P} {x} is"),
        ("{P} {x} is called {v} now", "{S} renamed {P} {x} to {v}"),
    ),
    Attribute(
        "favourite",
        FAVOURITES,
        names.thing,
        (
            "{P} favourite {x} is {v}",
            "{v} is {P} favourite {x}",
            "the {x} {S} {like+} best is {v}",
            "{P} favorite {x} is {v}",
            "{P} best loved {x} is {v}",
            "of every {x}, {S} {like+} {v} most",
        ),
        (
            "what is {P} favourite {x}",
            "what's {P} favourite {x}",
            "which {x} {do} {S} like best",
            "what {x} {do} {S} like most",
            "what's {P} favorite {x}",
            "which {x} is {P} favourite",
            "what {x} {do} {S} love",
        ),
        (
            "what {P} favourite {x} is",
            "{P} favourite {x}",
            "which {x} {S} {like+} best",
            "what {x} {S} {like+} most",
        ),
        (
            "{P} favourite {x} is {v} now",
            "{P} new favourite {x} is {v}",
            "{P} favourite {x} is {v} these days",
        ),
        reverse=("whose favourite {x} is {v}",),
    ),
    Attribute(
        "home",
        ("",),
        names.place,
        (
            "{S} {live+} in {v}",
            "{P} home is in {v}",
            "{S} {have} a flat in {v}",
            "{S} {am} living in {v}",
            "{P} house is in {v}",
        ),
        (
            "where {do} {S} live",
            "which town {do} {S} live in",
            "what city {do} {S} live in",
            "where is {P} home",
            "in which place {do} {S} live",
            "where {am} {S} living",
            "where's {P} house",
        ),
        ("where {S} {live+}", "which town {S} {live+} in", "where {P} home is"),
        ("{S} moved to {v}", "{S} {live+} in {v} now", "{S} just moved to {v}"),
        reverse=("who lives in {v}", "who has a home in {v}"),
    ),
    Attribute(
        "origin",
        ("",),
        names.place,
        (
            "{S} {was} born in {v}",
            "{S} {come+} from {v}",
            "{S} grew up in {v}",
            "{S} {am} from {v}",
            "{P} home town is {v}",
            "originally {S} {come+} from {v}",
        ),
        (
            "where {was} {S} born",
            "where {do} {S} come from",
            "where {am} {S} from",
            "what is {P} home town",
            "where did {S} grow up",
            "in which town {was} {S} born",
            "what's {P} hometown",
        ),
        ("where {S} {was} born", "where {S} {come+} from", "where {S} {am} from", "what {P} home town is"),
        reverse=("who comes from {v}", "who was born in {v}", "who is from {v}"),
    ),
    Attribute(
        "job",
        ("",),
        names.trade,
        (
            "{S} {work+} as a {v}",
            "{S} {am} a {v}",
            "{P} job is {v}",
            "{S} {earn+} {P} living as a {v}",
            "{S} {am} a {v} by trade",
            "{P} profession is {v}",
        ),
        (
            "what is {P} job",
            "what {do} {S} do for a living",
            "what {do} {S} work as",
            "what's {P} profession",
            "what's {P} job",
            "what kind of work {do} {S} do",
            "what {do} {S} do for work",
            "what {do} {S} do",
        ),
        ("what {S} {do} for a living", "what {P} job is", "{P} job", "what {S} {work+} as"),
        ("{S} {work+} as a {v} now", "{S} became a {v}", "{S} changed jobs and {am} a {v} now"),
        reverse=("who works as a {v}", "who is a {v}"),
    ),
    Attribute(
        "employer",
        ("",),
        names.company,
        (
            "{S} {work+} at {v}",
            "{S} {work+} for {v}",
            "{P} employer is {v}",
            "{S} {have} a job at {v}",
            "{S} {am} employed at {v}",
        ),
        (
            "where {do} {S} work",
            "which company {do} {S} work for",
            "who {do} {S} work for",
            "what is {P} employer",
            "who's {P} employer",
            "at which company {am} {S} employed",
        ),
        ("where {S} {work+}", "which company {S} {work+} for", "who {S} {work+} for"),
        ("{S} {work+} at {v} now", "{S} started at {v}", "{S} left {P} old job for {v}"),
        reverse=("who works at {v}", "who works for {v}"),
    ),
    Attribute(
        "workplace",
        ("",),
        names.workplace,
        (
            "{S} {work+} in a {v}",
            "{S} {work+} at a {v}",
            "{S} {have} a job in a {v}",
            "{S} {am} employed in a {v}",
            "{S} started at a {v} last month",
            "a {v} is where {S} {work+}",
            "there is a {v} where {S} {work+}",
            "{S} {earn+} {P} money in a {v}",
        ),
        (
            "where {do} {S} work",
            "in what kind of place {do} {S} work",
            "what sort of place {do} {S} work in",
            "at what kind of place {am} {S} employed",
        ),
        ("where {S} {work+}", "what kind of place {S} {work+} in"),
        ("{S} {work+} in a {v} now", "{P} new job is in a {v}"),
        reverse=("who works in a {v}",),
    ),
    Attribute(
        "several_names",
        _words(
            "cats dogs rabbits sons daughters brothers sisters kids children twins parrots friends parents"
        ),
        names.two_names,
        (
            "{P} {x} are called {v}",
            "{P} {x} are named {v}",
            "{S} {have} two {x}, {v}",
            "{S} {have} two {x} called {v}",
            "{S} {have} two {x}, their names are {v}",
            "the names of {P} {x} are {v}",
            "{P} {x} are {v}",
            "{S} {have} {x} named {v}",
            "{P} two {x} are called {v}",
            "{v} are {P} {x}",
            "{v} are the names of {P} {x}",
            "{S} named {P} {x} {v}",
        ),
        (
            "what are {P} {x} called",
            "what are the names of {P} {x}",
            "what are {P} {x} named",
            "how are {P} {x} called",
            "what are {P} {x}'s names",
            "who are {P} {x}",
            "which names do {P} {x} have",
        ),
        ("what {P} {x} are called", "what the names of {P} {x} are", "the names of {P} {x}"),
        ("{P} {x} are called {v} now",),
        personal=True,
    ),
    Attribute(
        "birthday",
        ("",),
        names.date,
        (
            "{P} birthday is on {v}",
            "{S} {was} born on {v}",
            "{P} birthday is {v}",
            "{S} {have} {P} birthday on {v}",
        ),
        (
            "when is {P} birthday",
            "when's {P} birthday",
            "what date is {P} birthday",
            "on which day {was} {S} born",
            "when {was} {S} born",
            "when {do} {S} celebrate {P} birthday",
        ),
        ("when {P} birthday is", "{P} birthday", "what day {P} birthday is", "when {S} {was} born"),
        ("{P} birthday is really on {v}",),
        reverse=("whose birthday is on {v}",),
    ),
    Attribute(
        "age",
        ("",),
        names.small_number,
        (
            "{S} {am} {v} years old",
            "{S} {am} {v}",
            "{S} turned {v} last week",
            "{S} just turned {v}",
            "{S} {am} already {v}",
            "{S} {am} {v} years of age",
            "at {v} {S} {am} not so young any more",
            "{S} {am} only {v} years old",
            "{v} is how old {S} {am}",
            "{P} age is {v}",
            "{S} reached the age of {v}",
            "{S} {am} {v} now, how time flies",
            "{S} {am} as old as {v}",
            "{S} {have} been {v} since spring",
        ),
        (
            "how old {am} {S}",
            "what is {P} age",
            "what age {am} {S}",
            "how many years old {am} {S}",
            "at what age {am} {S}",
            "which age {have} {S} reached",
            "how many years {have} {S} lived",
            "what age did {S} turn",
        ),
        ("how old {S} {am}", "what age {S} {am}", "what {P} age is"),
        ("{S} {am} {v} now", "{S} had a birthday and {am} {v} now", "{S} turned {v}"),
        reverse=("who is {v} years old", "who is {v}"),
    ),
    Attribute(
        "number",
        NUMBERED,
        names.number,
        (
            "{P} {x} is {v}",
            "{v} is {P} {x}",
            "the number for {P} {x} is {v}",
            "{P} {x}: {v}",
        ),
        (
            "what is {P} {x}",
            "what's {P} {x}",
            "which number is {P} {x}",
            "what was {P} {x}",
            "what was {P} {x} again",
        ),
        ("what {P} {x} is", "{P} {x}"),
        ("{P} {x} is {v} now", "{P} new {x} is {v}", "{P} {x} changed to {v}"),
    ),
    Attribute(
        "secret",
        SECRETS,
        names.secret,
        ("{P} {x} is {v}", "{S} {use+} {v} as {P} {x}", "{v} is {P} {x}", "the {x} {S} {use+} is {v}"),
        (
            "what is {P} {x}",
            "what's {P} {x}",
            "what was {P} {x}",
            "which {x} {do} {S} use",
            "what was {P} {x} again",
        ),
        ("what {P} {x} is", "{P} {x}", "which {x} {S} {use+}"),
        ("{P} {x} is {v} now", "{P} new {x} is {v}", "{S} changed {P} {x} to {v}"),
    ),
    Attribute(
        "object_colour",
        OBJECTS,
        names.colour,
        (
            "{P} {x} is {v}",
            "{S} {have} a {v} {x}",
            "{S} painted {P} {x} {v}",
            "the colour of {P} {x} is {v}",
            "{P} {x} has the colour {v}",
            "{S} bought a {v} {x}",
        ),
        (
            "what colour is {P} {x}",
            "which colour does {P} {x} have",
            "what is the colour of {P} {x}",
            "what color is {P} {x}",
            "what's the colour of {P} {x}",
        ),
        ("what colour {P} {x} is", "the colour of {P} {x}", "which colour {P} {x} has"),
        ("{P} {x} is {v} now", "{S} repainted {P} {x} {v}", "{P} new {x} is {v}"),
        reverse=("who has a {v} {x}", "whose {x} is {v}"),
    ),
    Attribute(
        "likes",
        ("",),
        names.thing,
        (
            "{S} {like+} {v}",
            "{S} {love+} {v}",
            "{S} {am} fond of {v}",
            "{S} really {enjoy+} {v}",
            "{S} {am} into {v}",
        ),
        (
            "what {do} {S} like",
            "what {do} {S} love",
            "what {do} {S} enjoy",
            "what {am} {S} fond of",
            "what {am} {S} into",
        ),
        ("what {S} {like+}", "what {S} {enjoy+}", "what {S} {love+}"),
        reverse=("who likes {v}", "who loves {v}", "who is fond of {v}", "who enjoys {v}"),
    ),
    Attribute(
        "dislikes",
        ("",),
        names.thing,
        ("{S} {hate+} {v}", "{S} cannot stand {v}", "{S} {dislike+} {v}", "{S} can't bear {v}"),
        ("what {do} {S} hate", "what {do} {S} dislike", "what can {S} not stand", "what {do} {S} not like"),
        ("what {S} {hate+}", "what {S} {dislike+}", "what {S} cannot stand"),
        reverse=("who hates {v}", "who dislikes {v}"),
    ),
    Attribute(
        "allergy",
        ("",),
        names.thing,
        (
            "{S} {am} allergic to {v}",
            "{S} {have} an allergy to {v}",
            "{P} allergy is to {v}",
            "{S} {get+} ill from {v}",
        ),
        (
            "what {am} {S} allergic to",
            "which allergy {do} {S} have",
            "what allergy {do} {S} have",
            "what makes {P} allergy act up",
        ),
        ("what {S} {am} allergic to", "{P} allergy", "which allergy {S} {have}"),
        reverse=("who is allergic to {v}",),
    ),
    Attribute(
        "fear",
        ("",),
        names.thing,
        ("{S} {am} afraid of {v}", "{S} {am} scared of {v}", "{v} frighten {O}", "{P} greatest fear is {v}"),
        (
            "what {am} {S} afraid of",
            "what {am} {S} scared of",
            "what frightens {O}",
            "what is {P} greatest fear",
        ),
        ("what {S} {am} afraid of", "what {S} {am} scared of", "{P} greatest fear"),
        reverse=("who is afraid of {v}", "who is scared of {v}"),
    ),
    Attribute(
        "learning",
        ("",),
        syllables,
        (
            "{S} {am} learning {v}",
            "{S} {study+} {v}",
            "{S} {take+} lessons in {v}",
            "{S} started learning {v}",
        ),
        (
            "what {am} {S} learning",
            "what {do} {S} study",
            "which lessons {do} {S} take",
            "what {am} {S} studying",
        ),
        ("what {S} {am} learning", "what {S} {study+}", "which lessons {S} {take+}"),
        ("{S} {am} learning {v} now", "{S} switched to learning {v}"),
        reverse=("who is learning {v}", "who studies {v}"),
    ),
    Attribute(
        "plays",
        ("",),
        names.thing,
        ("{S} {play+} {v}", "{S} {play+} {v} every week", "{S} {spend+} {P} evenings playing {v}"),
        ("what {do} {S} play", "what {do} {S} play every week", "which game {do} {S} play"),
        ("what {S} {play+}",),
        ("{S} {play+} {v} now",),
        reverse=("who plays {v}",),
    ),
    Attribute(
        "drives",
        ("",),
        names.company,
        ("{S} {drive+} a {v}", "{P} car is a {v}", "{S} {own+} a car, a {v}", "{S} bought a {v} to drive"),
        (
            "what car {do} {S} drive",
            "what kind of car {do} {S} have",
            "which car {do} {S} drive",
            "what {do} {S} drive",
        ),
        ("what car {S} {drive+}", "what {S} {drive+}", "which car {S} {have}"),
        ("{S} {drive+} a {v} now", "{S} sold {P} car and bought a {v}"),
        reverse=("who drives a {v}",),
    ),
    Attribute(
        "event",
        EVENTS,
        names.weekday,
        (
            "{P} {x} is on {v}",
            "{S} {have} {P} {x} on {v}",
            "{P} {x} will be on {v}",
            "on {v} {S} {have} {P} {x}",
            "{P} {x} is planned for {v}",
        ),
        (
            "when is {P} {x}",
            "when's {P} {x}",
            "what day is {P} {x}",
            "on which day is {P} {x}",
            "when {do} {S} have {P} {x}",
            "when will {P} {x} be",
        ),
        ("when {P} {x} is", "what day {P} {x} is", "when {S} {have} {P} {x}"),
        ("{P} {x} was moved to {v}", "{P} {x} is on {v} instead", "{P} {x} is now on {v}"),
    ),
    Attribute(
        "time",
        EVENTS,
        names.clock_time,
        (
            "{P} {x} is at {v}",
            "{P} {x} starts at {v}",
            "{P} {x} begins at {v}",
            "{S} must be at {P} {x} at {v}",
        ),
        (
            "what time is {P} {x}",
            "at what time is {P} {x}",
            "when does {P} {x} start",
            "what time does {P} {x} start",
        ),
        ("what time {P} {x} is", "when {P} {x} starts", "at what time {P} {x} begins"),
        ("{P} {x} is at {v} now", "{P} {x} starts at {v} instead"),
    ),
    Attribute(
        "kept_in",
        KEPT,
        names.hiding_place,
        (
            "{P} {x} {are_x} in the {v}",
            "{S} {keep+} {P} {x} in the {v}",
            "{S} put {P} {x} in the {v}",
            "{S} left {P} {x} in the {v}",
            "{P} {x} can be found in the {v}",
            "{S} hid {P} {x} in the {v}",
        ),
        (
            "where {are_x} {P} {x}",
            "where {do} {S} keep {P} {x}",
            "where did {S} put {P} {x}",
            "where did {S} leave {P} {x}",
            "where can {S} find {P} {x}",
            "where did {S} hide {P} {x}",
        ),
        (
            "where {P} {x} {are_x}",
            "where {S} {keep+} {P} {x}",
            "where {S} put {P} {x}",
            "where {S} left {P} {x}",
        ),
        ("{S} moved {P} {x} to the {v}", "{P} {x} {are_x} in the {v} now"),
    ),
    Attribute(
        "travel",
        ("",),
        names.place,
        (
            "{S} {am} going to {v}",
            "{S} {am} travelling to {v}",
            "{S} {am} flying to {v} soon",
            "{S} {plan+} a trip to {v}",
            "{P} next trip goes to {v}",
            "{S} will go to {v} on holiday",
        ),
        (
            "where {am} {S} going",
            "where {am} {S} travelling to",
            "where does {P} next trip go",
            "where {do} {S} want to travel",
            "where will {S} go on holiday",
            "where {am} {S} flying",
        ),
        ("where {S} {am} going", "where {S} {am} travelling to", "where {P} trip goes"),
        ("{S} {am} going to {v} instead", "{P} trip goes to {v} now"),
        reverse=("who is going to {v}", "who is travelling to {v}"),
    ),
    Attribute(
        "reading",
        ("",),
        names.title,
        (
            "{S} {am} reading {v}",
            "{S} started reading {v}",
            "the book {S} {am} reading is {v}",
            "{S} {read+} {v} at night",
        ),
        (
            "what {am} {S} reading",
            "which book {am} {S} reading",
            "what book did {S} start",
            "what {do} {S} read",
        ),
        ("what {S} {am} reading", "which book {S} {am} reading", "what {S} {read+}"),
        ("{S} {am} reading {v} now",),
        reverse=("who is reading {v}",),
    ),
    Attribute(
        "building",
        ("",),
        names.thing,
        ("{S} {am} making a {v}", "{S} {am} building a {v}", "{S} {work+} on a {v}", "{P} project is a {v}"),
        ("what {am} {S} making", "what {am} {S} building", "what {am} {S} working on", "what is {P} project"),
        ("what {S} {am} making", "what {S} {am} building", "what {S} {am} working on"),
        ("{S} {am} making a {v} now",),
        reverse=("who is building a {v}", "who is making a {v}"),
    ),
    Attribute(
        "bought",
        ("",),
        names.thing,
        ("{S} bought {v}", "{S} got {v} at the market", "{S} ordered {v}", "{S} brought home {v}"),
        (
            "what did {S} buy",
            "what did {S} get at the market",
            "what did {S} order",
            "what did {S} bring home",
        ),
        ("what {S} bought", "what {S} got at the market", "what {S} ordered"),
        reverse=("who bought {v}", "who ordered {v}"),
    ),
    Attribute(
        "wants",
        ("",),
        names.thing,
        ("{S} {want+} {v}", "{S} {wish+} for {v}", "for {P} birthday {S} {want+} {v}", "{S} {need+} {v}"),
        (
            "what {do} {S} want",
            "what {do} {S} wish for",
            "what {do} {S} want for {P} birthday",
            "what {do} {S} need",
        ),
        ("what {S} {want+}", "what {S} {wish+} for", "what {S} {need+}"),
        ("{S} {want+} {v} now", "now {S} {want+} {v} instead"),
        reverse=("who wants {v}", "who needs {v}"),
    ),
    Attribute(
        "collects",
        ("",),
        names.thing,
        ("{S} {collect+} {v}", "{S} {have} a collection of {v}"),
        ("what {do} {S} collect", "what's in {P} collection", "what is {P} collection made of"),
        ("what {S} {collect+}", "what {P} collection is made of"),
        reverse=("who collects {v}",),
    ),
    Attribute(
        "eats",
        _words("breakfast lunch dinner supper"),
        names.thing,
        ("{S} had {v} for {x}", "{S} ate {v} for {x}", "for {x} {S} had {v}", "{P} {x} was {v}"),
        ("what did {S} have for {x}", "what did {S} eat for {x}", "what was {P} {x}"),
        ("what {S} had for {x}", "what {S} ate for {x}"),
        reverse=("who had {v} for {x}",),
    ),
    Attribute(
        "owned_count",
        _words(
            "children cats dogs brothers sisters cars bikes plants cousins books horses chickens houses "
            "cameras"
        ),
        names.count,
        ("{S} {have} {v} {x}", "{S} {own+} {v} {x}", "there are {v} {x} at {P} place"),
        ("how many {x} {do} {S} have", "how many {x} {do} {S} own", "what number of {x} {do} {S} have"),
        ("how many {x} {S} {have}", "how many {x} {S} {own+}"),
        ("{S} {have} {v} {x} now",),
        reverse=("who has {v} {x}",),
    ),
    Attribute(
        "meets",
        ("",),
        names.full_name,
        (
            "{S} {am} meeting {v}",
            "{S} {have} lunch with {v}",
            "{S} will see {v} tomorrow",
            "{S} {am} visiting {v}",
        ),
        (
            "who {am} {S} meeting",
            "who {do} {S} have lunch with",
            "who will {S} see tomorrow",
            "who {am} {S} visiting",
        ),
        ("who {S} {am} meeting", "who {S} {have} lunch with", "who {S} {am} visiting"),
        ("{S} {am} meeting {v} instead",),
    ),
    Attribute(
        "gift",
        ("",),
        names.thing,
        ("{S} got {v} as a present", "{S} {was} given {v}", "{P} present was {v}", "someone gave {O} {v}"),
        (
            "what did {S} get as a present",
            "what {was} {S} given",
            "what was {P} present",
            "what did someone give {O}",
        ),
        ("what {S} got as a present", "what {P} present was"),
        reverse=("who got {v} as a present",),
    ),
    Attribute(
        "team",
        ("",),
        names.title,
        ("{S} {support+} {v}", "{P} team is {v}", "{S} {am} a fan of the team {v}", "{S} {cheer+} for {v}"),
        (
            "which team {do} {S} support",
            "what is {P} team",
            "who {do} {S} cheer for",
            "which team {am} {S} a fan of",
        ),
        ("which team {S} {support+}", "what {P} team is", "who {S} {cheer+} for"),
        ("{S} {support+} {v} now",),
        reverse=("who supports {v}", "who is a fan of the team {v}"),
    ),
)


def _with_paraphrases(attribute: Attribute) -> Attribute:
    variants, voices = VARIANTS.get(attribute.key), VOICES.get(attribute.key)
    varied = variants + voices if variants and voices else variants or voices
    attribute = replace(attribute, phrases=PHRASES.get(attribute.key), variants=varied)
    more = PARAPHRASES.get(attribute.key)
    if more is None:
        return attribute
    return replace(
        attribute,
        statements=attribute.statements + more.statements,
        questions=attribute.questions + more.questions,
        updates=attribute.updates + more.updates,
    )


ATTRIBUTES: tuple[Attribute, ...] = tuple(_with_paraphrases(attribute) for attribute in _PLAIN)
_PLAIN_STATEMENTS = {attribute.key: attribute.statements for attribute in _PLAIN}


def answer_statements(attribute: Attribute) -> tuple[str, ...]:
    """What replies say. None starts with the value: at the start of a reply it would be another token."""
    statements = _PLAIN_STATEMENTS.get(attribute.key, attribute.statements)
    return tuple(text for text in statements if not text.startswith("{v}"))


STATEMENT_FRAMES: tuple[str, ...] = (
    "{}", "{}", "{}", "{}", "{}", "{}", "{}", "{}", "by the way, {}", "btw {}", "fyi {}",
    "just so you know, {}", "remember that {}", "please remember: {}", "note that {}",
    "please note that {}", "you should know that {}", "i wanted to tell you that {}",
    "did i mention that {}", "for the record, {}", "keep in mind that {}", "don't forget: {}", "oh, {}",
    "so {}", "well, {}", "guess what, {}", "i think i never told you, {}", "one more thing: {}",
    "also, {}", "and {}", "can you remember that {}", "let me tell you something: {}", "fun fact: {}",
    "hey, {}", "hi, {}", "{}, by the way", "{}, you know", "{}, just so you know",
    "{}, in case you wonder", "{}, please remember that", "listen, {}", "this is for you to remember: {}",
    "right, {}", "oh and {}", "i forgot to say that {}",
    "for your notes: {}", "ok, {}", "yes, {}", "hello, {}", "hm, {}", "look, {}", "{}, i think",
    "{}, as you know", "{}, that is how it is", "{}, if you want to know", "{}, just like that",
    "actually, {}", "it's a fact that {}", "news: {}", "today i noticed that {}", "i should say that {}",
    "{}, [in case|if] [i never told you|i did not say so|you forgot|you ever need it|anyone asks]",
    "{}, [remember that|keep that in mind|write that down|don't forget it|please note it|mark my words]",
    "{}, [which is nice|which is funny|to my surprise|believe it or not|strange as it is]",
    "{}, [and it is great|and everyone likes it|and that is fine|but don't tell anyone|so now you know]",
    "{}, [after a lot of thinking|although it was not planned|and it took a while|thank god|i must admit]",
    "{}, [which makes my mother happy|thanks to a friend|because of the children|for no reason at all]",
    "[since you ask|if i remember right|as it happens|as a matter of fact|to be honest|honestly], {}",
    "[nowadays|at the moment|lately|right now|currently|for now], {}", "{} [nowadays|at the moment|for now]",
    "[funny thing|long story short|before i forget|as far as i know|if you must know], {}",
    "[i had a long day|i just came home|i was thinking|i am a bit bored|it is late|the weather is nice]. {}",
    "[good morning|good evening|hi there|hello again|me again|nice talking to you|ha|well well]. {}",
    "{}. [that is all|nothing else is new|what do you say|nice, isn't it|funny, right|i like that]",
    "{}. [it was raining|the coffee is ready|i need a break|anyway, how are things|more about that later]",
    "[did you know|have i told you|do you realise|can you believe|did i tell you yet] that {}",
    "[everyone agrees that|it is true that|i am sure that|i can confirm that|i heard that] {}",
    "[this may interest you|a detail you may need|small update|note to you]: {}",
)  # fmt: skip
CHANGE_FRAMES: tuple[str, ...] = (
    "{}", "{}", "actually, {}", "correction: {}", "sorry, i was wrong: {}", "update: {}",
    "things changed: {}", "no wait, {}", "i made a mistake, {}", "as of today {}", "to be exact, {}",
    "news: {}", "it changed, {}", "forget what i said, {}",
)  # fmt: skip
QUESTION_FRAMES: tuple[str, ...] = (
    "{}?", "{}?", "{}?", "{}?", "{}?", "{}?", "so {}?", "hey, {}?", "tell me, {}?", "quick question: {}?",
    "remind me, {}?", "and {}?", "by the way, {}?", "i forgot, {}?", "help me out, {}?",
    "one question: {}?", "{}, do you remember?", "{}, do you know?", "{} again?", "ok, {}?", "well, {}?",
    "let's see, {}?", "{}, please?", "sorry, {}?", "excuse me, {}?", "now {}?", "hm, {}?", "oh, {}?",
    "then {}?", "listen, {}?", "but {}?", "please, {}?", "{}, if you know?", "{}, tell me please?",
    "a question for you: {}?", "right, {}?",
    "[i told you once|i mentioned it before|we talked about it|i said it earlier|you were told], {}?",
    "[i told you once|i mentioned it before|we talked about it|i said it earlier|you heard it already]. {}?",
    "[can you help me|do me a favour|think hard|let me test you|pop quiz|just to check]: {}?",
    "[i am filling in a form|i am writing a letter|my friend asks|let us see|i am curious]. {}?",
    "{}? [i forgot|i can't recall|i need it now|i am not sure any more|it's important|thanks|just say it]",
    "[remember|do you recall|think back|guess]: {}?",
)  # fmt: skip
COMPOSED_QUESTION_FRAMES: tuple[str, ...] = (
    "{}", "{}", "{}", "{}", "{}", "{}", "{}", "{}", "hey, {}", "so {}", "tell me: {}", "and {}", "please, {}",
    "by the way, {}", "quick question: {}", "excuse me, {}", "now {}", "ok, {}", "i forgot. {}", "hm, {}",
    "one more thing. {}", "help me out. {}", "sorry, {}", "hello, {}", "let me ask you something. {}",
    "i have a question. {}", "well, {}", "listen, {}",
)  # fmt: skip
"""Around composed questions, which bring their own punctuation."""
INDIRECT_FRAMES: tuple[str, ...] = (
    "do you know {}?", "do you remember {}?", "can you tell me {}?", "can you remind me {}?", "tell me {}",
    "please tell me {}", "i forgot {}", "i can't remember {}", "do you still know {}?",
    "could you tell me {}?", "have i told you {}?", "did i tell you {}?", "any idea {}?", "remind me {}",
    "i would like to know {}", "what do you know about {}?", "do you recall {}?", "say {}", "i wonder {}",
    "let me know {}", "please say {}", "could you say {}?", "would you tell me {}?", "i need to know {}",
    "do you have in mind {}?", "i'd like to hear {}", "please remind me {}", "can you say {}?",
    "[do you happen to know|did you write down|did you keep in mind|have you any idea] {}?",
    "[could|can|would|will] you [please |kindly |quickly |]remind me {}?",
    "[i'm not sure any more|let's see if you know|i bet you know|i keep forgetting|help me remember] {}",
    "[i told you|i mentioned|i am sure i said|you heard] {}, [remember|right|what was it|can you repeat it]?",
    "it slipped my mind {}", "you surely know {}?", "i want to know {}", "will you tell me {}?",
    "i have forgotten {}", "who can tell me {}?", "you remember {}?", "maybe you know {}?",
)  # fmt: skip
ACK_FRAME = "Got it, {}."
ANSWER_FRAME = "{}."
NAME_FIRST_ANSWER_FRAME = "As far as I know, {}."
"""For answers that would start with a name: at the very start of a reply it would be another token."""
UNKNOWN_FRAMES: tuple[str, ...] = (
    "I do not know {}.", "I don't know {}.", "Sorry, I do not know {}.",
    "Nobody has told me {}.", "I have not been told {}.", "I am not sure; nobody has told me {}.",
)  # fmt: skip
"""Ways to say that something is not known; the first is what replies say. Replies do not vary: which phrase
comes this time cannot be known, and the loss on it was four tenths of all that was left."""


_NEAR: dict[str, tuple[Attribute, ...]] = {
    attribute.key: tuple(
        other
        for other in ATTRIBUTES
        if other is not attribute and any({attribute.key, other.key} <= group for group in NEAR_KINDS)
    )
    for attribute in ATTRIBUTES
}


def near(key: str) -> tuple[Attribute, ...]:
    """The listed kinds that are easily taken for the one of `key`; none for one made up on the spot."""
    return _NEAR.get(key, ())


def value_first(attribute: Attribute) -> tuple[str, ...]:
    """The statements that begin with the value, so that only what follows says what it is."""
    lines = (*attribute.statements, *(attribute.variants.told if attribute.variants else ()))
    return tuple(line for line in lines if line.startswith(("{v}", "the {v}")))
