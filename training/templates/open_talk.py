"""Small talk that nobody listed: moods, thanks, greetings, farewells and vocatives, composed from parts."""

from __future__ import annotations

from random import Random

from training.templates.open_facts import noun, verb

_GOOD = (
    "happy", "glad", "cheerful", "relaxed", "proud", "excited", "delighted", "thrilled", "pleased", "fine",
    "fantastic", "wonderful", "great", "amazing", "lucky", "hopeful", "content", "thankful", "energetic",
    "full of joy", "in high spirits", "in a great mood", "on top of the world", "over the moon", "rested",
    "at ease", "in love", "calm and happy", "better than ever", "good", "well", "brilliant", "grateful",
)  # fmt: skip
_BAD = (
    "sad", "tired", "angry", "upset", "worried", "nervous", "lonely", "ill", "sick", "exhausted", "stressed",
    "depressed", "anxious", "afraid", "annoyed", "bored", "disappointed", "miserable", "heartbroken",
    "worn out", "down", "in pain", "in a bad mood", "not okay", "not well", "not in the mood", "a mess",
    "frustrated", "hurt", "awful", "terrible", "homesick", "ashamed", "jealous", "overwhelmed", "unhappy",
)  # fmt: skip
_GOOD_DAYS = (
    "good", "great", "wonderful", "lovely", "fantastic", "amazing", "perfect", "brilliant", "beautiful",
    "excellent", "nice", "fun", "better than expected", "a dream", "a joy", "a success", "marvellous",
)  # fmt: skip
_BAD_DAYS = (
    "bad", "awful", "terrible", "horrible", "dreadful", "hard", "rough", "exhausting", "sad", "a disaster",
    "a mess", "a nightmare", "miserable", "too much for me", "worse than ever", "lousy", "stressful",
)  # fmt: skip
_TIMES = (
    "", "", "", "today", "tonight", "now", "right now", "this morning", "this evening", "this week",
    "these days", "at the moment", "lately", "again", "since yesterday", "this afternoon", "all day",
)  # fmt: skip
_DEGREES = ("", "", "", "so", "very", "really", "a bit", "quite", "pretty", "rather", "too", "extremely")
_SPANS = (
    "day", "week", "morning", "evening", "weekend", "afternoon", "night", "month", "holiday", "work",
    "lesson", "trip", "exam", "meeting", "date", "time at work", "year", "lunch break", "shift",
)  # fmt: skip
_KIND_WORDS = (
    "kind", "nice", "sweet", "good", "lovely", "helpful", "useful", "great", "friendly", "perfect", "clear",
    "right", "quick", "all i wanted", "what i was looking for", "exactly right", "just the thing",
    "what i wanted to hear", "a good answer", "enough", "very thoughtful", "a big help", "so much better",
)  # fmt: skip
_FOR = (
    "that", "this", "the help", "telling me", "everything", "your time", "your patience", "the reminder",
    "listening", "the advice", "remembering", "asking", "the kind words", "your reply", "being here",
    "the good news", "your trouble", "the talk", "the warm welcome", "helping me out",
)  # fmt: skip
_THANKS = (
    "thanks", "thank you", "many thanks", "thanks a lot", "thank you so much", "thx", "thanks so much",
    "a thousand thanks", "cheers", "big thanks", "i thank you", "thank you very much", "i am grateful",
)  # fmt: skip
_LEAVING = (
    "i must go", "i have to go", "i am leaving", "i am going home", "i need to sleep", "i go to sleep",
    "time for bed", "i am off", "i am heading out", "i have to run", "i will log off",
    "that is all for today", "my bus is here", "i have to work", "dinner is ready", "i am out of here",
    "i say goodbye", "duty calls",
)  # fmt: skip
_BYES = ("bye", "goodbye", "bye bye", "see you", "see ya", "take care", "farewell", "so long", "later")
_WHEN = (
    "tomorrow", "later", "soon", "next time", "on monday", "on friday", "in the morning", "tonight",
    "next month", "after lunch", "in a week", "at the weekend", "around", "another day",
)  # fmt: skip
_HELLOS = ("hello", "hi", "hey", "hello there", "hi there", "hey there", "greetings", "howdy", "hiya")
_ARRIVALS = (
    "i am back", "it's me", "i am home", "i just came in", "here i am again", "nice to see you",
    "good to be back", "long time no see", "i am new here", "is anybody there", "i made it", "guess who",
    "how nice to meet you", "i am online", "what a crowd", "glad to be here", "anyone around", "me again",
)  # fmt: skip
_CROWD = ("all", "everybody", "everyone", "friends", "folks", "you all", "people", "team", "dear friends")


