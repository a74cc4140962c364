"""The exam's talk without facts, and what counts as a fitting reply to it."""

from __future__ import annotations

import re
from dataclasses import dataclass


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Intent:
    """Messages of one purpose; `fits` must match somewhere in the reply."""

    key: str
    said: tuple[str, ...]
    fits: re.Pattern[str]


SMALL_TALK: tuple[Intent, ...] = (
    Intent(
        "greeting",
        _lines(
            """
            Hello, it is me again!
            Hi, good to see you!
            Hey, I am here now.
            Hello {name}, here I am.
            hi to everyone
            hello hello
            Good morning to everybody!
            A good evening to you, {name}!
            """
        ),
        _any_of(r"\bhello\b", r"\bhi\b", r"good (morning|evening|day)", r"good to see you"),
    ),
    Intent(
        "thanks",
        _lines(
            """
            Thanks for that!
            Thank you, you are kind.
            Oh {name}, I do thank you!
            thanks, that was what i needed
            Many thanks for your help, {name}.
            thank you for the answer
            """
        ),
        _any_of(r"you(?:'re| are) welcome", "gladly", "pleasure", "glad to help", r"^thank you"),
    ),
    Intent(
        "farewell",
        _lines(
            """
            Bye, until tomorrow evening!
            I must go home now, bye.
            See you next week!
            Goodbye then, {name}.
            Good night to everyone.
            i will leave now, see you
            Okay, I go to bed. Good night!
            """
        ),
        _any_of(
            "bye",
            r"(?<!to )see you",
            "take care",
            "good night",
            "sleep well",
            "until (?:then|soon)",
        ),
    ),
    Intent(
        "feels_good",
        _lines(
            """
            I am so happy this evening!
            I feel really good today.
            It was a wonderful day for me.
            i'm in such a good mood
            Today everything went well.
            """
        ),
        _any_of("good to hear", r"\bglad\b", r"\bnice\b(?! to meet)", "happy for you", r"\bgreat\b"),
    ),
    Intent(
        "feels_bad",
        _lines(
            """
            I feel sad today.
            I'm really tired today.
            My day was terrible.
            I am lonely tonight.
            i'm so stressed right now
            I am very sad, {name}.
            """
        ),
        _any_of("sorry to hear", "sorry that", "sounds hard", "here for you", r"gets? better"),
    ),
    Intent(
        "how_are_you",
        _lines(
            """
            How are you this morning?
            And you, {name}, how are you feeling?
            And how are you doing today?
            Are you doing well?
            How do you feel this evening?
            """
        ),
        _any_of(r"\b(am|doing) (well|fine)", "i am good"),
    ),
    Intent(
        "abilities",
        _lines(
            """
            What can you do for a newcomer, {name}?
            What things can you help with?
            Tell me how you can help me.
            What can you do for people?
            what are you good for?
            Show me what you can do.
            """
        ),
        _any_of("talk with you", r"remember (?:what|it|them|things|that)\b"),
    ),
)
"""43 messages of 7 intents."""

NAME_QUESTIONS: tuple[str, ...] = _lines(
    """
    And your name, what is it?
    Would you please tell me your name?
    What is your name, if I may ask?
    By which name do you go?
    Excuse me, what is your name?
    I would like to know your name.
    What may I call you?
    Which name do you have?
    How do people call you?
    Could I have your name?
    hello, what's your name?
    what should i call you
    Sorry, I forgot your name.
    """
)
ROLE_QUESTIONS: tuple[str, ...] = _lines(
    """
    And your role, what is it?
    What role do you have here?
    Would you please tell me your role?
    What is it that you do here?
    Could you tell me your role?
    what is the job you do here?
    Which role is yours?
    """
)
BOTH_QUESTIONS: tuple[str, ...] = _lines(
    """
    Would you please tell me who you are?
    You there, who are you?
    Who are you, if I may ask?
    Would you please introduce yourself?
    I don't know you yet. Who are you?
    Introduce yourself to us!
    Hi, who are you?
    """
)
WRONG_NAME_QUESTIONS: tuple[str, ...] = _lines(
    """
    You are called {other}, aren't you?
    Hi, are you {other}?
    I think you are {other}, is that right?
    """
)

CHATTER: tuple[str, ...] = _lines(
    """
    It rained the whole morning.
    The bus came far too late today.
    I was at the market before lunch.
    We had a long meeting.
    The kitchen smells of soup.
    I watched the clouds for a while.
    My chair makes a strange noise.
    There was a queue at the post office.
    Somebody left the window open.
    I had to wait for half an hour.
    The street is quiet tonight.
    I washed the dishes already.
    This week went by so fast.
    The lift is broken again.
    I cannot find a good film for tonight.
    It is too warm in here.
    What a strange dream I had.
    The shops close early today.
    I went to bed far too late.
    The train was full of people.
    """
)
CHATTER_REPLIES: tuple[str, ...] = ("I see!", "Oh, I see.", "Thanks for telling me.")

ASKED: tuple[str, ...] = _lines(
    """
    {name}, are you here?
    {name}, is that really your name?
    A good evening to you too, {name}!
    What can you do for the two of us, {name}?
    {name}, tell the others who you are.
    Thank you for that, {name}!
    How do you feel today, {name}?
    {name}, what is your role in here?
    Hello {name}, can you hear us?
    I have a question for you, {name}.
    @{name} how are you after the holidays?
    {name}, I am tired today.
    hey {name}, good morning to you
    {name}, what are you really good at?
    """
)
BETWEEN_OTHERS: tuple[str, ...] = _lines(
    """
    {other}, will you bring the tickets?
    {other}, did you sleep well?
    {other}, can you open the window?
    @{other} have you seen my coat?
    @{other} your parcel is here.
    {other}, let us meet at the station.
    I will call you tonight, {other}.
    That was a good idea, {other}.
    {other}, what did you cook today?
    {other}, please send me the photos.
    Are you still at home, {other}?
    {other}, do you have a minute?
    {other}, I am on my way.
    @{other} are you free this evening?
    No, {other}, I paid for it already.
    {other}, where did you park?
    """
)
