"""The words of each listed kind of fact, for the sentences that grammar.py composes."""

from __future__ import annotations

from training.templates.grammar import Clause, Phrases


def _clauses(text: str) -> tuple[Clause, ...]:
    """One clause a line: `S do live in _`, `S did/got buy _` (the form after the slash is the past)."""
    clauses: list[Clause] = []
    for line in text.strip().splitlines():
        subject, auxiliary, words = line.strip().split(" ", 2)
        auxiliary, _, past = auxiliary.partition("/")
        clauses.append(Clause(subject, auxiliary, words, past))
    return tuple(clauses)


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


PHRASES: dict[str, Phrases] = {
    "relative_name": Phrases(
        _several("name, first name, full name"),
        _several("the name of {P} {x}, {P} {x}'s name, {P} {x}'s first name, the name that {P} {x} has"),
        _clauses(
            """
            X am called _
            X am named _
            X do answer to _
            X do use the name _
            X am known as _
            S do call {P} {x} _
            X do carry the name _
            X do introduce herself as _
            """
        ),
        ("what", "how", "who"),
        parts=("name",),
    ),
    "pet_name": Phrases(
        ("name", "word"),
        _several("the name of {P} {x}, {P} {x}'s name, the name that {P} {x} has, the name for {P} {x}"),
        _clauses(
            """
            X am called _
            X do answer to _
            X do come when it hears _
            S do call {P} {x} _
            S did/named name {P} {x} _
            S did/picked pick _ as the name for {P} {x}
            X do obey when somebody shouts _
            """
        ),
        parts=("name",),
    ),
    "thing_name": Phrases(
        ("name", "title"),
        _several("the name of {P} {x}, {P} {x}'s name, the name on {P} {x}"),
        _clauses(
            """
            X am called _
            X am named _
            S did/named name {P} {x} _
            X do carry the name _
            X am known as _
            """
        ),
        parts=("name",),
    ),
    "favourite": Phrases(
        ("{x}", "{x}", "thing", "kind of {x}"),
        _several(
            "{P} favourite {x}, the {x} {S} {like+} most, {P} best loved {x}, the {x} {S} {love+} the most, "
            "{P} top {x}, {P} {x} of choice, {P} dearest {x}, the best {x} for {O}"
        ),
        _clauses(
            """
            S do love _ more than any other {x}
            S do pick _ as {P} {x}
            S do name _ when asked for a {x}
            S do choose _ over every other {x}
            S do consider _ the best {x}
            """
        ),
        ("what",),
    ),
    "home": Phrases(
        ("city", "town", "place", "village"),
        _several(
            "{P} home, the place where {S} {live+}, {P} address, {P} city, {P} town, the city of {P} home"
        ),
        _clauses(
            """
            S do live in _
            S do stay in _
            S do reside in _
            S do sleep in _ every night
            S do have a house in _
            S do have a home in _
            S do rent an apartment in _
            S am at home in _
            S am settled in _
            S have moved to _
            S have settled down in _
            S do spend the nights in _
            """
        ),
        ("where",),
    ),
    "origin": Phrases(
        ("city", "town", "place"),
        _several("{P} birthplace, the place of {P} birth, {P} place of origin, the town {S} came from"),
        _clauses(
            """
            S was born in _
            S was raised in _
            S did/grew grow up in _
            S do come from _
            S did/began begin life in _
            S did/started start out in _
            S did/spent spend the early years in _
            S did/learned learn to walk in _
            S was a kid in _
            """
        ),
        ("where",),
    ),
    "job": Phrases(
        ("job", "profession", "trade", "occupation"),
        _several("{P} job, {P} profession, {P} trade, {P} occupation, {P} line of work, the job {S} {have}"),
        _clauses(
            """
            S do work as a _
            S am employed as a _
            S am busy as a _
            S am trained as a _
            S do get paid as a _
            S do serve as a _
            S do earn a wage as a _
            S have become a _
            """
        ),
    ),
    "employer": Phrases(
        ("company", "firm", "employer", "business"),
        _several("{P} employer, {P} company, {P} firm, the firm that pays {O}, the name of {P} company"),
        _clauses(
            """
            S do work at _
            S do work for _
            S am employed at _
            S am employed by _
            S do have a job at _
            S do get paid by _
            S do have a desk at _
            S do go to work at _
            """
        ),
        ("where",),
    ),
    "birthday": Phrases(
        ("day", "date"),
        _several("{P} birthday, {P} day of birth, the date of {P} birthday, {P} birth date"),
        _clauses(
            """
            S was born on _
            S do have a birthday on _
            S do turn a year older on _
            S do get a birthday cake on _
            S do throw a birthday party on _
            S do celebrate on _
            """
        ),
        ("when",),
    ),
    "number": Phrases(
        ("number", "digits", "figure"),
        _several("{P} {x}, the {x} {S} {have}, the {x} {S} got, the digits of {P} {x}"),
        _clauses(
            """
            S do have _ as {P} {x}
            S did/got get _ as {P} {x}
            S do use _ as {P} {x}
            S did/received receive _ for a {x}
            X do read _
            X do say _
            S do write _ for the {x}
            """
        ),
        ("what",),
    ),
    "secret": Phrases(
        ("word", "text"),
        _several("{P} {x}, the {x} {S} {have}, the {x} {S} {use+}, the right {x} for {O}"),
        _clauses(
            """
            S do use _ as {P} {x}
            S do type _ as {P} {x}
            S did/set set {P} {x} to _
            S did/picked pick _ as {P} {x}
            """
        ),
    ),
    "object_colour": Phrases(
        ("colour", "shade"),
        _several(
            "the colour of {P} {x}, {P} {x}'s colour, the shade of {P} {x}, the paint on {P} {x}, "
            "the colour that {P} {x} has"
        ),
        _clauses(
            """
            X was painted _
            X do come in _
            X am coloured _
            X do shine in _
            S do have a {x} in _
            S did/picked pick _ for {P} {x}
            S did/painted paint {P} {x} _
            S did/dyed dye {P} {x} _
            """
        ),
        parts=("colour", "shade"),
    ),
    "likes": Phrases(
        ("thing",),
        _several("the thing {S} {like+}, the thing {S} {love+}"),
        _clauses(
            """
            S do like _
            S do love _
            S do enjoy _
            S do fancy _
            S do appreciate _
            S do treasure _
            S am fond of _
            S am keen on _
            S am crazy about _
            S am mad about _
            S am delighted by _
            S am a lover of _
            S am a fan of _
            S am glad about _
            S am pleased when i get _
            S am always up for _
            S do have a weakness for _
            S do have a soft spot for _
            S do smile at the thought of _
            """
        ),
    ),
    "dislikes": Phrases(
        ("thing",),
        _several("the thing {S} {hate+}, the thing {S} {dislike+}"),
        _clauses(
            """
            S do hate _
            S do dislike _
            S do avoid _
            S do loathe _
            S do detest _
            S am sick of _
            S am no friend of _
            S am bored by _
            S do have no patience for _
            """
        ),
    ),
    "allergy": Phrases(
        ("thing", "food"),
        _several("{P} allergy"),
        _clauses(
            """
            S am allergic to _
            S do react badly to _
            S do get ill from _
            S do sneeze because of _
            S do have an allergy to _
            """
        ),
    ),
    "fear": Phrases(
        ("thing",),
        _several("{P} fear, {P} biggest fear, the thing {S} {fear+}"),
        _clauses(
            """
            S am afraid of _
            S am scared of _
            S am frightened by _
            S do fear _
            S do tremble before _
            S do have nightmares about _
            """
        ),
    ),
    "travel": Phrases(
        ("city", "town", "place", "destination"),
        _several("{P} destination, {P} next destination, the goal of {P} trip, {P} holiday destination"),
        _clauses(
            """
            S am going to _
            S am flying to _
            S am travelling to _
            S am off to _
            S do have tickets to _
            S do have a flight to _
            S did/reserved reserve a trip to _
            S do plan a tour of _
            S will visit _
            S will spend the summer in _
            S am heading to _
            """
        ),
        ("where",),
    ),
    "kept_in": Phrases(
        ("place", "spot"),
        _several("the place of {P} {x}, the spot for {P} {x}, the hiding place of {P} {x}"),
        _clauses(
            """
            X am in the _
            X am kept in the _
            X am hidden in the _
            X was left in the _
            S did/put put {P} {x} in the _
            S did/left leave {P} {x} in the _
            S did/hid hide {P} {x} in the _
            S did/placed place {P} {x} in the _
            S do keep {P} {x} in the _
            S do find {P} {x} in the _
            """
        ),
        ("where",),
        parts=("place",),
    ),
    "event": Phrases(
        ("day",),
        _several("the day of {P} {x}, the date of {P} {x}, {P} {x}'s day"),
        _clauses(
            """
            X am on _
            X do take place on _
            X was set for _
            S do have {P} {x} on _
            S do expect {P} {x} on _
            """
        ),
        ("when",),
        parts=("day", "date"),
    ),
    "time": Phrases(
        ("time", "hour"),
        _several("the time of {P} {x}, the hour of {P} {x}"),
        _clauses(
            """
            X am at _
            X do start at _
            X do begin at _
            S do have {P} {x} at _
            S do expect {P} {x} at _
            """
        ),
        ("when",),
        parts=("time",),
    ),
    "learning": Phrases(
        ("language", "skill", "thing"),
        (),
        _clauses(
            """
            S am learning _
            S do study _
            S do practise _
            S do take lessons in _
            S do take a course in _
            S am a beginner in _
            """
        ),
    ),
    "plays": Phrases(
        ("instrument", "game", "thing"),
        (),
        _clauses("S do play _\nS am good at _\nS do perform on _"),
    ),
    "drives": Phrases(
        ("car", "make", "brand"),
        _several("{P} make of car, {P} car brand"),
        _clauses("S do drive a _\nS do have a _ in the garage"),
    ),
    "reading": Phrases(
        ("book", "novel", "title"),
        _several("the book on {P} table, {P} book at the moment, the title of {P} book"),
        _clauses("S am reading _\nS did/began begin _\nS do read _ in bed\nS am in the middle of _"),
    ),
    "wants": Phrases(
        ("thing", "gift"),
        _several("{P} wish, the thing {S} {want+}"),
        _clauses("S do want _\nS do wish for _\nS do hope for _\nS do long for _\nS do ask for _"),
    ),
    "bought": Phrases(
        ("thing", "article"),
        (),
        _clauses("S did/bought buy _\nS did/ordered order _\nS did/paid pay for _\nS did/got get _ in town"),
    ),
    "collects": Phrases(
        ("thing",),
        _several("{P} collection"),
        _clauses("S do collect _\nS do gather _\nS do have a collection of _\nS do hoard _"),
    ),
    "building": Phrases(
        ("thing", "object"),
        _several("{P} project"),
        _clauses("S am building a _\nS am making a _\nS am putting together a _\nS do work on a _"),
    ),
    "meets": Phrases(
        ("person", "man", "woman"),
        (),
        _clauses("S am meeting _\nS will see _\nS do have dinner with _\nS am invited by _"),
        ("who", "whom"),
    ),
    "gift": Phrases(
        ("thing", "present"),
        _several("{P} present"),
        _clauses("S was given _\nS did/received receive _ as a present\nS did/unwrapped unwrap _"),
    ),
    "team": Phrases(
        ("team", "club", "side"),
        _several("{P} team, {P} club"),
        _clauses("S do support _\nS do cheer for _\nS am a supporter of _\nS do follow _ everywhere"),
    ),
}

PERSONA_NAME = Phrases(
    ("name",),
    _several(
        "{P} name, {P} first name, the name {S} {have}, {P} own name, {P} proper name, the name of yours"
    ),
    _clauses(
        """
        S am called _
        S am named _
        S am known as _
        S do use _ as a name
        S do answer to _
        S do sign as _
        S was given _ as a name
        S do like to be called _
        """
    ),
    ("what", "how"),
)
PERSONA_ROLE = Phrases(
    ("role", "job", "task", "part", "position"),
    _several(
        "{P} role, {P} job, {P} task, {P} position here, {P} part in this, {P} duty, the role {S} {have}, "
        "{P} profession, {P} occupation, {P} role among us, {P} work here"
    ),
    _clauses(
        """
        S do serve as _
        S do work as _
        S am here as _
        S am employed as _
        S do act as _
        S do play _ in this house
        S was made for _
        """
    ),
)