def mood(random: Random, *, good: bool) -> str:
    """Somebody says how they are."""
    state = random.choice(_GOOD if good else _BAD)
    span = random.choice(_GOOD_DAYS if good else _BAD_DAYS)
    how = random.choice(("well", "fine", "great", "smoothly", "perfectly") if good else ("wrong", "badly"))
    time = random.choice(_TIMES)
    plain = span if span.startswith("a ") else f"a {span}"
    text = random.choice(
        (
            f"i am {random.choice(_DEGREES)} {state} {time}",
            f"i am {random.choice(_DEGREES)} {state} {time}",
            f"i'm {random.choice(_DEGREES)} {state} {time}",
            f"i feel {random.choice(_DEGREES)} {state} {time}",
            f"{time} i feel {state}",
            f"i have been {state} {time}",
            f"feeling {random.choice(_DEGREES)} {state} {time}",
            f"my {random.choice(_SPANS)} was {random.choice(_DEGREES)} {span}",
            f"the {random.choice(_SPANS)} was {span} for me",
            f"i had {plain} {random.choice(_SPANS)}" if not span.startswith("a ") else f"it was {span}",
            f"what {plain} {random.choice(_SPANS)}" if not span.startswith("a ") else f"what {span}",
            f"it was {span} {time}",
            f"everything {random.choice(('went', 'goes', 'is going'))} {how} {time}",
            f"my {noun(random)} makes me {state}",
            f"i was {state} when i woke up",
            f"this {random.choice(_SPANS)} is {span}",
        )
    )
    return " ".join(text.split())


_HELPED = (
    "helps", "helps me a lot", "did it", "answers my question", "answers it", "is all for now",
    "is all i wanted to know", "solves it", "saved my day", "is just right", "will do", "is enough for me",
    "made it clear", "is good to know", "is what i was after", "was quick", "was the missing piece",
    "clears it up", "is a relief",
)  # fmt: skip


def thanks(random: Random) -> str:
    thank, reason, praise = random.choice(_THANKS), random.choice(_FOR), random.choice(_KIND_WORDS)
    return random.choice(
        (
            thank,
            f"{thank} for {reason}",
            f"{thank} for {reason}, {{name}}",
            f"{thank}, {{name}}",
            f"{thank}, that is {praise}",
            f"{thank}, this was {praise}",
            f"{thank}, that {random.choice(_HELPED)}",
            f"{thank}, it was {praise}",
            f"oh, {thank}, how {praise.split(' ')[-1]}",
            f"{{name}}, {thank} for {reason}",
            f"that was {praise}, {thank}",
            f"{praise}, {thank}",
            f"you helped me, {thank}",
            f"{thank} for the {noun(random)}",
        )
    )


def farewell(random: Random) -> str:
    leaving, bye, when = random.choice(_LEAVING), random.choice(_BYES), random.choice(_WHEN)
    return random.choice(
        (
            f"{leaving}, {bye}",
            f"{leaving}. {bye}",
            f"{bye}, {leaving}",
            f"{bye}, {{name}}",
            f"{bye} {random.choice(_CROWD)}",
            f"{bye} and have a good {random.choice(_SPANS)}",
            f"see you {when}",
            f"{bye}, see you {when}",
            f"{leaving}, see you {when}",
            f"okay {{name}}, {leaving}, {bye}",
            f"until {when}",
        )
    )


def greeting(random: Random) -> str:
    hello, arrival = random.choice(_HELLOS), random.choice(_ARRIVALS)
    return random.choice(
        (
            f"{hello}, {arrival}",
            f"{hello} {random.choice(_CROWD)}",
            f"{hello} {random.choice(_CROWD)}, {arrival}",
            f"{hello} {{name}}, {arrival}",
            f"{hello}, {{name}}",
            f"{hello} {hello}",
            f"{arrival}, {hello}",
            f"{hello} to you {random.choice(_CROWD)}",
        )
    )


_HOW = (
    "how are you", "how are you doing", "how do you feel", "how are you feeling", "how is it going",
    "how is life", "how are things", "how are things with you", "are you well", "are you okay",
    "are you feeling well", "is everything fine with you", "how have you been", "how do you do", "you good",
    "how are you getting on", "is all well with you", "are you in a good mood", "how is your day",
)  # fmt: skip
_AT = (
    "", "", "", "today", "this morning", "this afternoon", "tonight", "now", "these days", "at the moment",
    "after all that", "so far", "right now", "this week", "on this fine day", "at this hour", "lately",
)  # fmt: skip
_CAN = (
    "what can you {d}", "what is it that you can {d}", "what are you able to {d}", "what could you {d}",
    "what do you {d}", "tell me what you can {d}", "show us what you can {d}", "what all can you {d}",
    "which things can you {d}", "what kind of things do you {d}", "explain what you can {d}",
    "how can you {u}", "in what way can you {u}", "tell us how you {u}", "how do you {u}", "can you {u}",
    "what is your use", "what are you here for", "what are your talents", "what are your abilities",
    "what are you able to offer", "list what you can {d}", "say what you can {d}", "what are you made for",
)  # fmt: skip
_DOINGS = (
    "do",
    "do for me",
    "do here",
    "do for somebody like me",
    "offer",
    "do well",
    "do all day",
    "do best",
)
_USES = (
    "help",
    "help us",
    "help somebody",
    "be of use",
    "be useful",
    "help people",
    "support me",
    "assist me",
)
_ASKING = (
    "", "", "would you", "could you", "can you", "please", "kindly", "i want you to", "why don't you", "hey,",
    "i ask you to", "now", "go on,", "for the new ones here,", "it would be nice if you could",
    "may i ask you to",
)  # fmt: skip
_INTRODUCING = (
    "introduce yourself", "say who you are", "tell us who you are", "tell me who you are",
    "describe yourself", "say something about yourself", "tell everybody who you are", "present yourself",
    "explain who you are",
    "tell me about yourself", "say who i am talking to", "let me know who you are", "tell him who you are",
)  # fmt: skip
_WHO = (
    "who are you", "who might you be", "who is speaking", "who do i have here", "who would you be",
    "who is this", "who exactly are you", "and who are you", "so who are you", "you are who",
    "tell me, who are you",
)  # fmt: skip
_STRANGERS = (
    "we have not met", "i am new here", "nobody told me about you", "i can't remember you", "sorry",
    "wait a moment", "good day", "i have a question", "stop", "before we start", "one thing first", "hello",
)  # fmt: skip


