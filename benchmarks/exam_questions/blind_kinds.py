"""A second wording of the exam's kinds of fact, written without a look at the first or at training's.

Whoever adds to the generator reads what the exam got wrong, so that the exam's own sentences become a poorer
measure of what is new to the model. These are not to be read then, nor what they got wrong; once they have
been, they are to be written anew, by somebody who has seen none of the others, as they were once. Nothing in
training refuses them: a fifth are so plain that training lists them as well, four stand in the exam.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.exam_questions.kinds import KINDS, Kind

_SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "relative": {
        "statements": (
            "My {x} is called {v}, in case the name comes up.",
            "{v} is my {x}, by the way.",
            "I had a long chat with {v} last night, that's my {x}.",
            "You'll hear me mention {v} a lot, since that's the name of my {x}.",
            "So you know who I mean: my {x} goes by {v}.",
        ),
        "questions": (
            "What's my {x} called again?",
            "I've gone blank, what is the first name of my {x}?",
            "Who's my {x}, do you remember the name?",
            "Remind me of my {x}'s name, would you?",
            "I'm writing a card to my {x}, so what name do I put at the top?",
        ),
        "newer": (
            "I got it wrong earlier, my {x} is actually called {v}.",
            "Turns out I've been muddling people up: {v} is the real name of my {x}.",
            "My {x} has started going by {v}, so please use that from now on.",
        ),
        "third_statements": (
            "The name of {p}'s {x} is {v}.",
            "I met {v} today, who turns out to be {p}'s {x}.",
            "That {x} {p} keeps talking about is called {v}.",
        ),
        "third_questions": (
            "What's the name of {p}'s {x}?",
            "What do people call {p}'s {x}?",
            "Did {p} ever mention what the {x} is called?",
        ),
    },
    "pet": {
        "statements": (
            "I've named my {x} {v}, and I regret nothing.",
            "My {x} answers to {v}, at least when it suits.",
            "Meet {v}, my {x} and the true ruler of this house!",
            "We ended up calling my {x} {v} after a very long family debate.",
            "I was up half the night because {v}, my {x}, wouldn't settle.",
        ),
        "questions": (
            "What did I name my {x}?",
            "Which name does my {x} answer to?",
            "Can you tell me what I call my {x}?",
            "The vet needs my {x}'s name, what was it?",
            "Go on, do you still know what my {x} is called?",
        ),
        "newer": (
            "I've renamed my {x}, it's {v} now.",
            "Scrap the old name, my {x} is {v} these days.",
            "I told you the wrong name for my {x}, it should be {v}.",
        ),
        "third_statements": (
            "{p} named the {x} {v}, of all things.",
            "There's a new arrival at {p}'s place, a very lively {x} called {v}.",
            "{v} is the name that {p} picked for the {x}.",
        ),
        "third_questions": (
            "What's {p}'s {x} called?",
            "Which name did {p} give the {x}?",
            "What name do I shout if {p}'s {x} gets out?",
        ),
    },
    "home": {
        "statements": (
            "I live in {v}.",
            "I'm based in {v} now, right by the station.",
            "My flat is in {v}, up four flights of stairs.",
            "I've settled in {v} and don't plan to leave any time soon.",
            "These days {v} is where I live, for better or worse.",
        ),
        "questions": (
            "Which city do I live in?",
            "Where am I living at the moment?",
            "What city is my current address in?",
            "If someone asked you where I live, what would you say?",
            "Do you know which city I call home now?",
        ),
        "newer": (
            "I've moved, I'm living in {v} now.",
            "The removal van has just left, so my new address is in {v}!",
            "I don't live there any more, {v} is my city now.",
        ),
        "third_statements": (
            "{p} lives in {v}.",
            "You'd have to go to {v} to visit {p} at home.",
            "{p} rents a little place in {v} and seems happy there.",
        ),
        "third_questions": (
            "Where does {p} live?",
            "Which city is {p} living in at the moment?",
            "What city would I send {p}'s post to?",
        ),
    },
    "childhood": {
        "statements": (
            "I was born in {v}.",
            "I grew up in {v}, back when it was a lot quieter.",
            "{v} is where I spent my whole childhood.",
            "My school days were all in {v}, and I can still picture the streets.",
            "I'm from {v} originally, even if you can't hear it any more.",
        ),
        "questions": (
            "Where did I grow up?",
            "Which city was I born in?",
            "Where am I from originally?",
            "Do you recall which city I spent my childhood in?",
            "What's the city where I was little, the one I told you about?",
        ),
        "newer": (
            "I had it mixed up: I actually grew up in {v}.",
            "My mum just put me right, I was born in {v}.",
            "Forget what I said about my childhood, I spent it in {v}.",
        ),
        "third_statements": (
            "{p} was born and raised in {v}.",
            "Back in {v}, where {p} grew up, everybody knew everybody.",
            "{p} comes from {v} originally.",
        ),
        "third_questions": (
            "Where did {p} grow up?",
            "What's the city {p} was born in?",
            "Which city did {p} live in as a child?",
        ),
    },
    "favourite": {
        "statements": (
            "My favourite {x} is {v}.",
            "When it comes to a favourite {x}, I'd pick {v} every time.",
            "In my book no other {x} comes close to {v}.",
            "I'd put {v} right at the top as my favourite {x}.",
            "Ask me for my all-time top {x} and I'll say {v} without blinking.",
        ),
        "questions": (
            "What's my favourite {x}?",
            "Which {x} do I like best?",
            "Do you know which {x} I'd choose over all the others?",
            "I bet you've forgotten my favourite {x}, so what is it?",
            "Name my top {x}, if you can.",
        ),
        "newer": (
            "I've gone off the old one, my favourite {x} is {v} now.",
            "Change of heart: these days I rate {v} above any other {x}.",
            "I misspoke before, the {x} I like most is {v}.",
        ),
        "third_statements": (
            "{p}'s favourite {x} is {v}.",
            "Of every {x} out there, {p} likes {v} the most.",
            "If you want to please {p}, remember that {v} is the favourite {x}.",
        ),
        "third_questions": (
            "What is {p}'s favourite {x}?",
            "Which {x} does {p} prefer to all others?",
            "Can you tell me the {x} that {p} likes best?",
        ),
    },
    "colour": {
        "statements": (
            "My {x} is {v}.",
            "The colour of my {x} is {v}, which not everyone likes.",
            "I went for {v} when I chose the colour of my {x}.",
            "You can't miss my {x}, it's {v}.",
            "It took me ages to decide, but I got my {x} in {v}.",
        ),
        "questions": (
            "What colour is my {x}?",
            "Which colour did I choose for my {x}?",
            "I need to describe my {x} to someone, so what colour should I say?",
            "Do you remember the colour of my {x}?",
            "My {x}, what shade was that again?",
        ),
        "newer": (
            "I've swapped my {x} for a new one in {v}.",
            "My {x} isn't that colour any longer, it's {v}.",
            "Looking at it in daylight, I'd say my {x} is {v} after all.",
        ),
        "third_statements": (
            "{p}'s {x} is {v}.",
            "{p} picked {v} as the colour for the {x}.",
            "Look out for the {x} in {v}, that one belongs to {p}.",
        ),
        "third_questions": (
            "What colour is {p}'s {x}?",
            "Which shade did {p} pick for the {x}?",
            "How would I spot {p}'s {x}, I mean what's the colour?",
        ),
    },
    "job": {
        "statements": (
            "I work as a {v}.",
            "I'm a {v} by trade.",
            "I've been a {v} for longer than I care to admit.",
            "Being a {v} pays my bills, and most days I enjoy it.",
            "I trained for years to become a {v}, and now that's my profession.",
        ),
        "questions": (
            "What do I do for a living?",
            "What's my profession?",
            "What kind of work do I do?",
            "Can you remember what my trade is?",
            "If I had to fill in my occupation on a form, what would I write?",
        ),
        "newer": (
            "I've changed careers, I'm a {v} now.",
            "I've packed in my old trade and retrained as a {v}.",
            "You've got my job wrong, I'm really a {v}.",
        ),
        "third_statements": (
            "{p} is a {v} by profession.",
            "For a living, {p} works as a {v}.",
            "We could ask {p}, who's a {v} after all.",
        ),
        "third_questions": (
            "What does {p} do for a living?",
            "What's {p}'s occupation?",
            "Which line of work is {p} in?",
        ),
    },
    "company": {
        "statements": (
            "I work for {v}.",
            "I clock in at {v} every morning, rain or shine.",
            "My employer is {v}.",
            "{v} pays my wages.",
            "I've been on the staff at {v} since the spring.",
        ),
        "questions": (
            "Who do I work for?",
            "What's the name of my employer?",
            "Which company do I work at?",
            "Which firm's name is at the top of my payslip?",
            "I forget if I told you, which firm employs me?",
        ),
        "newer": (
            "I've handed in my notice and joined {v}.",
            "My new employer is {v}, I started on Monday.",
            "I don't work there any more, I'm at {v} now.",
        ),
        "third_statements": (
            "{p} works for {v}.",
            "{v} hired {p} a while ago.",
            "{p} has a job at {v}, or so I hear.",
        ),
        "third_questions": (
            "Who does {p} work for?",
            "Which company employs {p}?",
            "What's the firm where {p} works?",
        ),
    },
    "birthday": {
        "statements": (
            "My birthday is {v}.",
            "I was born on {v}.",
            "I turn a year older on {v}, like it or not.",
            "Put {v} in your diary, that's my birthday!",
            "I always take {v} off work, seeing as it's my birthday.",
        ),
        "questions": (
            "When is my birthday?",
            "What date is my birthday on?",
            "On which day of the year do I get a year older?",
            "You haven't forgotten when my birthday is, have you?",
            "Tell me the date I was born on.",
        ),
        "newer": (
            "You've noted my birthday wrong, it's {v}.",
            "I must have mistyped, I was born on {v}.",
            "Sorry, that was the wrong date: I celebrate my birthday on {v}.",
        ),
        "third_statements": (
            "{p}'s birthday is on {v}.",
            "We should plan something for {v}, that's when {p} has a birthday.",
            "{p} was born on {v}.",
        ),
        "third_questions": (
            "When is {p}'s birthday?",
            "On what date should I wish {p} a happy birthday?",
            "Which day was {p} born on?",
        ),
    },
    "number": {
        "statements": (
            "My {x} is {v}, all in one go without spaces.",
            "Please make a note of my {x} for me: {v}.",
            "I've been given {v} as my {x}.",
            "It says {v} on the paper, so that's my {x}.",
            "Keep {v} safe for me, it's my {x} and I'm hopeless with digits.",
        ),
        "questions": (
            "What's my {x}?",
            "Could you read my {x} back to me?",
            "They're asking for my {x}, what was it again?",
            "I need my {x} quickly, please.",
            "Do you still have my {x} somewhere?",
        ),
        "newer": (
            "My {x} has changed to {v}.",
            "I misread it, my {x} is {v}.",
            "They've issued me a new {x}, so I'll be using {v} from today.",
        ),
        "third_statements": (
            "The {x} we have down for {p} is {v}.",
            "I wrote down {v}, which is {p}'s {x}.",
            "If anyone asks for {p}'s {x}, tell them {v}.",
        ),
        "third_questions": (
            "What's {p}'s {x}?",
            "Can you look up the {x} that belongs to {p}?",
            "Did {p} leave us the {x}, and what was it?",
        ),
    },
    "stored": {
        "statements": (
            "I keep my {x} in the {v}.",
            "You'll find my {x} in the {v}.",
            "I've just put my {x} in the {v}.",
            "The {v} is where I always leave my {x}.",
            "Before I forget, I tucked my {x} away in the {v}.",
        ),
        "questions": (
            "Where do I keep my {x}?",
            "Where did I put my {x}?",
            "I can't find my {x} anywhere, where should I look?",
            "Any idea where I left my {x}?",
            "Which place did I pick for storing my {x}?",
        ),
        "newer": (
            "I've moved my {x} to the {v}.",
            "From now on I'm keeping my {x} in the {v} instead.",
            "No luck there, my {x} turned up in the {v}.",
        ),
        "third_statements": (
            "{p} keeps the {x} in the {v}.",
            "Look in the {v} if you need {p}'s {x}.",
            "I saw {p} put the {x} in the {v}.",
        ),
        "third_questions": (
            "Where does {p} keep the {x}?",
            "Where would I find {p}'s {x}?",
            "In which spot did {p} stash the {x}?",
        ),
    },
    "journey": {
        "statements": (
            "I'm off to {v} next month.",
            "I've booked a trip to {v}, and I can't wait!",
            "My next holiday will be in {v}.",
            "I'm flying out to {v} once the exams are over.",
            "The tickets are bought: I'm travelling to {v} in autumn.",
        ),
        "questions": (
            "Where am I travelling to?",
            "Which city is my next trip to?",
            "Where have I booked my holiday?",
            "I ought to start packing, where am I off to again?",
            "What's the destination of the trip I'm planning?",
        ),
        "newer": (
            "Change of plan, I'm going to {v} for my trip instead.",
            "I had to rebook, so my trip is to {v} now.",
            "I've dropped the first idea and will be visiting {v} on my holiday.",
        ),
        "third_statements": (
            "{p} is planning a trip to {v}.",
            "{p} has booked a flight to {v} for the summer.",
            "Next stop for {p} is {v}, the packing is done already.",
        ),
        "third_questions": (
            "Where is {p} going on holiday?",
            "Which city has {p} booked a trip to?",
            "What's the destination of {p}'s next journey?",
        ),
    },
    "adores": {
        "statements": (
            "I adore {v}.",
            "I'm completely mad about {v}.",
            "I can't get enough of {v}, honestly.",
            "My heart melts for {v}, it always has.",
            "If there's one thing I truly love, it's {v}.",
        ),
        "questions": (
            "What do I adore?",
            "What is it that I'm mad about?",
            "What did I say I can't get enough of?",
            "Do you know what I absolutely love?",
            "What makes my heart melt?",
        ),
        "newer": (
            "The old craze has passed, I adore {v} now.",
            "I've fallen out of love with that, and now I'm crazy about {v}.",
            "You must have misheard me, it's {v} that I adore.",
        ),
        "third_statements": (
            "{p} adores {v}.",
            "There's no stopping {p} when it comes to {v}, that's true love.",
            "{p} goes absolutely wild for {v}.",
        ),
        "third_questions": (
            "What does {p} adore?",
            "What is {p} completely crazy about?",
            "Do you know what {p} loves to bits?",
        ),
    },
    "avoids": {
        "statements": (
            "I'm allergic to {v}.",
            "I have to stay away from {v} because of my allergy.",
            "My doctor says I mustn't go near {v}, it's an allergy.",
            "The tiniest bit of {v} sets off my allergy.",
            "I get a nasty rash from {v}, so no thanks.",
        ),
        "questions": (
            "What am I allergic to?",
            "What's my allergy?",
            "What do I have to keep away from because of my allergy?",
            "The nurse wants to know what I react to, so what do I say?",
            "What sets off my allergy, do you remember?",
        ),
        "newer": (
            "The new test says otherwise: I'm allergic to {v}.",
            "I was wrong about my allergy, the culprit is {v}.",
            "My old allergy has gone, but now I can't tolerate {v}.",
        ),
        "third_statements": (
            "{p} is allergic to {v}.",
            "Don't bring any {v} when {p} is coming, there's an allergy.",
            "{p} can't be anywhere near {v} without an allergic reaction.",
        ),
        "third_questions": (
            "What is {p} allergic to?",
            "Which allergy does {p} have?",
            "What must we keep away from {p} so there's no allergic reaction?",
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
