"""A second wording of the exam's kinds of fact, written without a look at the first or at training's.

Whoever adds to the generator reads what the exam got wrong, so that the exam's own sentences become a poorer
measure of what is new to the model. These are not to be read then. Nothing in training refuses them: some are
so plain that training says them as well, three stand in the exam.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.exam_questions.kinds import KINDS, Kind

_SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "relative": {
        "statements": (
            "By the way, my {x} is called {v}.",
            "I had lunch with my {x} today, you know, {v}.",
            "You should meet {v}, my {x}.",
            "Everyone calls my {x} {v}.",
            "{v} is the name of my {x}, in case I never told you.",
        ),
        "questions": (
            "What's my {x} called?",
            "Do you remember the name of my {x}?",
            "Tell me my {x}'s name, please.",
            "I mentioned my {x} before. What name did I give?",
            "Who is my {x}? I mean the first name.",
        ),
        "newer": (
            "My {x} goes by a different name these days: {v}.",
            "Sorry, I told you the wrong name, my {x} is actually {v}.",
            "My {x} just had a name change and is now called {v}.",
        ),
        "third_statements": (
            "I talked to {v} today, the {x} of {p}.",
            "{v} is {p}'s {x}.",
            "The {x} of my friend {p} is called {v}.",
        ),
        "third_questions": (
            "What is {p}'s {x} called?",
            "Do you know the name of {p}'s {x}?",
            "Can you tell me what name the {x} of {p} has?",
        ),
    },
    "pet": {
        "statements": (
            "We named our {x} {v}.",
            "I have a {x}, and it answers to {v}.",
            "My {x} {v} woke me up at five this morning.",
            "{v} is what I call my {x}.",
            "I just got a {x} and decided on the name {v}.",
        ),
        "questions": (
            "What did I name my {x}?",
            "Can you remind me what my {x} is called?",
            "My {x} has a name. Which one?",
            "Do you still know my {x}'s name?",
            "Please say the name of my {x}.",
        ),
        "newer": (
            "We renamed our {x}, so it's {v} now.",
            "I have a new {x} these days, this one is called {v}.",
            "The kids changed the name of our {x} to {v}.",
        ),
        "third_statements": (
            "{p} has a {x} called {v}.",
            "The name of {p}'s {x} is {v}.",
            "I played with {v} yesterday, that's {p}'s {x}.",
        ),
        "third_questions": (
            "What's the name of {p}'s {x}?",
            "What does {p} call the {x} at home?",
            "Remind me, what did {p} name the {x}?",
        ),
    },
    "home": {
        "statements": (
            "I live in {v}.",
            "My apartment is in {v}, close to the station.",
            "Home for me is {v}.",
            "I've been living in {v} for about three years.",
            "If you're ever in {v}, come by, that's where I live.",
        ),
        "questions": (
            "Where do I live?",
            "Which city is my home in?",
            "Do you remember what city I'm living in?",
            "Name the city I live in, please.",
            "I told you where my place is. What city was it?",
        ),
        "newer": (
            "I've moved, and now I live in {v}.",
            "We packed everything up last month and our new home is in {v}.",
            "I don't live there anymore, I'm settled in {v} now.",
        ),
        "third_statements": (
            "{p} lives in {v}.",
            "{p} has a house in {v} and lives there all year.",
            "You can visit {p} at home in {v}.",
        ),
        "third_questions": (
            "Where does {p} live?",
            "What city is {p} living in?",
            "Do you know which city {p}'s home is in?",
        ),
    },
    "childhood": {
        "statements": (
            "I grew up in {v}.",
            "I was born in {v}, and my parents still talk about it.",
            "{v} is the city where I spent my childhood.",
            "As a kid I lived in {v}.",
            "My family raised me in {v}.",
        ),
        "questions": (
            "Where did I grow up?",
            "What city was I born in?",
            "Can you tell me where I spent my childhood?",
            "Which city did I live in as a kid?",
            "Remind me what my hometown is, the place I was raised.",
        ),
        "newer": (
            "I got that wrong earlier, I actually grew up in {v}.",
            "Mom just told me I was really born in {v}.",
            "Please correct my childhood city, it should be {v}.",
        ),
        "third_statements": (
            "{p} grew up in {v}.",
            "{p} was born and raised in {v}.",
            "When {p} was little, the family lived in {v}.",
        ),
        "third_questions": (
            "Where did {p} grow up?",
            "In which city was {p} born?",
            "What city did {p} live in as a child?",
        ),
    },
    "favourite": {
        "statements": (
            "My favourite {x} has always been {v}.",
            "For me the best {x} of all is {v}.",
            "If I had to pick just one {x}, I'd pick {v}.",
            "No {x} beats {v}, at least in my opinion.",
            "{v} is my number one {x}.",
        ),
        "questions": (
            "What's my favourite {x}?",
            "Which {x} do I like best?",
            "Do you remember the {x} I like more than any other?",
            "Guess what {x} I would pick over everything else.",
            "Tell me my top {x}.",
        ),
        "newer": (
            "I have a new favourite {x}: {v}.",
            "My taste has changed, my favourite {x} is {v} now.",
            "These days I prefer {v} over any other {x}.",
        ),
        "third_statements": (
            "{p}'s favourite {x} is {v}.",
            "Of every {x} there is, {p} likes {v} the most.",
            "Ask {p} for the best {x} and you will always hear {v}.",
        ),
        "third_questions": (
            "What is {p}'s favourite {x}?",
            "Which {x} does {p} like the most?",
            "Do you know what {x} {p} prefers above all others?",
        ),
    },
    "colour": {
        "statements": (
            "My {x} is {v}.",
            "This year I decided on {v} for my {x}, a colour I really like.",
            "You'll recognise my {x} easily, it's {v}.",
            "The colour of my {x} is {v}.",
            "I picked {v} for my {x} because the other colours were boring.",
        ),
        "questions": (
            "What colour is my {x}?",
            "Do you remember the colour of my {x}?",
            "My {x}, which colour does it have?",
            "Someone asked me to describe my {x}. What colour should I say?",
            "Which colour did I say my {x} was?",
        ),
        "newer": (
            "I had my {x} redone and now it's {v}.",
            "I replaced my old {x}, the new one is {v}.",
            "My {x} has a new colour, {v}.",
        ),
        "third_statements": (
            "{p} chose {v} for the colour of the {x}.",
            "{p}'s {x} is {v}.",
            "Look for the {v} {x}, that one belongs to {p}.",
        ),
        "third_questions": (
            "What colour is {p}'s {x}?",
            "Can you tell me the colour of {p}'s {x}?",
            "Which colour did {p} choose for the {x}?",
        ),
    },
    "job": {
        "statements": (
            "I work as a {v}.",
            "I've been a {v} for ten years.",
            "My job is being a {v}, which can be tiring.",
            "I earn my money as a {v}.",
            "By profession I'm a {v}.",
        ),
        "questions": (
            "What do I do for a living?",
            "What's my job?",
            "Do you remember my profession?",
            "What kind of work do I do?",
            "Remind me what I told you about my occupation.",
        ),
        "newer": (
            "I changed careers and now work as a {v}.",
            "I quit my old job, I'm a {v} now.",
            "Since last month I've been earning my living as a {v}.",
        ),
        "third_statements": (
            "{p} is a {v}.",
            "{p} makes a living as a {v}.",
            "After university {p} became a {v}.",
        ),
        "third_questions": (
            "What does {p} do for a living?",
            "What is {p}'s profession?",
            "Do you know what job {p} has?",
        ),
    },
    "company": {
        "statements": (
            "I work for {v}.",
            "I'm employed at {v}.",
            "My employer is {v}.",
            "The company I work at is called {v}.",
            "{v} pays my salary every month.",
        ),
        "questions": (
            "Which company do I work for?",
            "Who is my employer?",
            "What's the name of the company I work at?",
            "Do you remember where I'm employed?",
            "Tell me what company pays my salary.",
        ),
        "newer": (
            "I switched companies, I'm with {v} now.",
            "I left my old employer and started at {v}.",
            "From this week on I work for {v} instead.",
        ),
        "third_statements": (
            "{p} works for {v}.",
            "{p} has a position at a company called {v}.",
            "{v} is the company that employs {p}.",
        ),
        "third_questions": (
            "Which company does {p} work for?",
            "Who is {p}'s employer?",
            "Do you know what company {p} is employed at?",
        ),
    },
    "birthday": {
        "statements": (
            "My birthday is on {v}.",
            "I turn a year older on {v}.",
            "I celebrate my birthday every year on {v}.",
            "Put {v} in your calendar, it's my birthday!",
            "I was born on {v}.",
        ),
        "questions": (
            "When is my birthday?",
            "What date was I born on?",
            "On which day do I celebrate my birthday?",
            "Do you still know the date of my birthday?",
            "Please tell me what day I turn a year older.",
        ),
        "newer": (
            "I gave you the wrong date, my birthday is actually {v}.",
            "Please change my birthday to {v}, I made a typo before.",
            "My papers were corrected, so my birthday is now {v}.",
        ),
        "third_statements": (
            "{p}'s birthday is {v}.",
            "{p} was born on {v}.",
            "We're having a birthday cake for {p} on {v}.",
        ),
        "third_questions": (
            "When is {p}'s birthday?",
            "What day was {p} born?",
            "On what date does {p} celebrate a birthday?",
        ),
    },
    "number": {
        "statements": (
            "My {x} is {v}.",
            "They gave me {v} as my {x}.",
            "Please note that {v} is my {x}.",
            "I always forget my {x}, so here it is: {v}.",
            "For my {x} I got {v}.",
        ),
        "questions": (
            "What's my {x}?",
            "Can you give me my {x} again?",
            "I forgot my {x}, can you help?",
            "Which digits are in my {x}?",
            "I need my {x} right now, please.",
        ),
        "newer": (
            "My {x} was changed to {v}.",
            "I got a new {x} today, it's {v}.",
            "The old {x} doesn't work anymore, mine is {v} now.",
        ),
        "third_statements": (
            "{p}'s {x} is {v}.",
            "{p} was given {v} as a {x}.",
            "The {x} that belongs to {p} is {v}.",
        ),
        "third_questions": (
            "What is {p}'s {x}?",
            "Do you have the {x} of {p}?",
            "Which {x} did {p} get?",
        ),
    },
    "stored": {
        "statements": (
            "I keep my {x} in the {v}.",
            "I just put my {x} in the {v}.",
            "If you need my {x}, look in the {v}.",
            "The {v} is where I left my {x}.",
            "So that I always find my {x}, I use the {v} for storage.",
        ),
        "questions": (
            "Where do I keep my {x}?",
            "I can't find my {x}, where should I look?",
            "Where did I put my {x}?",
            "Do you remember the place where I left my {x}?",
            "Help me find my {x}, please.",
        ),
        "newer": (
            "I moved my {x} to the {v}.",
            "From now on I'm keeping my {x} in the {v}.",
            "I found a better place for my {x}, the {v}.",
        ),
        "third_statements": (
            "{p} keeps the {x} in the {v}.",
            "{p}'s {x} can be found in the {v}.",
            "I saw {p} put the {x} in the {v}.",
        ),
        "third_questions": (
            "Where does {p} keep the {x}?",
            "Where can I find {p}'s {x}?",
            "Do you know where {p} put the {x}?",
        ),
    },
    "journey": {
        "statements": (
            "I'm flying to {v} next week.",
            "I booked a trip to {v}!",
            "My next holiday will be in {v}.",
            "This summer I'm going to {v} for a few days.",
            "I finally bought tickets, so {v}, here I come.",
        ),
        "questions": (
            "Where am I travelling to?",
            "Which city is my trip going to?",
            "Do you remember where I'm flying?",
            "What city will I visit on my next holiday?",
            "Remind me of my travel destination.",
        ),
        "newer": (
            "Change of plans, I'm travelling to {v} instead.",
            "I cancelled that trip and booked one to {v}.",
            "My destination is different now, I'm going to {v}.",
        ),
        "third_statements": (
            "{p} is going on a trip to {v}.",
            "{p} will fly to {v} soon.",
            "The next holiday {p} has planned is in {v}.",
        ),
        "third_questions": (
            "Where is {p} travelling to?",
            "What city will {p} visit on the trip?",
            "Do you know where {p} is going on holiday?",
        ),
    },
    "adores": {
        "statements": (
            "I absolutely love {v}.",
            "I'm crazy about {v}.",
            "Nothing makes me happier than {v}.",
            "I can't get enough of {v}.",
            "Honestly, I adore {v}, always have.",
        ),
        "questions": (
            "What do I love?",
            "What am I crazy about?",
            "Do you remember what I adore?",
            "What was it that makes me so happy?",
            "Tell me the thing I can't get enough of.",
        ),
        "newer": (
            "That love is over, now I adore {v}.",
            "I'm not so into that anymore, these days I love {v}.",
            "Lately my big love is {v} instead.",
        ),
        "third_statements": (
            "{p} loves {v}.",
            "{p} is really fond of {v}.",
            "You can always make {p} happy with {v}.",
        ),
        "third_questions": (
            "What does {p} love?",
            "Do you know what {p} is crazy about?",
            "What is {p} so fond of?",
        ),
    },
    "avoids": {
        "statements": (
            "I'm allergic to {v}.",
            "I have a bad allergy to {v}.",
            "Please keep {v} away from me, I'm allergic.",
            "My doctor found out that I can't tolerate {v} because of an allergy.",
            "I get an allergic reaction from {v}.",
        ),
        "questions": (
            "What am I allergic to?",
            "Which allergy do I have?",
            "Do you remember what I have to avoid because of my allergy?",
            "What gives me an allergic reaction?",
            "Please remind the cook what I'm allergic to.",
        ),
        "newer": (
            "The old test was wrong, I'm actually allergic to {v}.",
            "That allergy went away, but now I react to {v}.",
            "According to my new test, my allergy is to {v} instead.",
        ),
        "third_statements": (
            "{p} is allergic to {v}.",
            "{p} has to stay away from {v} because of an allergy.",
            "Don't give {p} any {v}, there's an allergy.",
        ),
        "third_questions": (
            "What is {p} allergic to?",
            "Does {p} have an allergy, and to what?",
            "What should I keep away from {p} because of an allergy?",
        ),
    },
}


def _in_other_words(kind: Kind) -> Kind:
    said = _SENTENCES[kind.key]
    return replace(
        kind,
        statements=said["statements"],
        questions=said["questions"],
        newer=said["newer"],
        third_statements=said["third_statements"],
        third_questions=said["third_questions"],
    )


BLIND_KINDS: tuple[Kind, ...] = tuple(map(_in_other_words, KINDS))