def how_are_you(random: Random) -> str:
    return _named(random, f"{random.choice(_HOW)} {random.choice(_AT)}".strip()) + "?"


def abilities(random: Random) -> str:
    text = random.choice(_CAN).format(d=random.choice(_DOINGS), u=random.choice(_USES))
    return _named(random, text) + random.choice("?.")


def who_are_you(random: Random) -> str:
    """Asks for name and role."""
    if random.random() < 0.5:
        return _named(random, f"{random.choice(_ASKING)} {random.choice(_INTRODUCING)}".strip()) + "."
    stranger = f"{random.choice(_STRANGERS)}{random.choice((',', ';', '.'))} " * (random.random() < 0.6)
    return f"{stranger}{random.choice(_WHO)}?"


def _named(random: Random, text: str) -> str:
    roll = random.random()
    if roll < 0.12:
        return f"{text}, {{name}}"
    return f"{{name}}, {text}" if roll < 0.18 else text


_YOURS = (
    "how was your {n}", "where is your {n}", "did you {v} the {n}", "can you {v} the {n}",
    "will you {v} my {n}", "have you seen the {n}", "could you {v} the {n}", "please {v} the {n}",
    "do you like the {n}", "do not forget the {n}", "when will you {v}", "why did you {v} the {n}",
    "i found your {n}", "the {n} is ready", "i will {v} the {n} for you", "who took your {n}",
    "you left your {n} here", "let us {v} the {n}", "may i borrow your {n}", "your {n} is on the table",
    "shall we {v} together", "i sent you the {n}", "would you {v} it for me", "that is my {n}",
    "i have your {n}", "bring the {n}", "what a nice {n} you have", "are you with the {n}",
    "i could not {v} without you", "the {n} was your idea", "you should {v} more", "is the {n} yours",
    "what do you think of the {n}", "how much was the {n}", "i need you for the {n}", "stop to {v}",
)  # fmt: skip


def to_somebody(random: Random) -> str:
    """Something said to one person, who is not named in it."""
    text = random.choice(_YOURS).format(n=noun(random), v=verb(random))
    is_question = text.split(" ", 1)[0] in _OPENERS
    return text + ("?" if is_question else random.choice((".", ".", "!")))


_OPENERS = (
    "how", "where", "did", "can", "will", "have", "could", "do", "when", "why", "who", "may", "shall",
    "would", "are", "what", "is",
)  # fmt: skip
_BEFORE = (
    "{p}, {t}", "{p}, {t}", "@{p} {t}", "{p}: {t}", "hey {p}, {t}", "hi {p}! {t}", "so {p}, {t}",
    "no {p}, {t}", "oh {p}, {t}", "and {p}, {t}", "listen {p}, {t}", "{p}! {t}", "{p} - {t}",
    "yes {p}, {t}", "{p} {t}",
    "hello {p}, {t}", "sorry {p}, {t}", "ok {p}, {t}", "please {p}, {t}", "but {p}, {t}", "well {p}, {t}",
)  # fmt: skip


def vocative(random: Random, text: str, name: str, *, by_comma: bool = False) -> str:
    """`text` said to `name`, who is named in front, at the end (`by_comma`: only behind a comma) or after a
    comma in the middle."""
    if random.random() < 0.4:
        body, end = (text[:-1], text[-1]) if text[-1:] in "?.!" else (text, "")
        head, comma, tail = body.partition(", ")
        if comma and random.random() < 0.3:
            return f"{head}, {name}, {tail}{end}"
        return f"{body}{random.choice((', ', ', ', ', ' if by_comma else ' '))}{name}{end}"
    return random.choice(_BEFORE).format(p=name, t=text)
