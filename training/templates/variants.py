"""Sentences with alternatives in them: `[a|b|]` stands for one of its parts, so one line is up to hundreds.

The listed wordings of facts.py and paraphrases.py are learned by heart sooner or later, the grammar's are
stiff. These are how people talk: idioms, the value in the middle, reasons and remarks around it, two short
sentences. Placeholders as in facts.py. Answers and acknowledgements never use them.
"""
# ruff: noqa: E501 (one sentence a line, however long)

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from random import Random

_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")


_DID = (
    "came by yesterday|was ill last week|made a mess this morning|sends greetings|"
    "ran into the garden|needs a haircut|is the best|snores at night|broke a vase|got soaked in the rain|"
    "cried all night|won a prize|fell asleep early|was on tv once|eats too much|has a cold|wants to go out|"
    "is waiting outside|sat next to us all evening|sneezed three times|was late for dinner|looks tired today|"
    "went to the doctor|lost some weight|stole the sausages|had a bad dream|jumped over the fence|"
    "woke everyone up at night|kept us awake|made us laugh|misses you|has brown eyes|is getting old|"
    "knows every trick|follows me around|sits by the window|is shy with strangers|had a long nap|"
    "caught a cold on monday|has been here since noon|is so funny|was very brave at the vet|feels better now"
)
"""What somebody or some animal did or is like, said beside a name: `[@did]`."""


def spelled_out(random: Random, text: str) -> str:
    """`text` with one of each bracket's alternatives."""
    return _tidy(_ALTERNATIVES.sub(lambda match: random.choice(_choices(match.group(1))), text))


def _choices(alternatives: str) -> list[str]:
    return (_DID if alternatives == "@did" else alternatives).split("|")


def every_form(text: str) -> tuple[str, ...]:
    """All that `spelled_out` can make of `text`."""
    parts = _ALTERNATIVES.split(text)
    chosen = (_choices(part) if at % 2 else [part] for at, part in enumerate(parts))
    return tuple(_tidy("".join(form)) for form in product(*chosen))


def _tidy(text: str) -> str:
    return re.sub(r" (?=[ ,.?:]|$)", "", text.strip())


@dataclass(frozen=True, slots=True)
class Variants:
    """Lines to tell a fact, to ask for it, and to say that it changed."""

    told: tuple[str, ...]
    asked: tuple[str, ...]
    changed: tuple[str, ...] = ()

    def __add__(self, other: Variants) -> Variants:
        return Variants(self.told + other.told, self.asked + other.asked, self.changed + other.changed)


def lines(told: str, asked: str, changed: str = "") -> Variants:
    """One line of each text is one sentence."""
    return Variants(
        *(tuple(line.strip() for line in text.strip().splitlines()) for text in (told, asked, changed))
    )


VARIANTS: dict[str, Variants] = {
    "relative_name": lines(
        """
        [i think|i guess|i am afraid] {P} {x} {v} [is angry with me|is right|has forgotten us|has changed a lot]
        [without|thanks to|together with] {v}, {P} {x}, [nothing works|i would be lost|it was a nice evening]
        {P} {x} got older and [is still called|still goes as|is known to all as] {v}
        [you know|you remember|i told you about] {v}[, don't you|, right|], [that is|it's] {P} {x}
        {S} put {v} [on the emergency list|on the guest list], {P} {x}
        [an email|a letter|a parcel|a call|a postcard] came from {v}, {P} {x}
        [in the photo|on the left|next to me|at the table] [you see|is|sits] {P} {x} {v}
        {S} {have} to [pick up|meet|ring|thank] {P} {x} {v} [at noon|later|tomorrow|at the station]
        [when we were kids|at school|in the office|at home] everybody called {P} {x} {v}
        {P} {x} - {v} [to friends|by name|is the name] - [is moving soon|lives next door|works too much]
        [spelled like this|written so|with capital letters]: {v}, [the name of {P} {x}|{P} {x}'s name]
        [nobody cooks like|nobody sings like|i trust only] {v}, {P} {x}
        [my plan is to visit|we went fishing with|i had an argument with] {P} {x}, {v}
        [most of you|all of you|some of you] know {P} {x} [already|by now], [her|his] name is {v}
        {P} {x} {v} [@did]
        {P} {x}, {v}, [@did]
        {v}, {P} {x}, [@did]
        {S} {have} a {x}, {v}, who [@did]
        [guess what|listen|oh no|great news], {P} {x} {v} [@did]
        [last week|today|on sunday|the other day] {S} [met|saw|called|visited|hugged] {v}, {P} {x}
        [this|that|here] is {v}, {P} {x}
        [do you know|have you met|you should meet|let me introduce] {P} {x}[?|:|,] [it is|that is|this is|she is|he is] {v}
        {P} {x} [signs letters|signs everything|writes] as {v}
        {v} is the [person|one|woman|man] {S} {call+} {P} {x}
        [say hi to|greet|give my love to|write to] {v}, [that is|who is|she is|he is] {P} {x}
        {S} {have} [a|one|only one] {x}[. her| . his|, whose] name is {v}
        {S} [talked|spoke|chatted] with {v} [today|yesterday|last night|on the phone], [that is|you know,] {P} {x}
        the name [on the door|in the passport|on the birth certificate] of {P} {x} is {v}
        {P} {x} [was baptised|was christened|was born|is registered as] {v}
        {v}[, yes,|, of course,|] is [what|how] [people|friends|the family|we all] call {P} {x}
        [friends|strangers|colleagues|kids|the neighbours] [call|address|greet] {P} {x} [as|with|by the name of] {v}
        [about|concerning|as for|regarding] {P} {x}[:|,] the name is {v}
        [have i told you about|you have not heard of|i never spoke of] {P} {x}[?|.] [her|his|the] name is {v}
        {P} {x} and {v} are [one and the same|the same person]
        [if|when|in case] {v} [calls|rings|shows up|writes], [it is|that will be|that's] {P} {x}
        {P} {x} [really|always|mostly|just] [goes as|is addressed as|hears|wants to be] {v}
        {v} [married into the family|has been around forever|lives nearby], that is {P} {x}
        {S} {see+} {P} {x} {v} [every week|every summer|rarely|on sundays]
        {P} {x} {v} [is coming for dinner|sends greetings|is on holiday|just had a baby|loves to cook|is very tall]
        {v}[ - |, ]{P} {x}[ - |, ][is coming over|told a joke|drove us home|is here]
        {P} parents [chose|picked|liked] the name {v} for {P} {x}
        [people shout|they yell|everybody shouts] {v} when they want {P} {x}
        [there is one thing about {P} {x}|one thing about {P} {x}]: [the name is|everybody says] {v}
        the [full|real|proper|official] name of {P} {x} is {v}
        in [our|the] family {P} {x} [is just|is simply|is only] {v}
        {P} {x}'s [real|actual|proper|first|given] name is {v}
        [someone|a person|a woman|a man] [called|named|by the name of] {v} is {P} {x}
        you [must|should|will want to] [remember|learn|know] the name of {P} {x}[, it is|, which is|:] {v}
        {v} [stands for|belongs to|refers to] {P} {x}[, you know|, in our house|]
        {v}[, by which i mean|, in other words|, as in] {P} {x}
        {v} [it is|it was]: [the name of|what they named] {P} {x}
        {v} and nothing else is {P} {x}'s name
        {v} [would be|should be|must be|is] the name [you want for|to use for|you hear for|that goes with] {P} {x}
        {v} [will be|was|is] [at the party|with us|on the phone|in the car|in town], and [by that i mean|that is to say|you know that is] {P} {x}
        {v}, [the dear|the good|the funny|the kind] soul, is {P} {x}
        {v} [was always|was first|became] a friend and then {P} {x}
        {v} [who is|who was|, being] {P} {x}[, always helps me|, can be trusted|, called twice]
        {v} [rings|writes|visits] [every day|on sundays|now and then]. {P} {x}, [of course|you know|i mean]
        """,
        """
        [in my phone|in the address book|on the list], under which name is {P} {x}
        [what|which] name [do i read|is printed|stands] on the letter from {P} {x}
        [someone|the teacher|the clerk] needs the name of {P} {x}[, what is it|. which one]
        [i would like|i want|i have] to introduce {P} {x}[, but what is the name|. the name, please]
        [how|as what] did {S} introduce {P} {x}
        [before i call|before i write to] {P} {x}: [what is the name|what name was it]
        {P} {x}, [you know the one|the nice one|whom i mentioned][: what name|, what was the name again]
        [any chance|is it possible] you [know|remember|noted] [what {P} {x} is called|{P} {x}'s name]
        [what|which] name should i [put|write] [on the invitation|on the card|on the cake] for {P} {x}
        if {P} {x} [calls|comes|rings], what name will [she|he|i hear|you hear] [give|use|say]
        [what|which] name [would|should|must|do] i [use|write|put down|say] for {P} {x}
        [how|by what name] [should|shall|must|can] {S} [greet|address|introduce] {P} {x}
        [who is|who was|who's] it that {S} {call+} {P} {x}
        {P} {x}[:|,] [what name|which name|what was it]
        [what|which] name [stands|is] [on the door|in the passport] of {P} {x}
        [what|how] do [friends|strangers|colleagues|the neighbours|we all] call {P} {x}
        [what's|what is|what was] the [real|proper|full|actual|given|first] name of {P} {x}
        [what's|what is] {P} {x}'s [real|proper|full|actual|given|first] name
        [i|we] [keep forgetting|always forget|can never remember] [what {P} {x} is called|the name of {P} {x}|{P} {x}'s name]. [what is it|help me|do you know it|can you say it]
        [which name|what name|what] did {P} parents [choose|pick|like] for {P} {x}
        {P} {x} [must have|surely has|does have] a name, [so what is it|what is it|do you know it|tell me]
        [what|which] name [comes with|is for|means|stands for] {P} {x}
        [tell me|say|recall] [who {P} {x} is|what name {P} {x} has|how {P} {x} is called]
        [somebody|a friend|the doctor] [asks|asked|wants to know] [what {P} {x} is called|the name of {P} {x}]. [what do i say|help me|well]
        [under|by|with] [what|which] name [is|was] {P} {x} [known|registered|introduced|born]
        i want to [write to|call|invite|greet] {P} {x}. [what was the name|which name was it|what's the name]
        """,
        """
        {P} {x} [prefers the name|likes to be called|uses the name] {v} [these days|now|by now]
        {P} {x} [got married|had it changed] and is {v} now
        [please|you can|everybody should] call {P} {x} {v} [now|from today|from here on]
        {P} {x} [dropped|gave up] the old name [for|and took] {v}
        i got {P} {x}'s name wrong[, it is|: it is|, that should be] {v}
        [the right|the correct|the new] name [for|of] {P} {x} is {v}
        """,
    ),
    "pet_name": lines(
        """
        [the children|we all|everybody here] [love|spoil|adore] {v}, {P} {x}
        {S} [rescued|found|adopted|bought] {v}, [a|an old|a young|a small] {x}, [last year|in spring|from a farm]
        [without|with] {v}, {P} {x}, the house is [empty|full of life|never quiet]
        {P} {x} [goes wild|wags|jumps] [whenever|if|when] [i say|one says|you say] {v}
        [a|one] {x} called {v} [lives|sleeps|rules] [with {O}|in {P} house|at {P} place]
        {P} {x} - {v} [by name|is the name] - [is very clever|ate my shoe|hates the vacuum cleaner]
        [say hello to|pet|greet|stroke] {v}[, that is|, it's] {P} {x}
        [the vet|the neighbour|the postman] [likes|knows|fears] {v}, {P} {x}
        [nobody|no one] is as [lazy|cute|loud] as {P} {x} {v}
        {P} {x} has [a funny|a short|a royal|a strange] name[: it is|, it's|, namely|:] {v}
        [first we wanted another name, but|after long talks|my son decided:] {P} {x} is [called|named] {v}
        [if you find a {x} named|should you see] {v}, it is {P} {x}
        {P} {x} {v} [@did]
        {P} {x}, {v}, [@did]
        {v}, {P} {x}, [@did]
        {S} {have} a {x}, {v}, that [@did]
        [guess what|listen|oh no|great news], {P} {x} {v} [@did]
        [last week|today|on sunday|the other day] {S} [played|walked|talked|cuddled] with {v}, {P} {x}
        [this|that|here] is {v}, {P} {x}
        {v} is [the name of the|a lovely|an old|a clever] {x}[ at {P} place| of {P} family|, {P} own]
        {S} [{own+}|{keep+}|{have}] a {x}[ at home| in the house| outside|]. [it is|it's] called {v}
        {P} {x} {v} [sleeps all day|is hungry again|ran away once|likes the sofa|barks a lot]
        [we|they|the kids] [settled on|decided on|went for|agreed on] {v} [for|as a name for] {P} {x}
        {P} {x} [turns around|looks up|comes running|wakes up] [when it hears|at the word|at the name] {v}
        [when|if|as soon as] somebody [says|calls|shouts] {v}, {P} {x} [comes|runs|looks up]
        [have you met|do you know|you should see|look at] {P} {x}[?|:|,] [it is|that is|this is|its name is] {v}
        on the [collar|bowl|basket] of {P} {x} [it says|stands|is written] {v}
        {S} named {P} {x} [after a singer|after an uncle|for fun|as a joke], {v}
        there is a {x} [in {P} flat|in {P} life|in {P} house] and [it is|its name is|we call it] {v}
        {P} {x} [has been|was always|is simply|is just] {v} to [us|everyone|the family]
        {P} new {x} [got|was given|received|has] the name {v}
        {v} [chewed up a shoe|slept on the bed|went to the vet|needs food], that is {P} {x}
        [good boy|good girl|silly thing|brave animal], {v}. that is {P} {x}
        the name that {P} {x} [knows|understands|got|carries] is {v}
        {S} [{feed+}|{walk+}|{brush+}] {P} {x} {v} [every day|twice a day|in the morning]
        {P} {x} [does not react to anything but|reacts only to|only knows] {v}
        [of course|naturally|obviously] {P} {x} needed a name, [so it is|and it became|we took] {v}
        {v} [stands for|belongs to|refers to] {P} {x}[, you know|, in our house|]
        {v}[, by which i mean|, in other words|, as in] {P} {x}
        {v} [would be|should be|is] the name [to use for|you hear for|that goes with] {P} {x}
        {v} [barked|slept|sat|played|hid] [in the garden|under the bed|all day|on the sofa]. {P} {x}, [of course|you know|i mean]
        {v} it is[: the name of|, what we named] {P} {x}
        {v}, [the dear|the good|the funny|the lazy] thing, is {P} {x}
        {v} was [the only name|a good name|the best name] [we found|we had|there was] for {P} {x}
        """,
        """
        {P} {x} has a [funny|short|strange|royal] name[, which one was it|, what is it|. what was it]
        [what|which] name do [the children|the neighbours|we] [call|shout] when {P} {x} [runs off|hides|should come]
        [i want|i have] to [call|find] {P} {x}[, how is it called|. what name do i shout|, what is the name]
        [someone|a child] [asks|asked] [how {P} {x} is called|for the name of {P} {x}][. well|, what is it]
        [which|what] name did {S} [give to|have for|take for] {P} {x} [in the end|back then|]
        [any chance|is it possible] you [know|remember|noted] [what {P} {x} is called|{P} {x}'s name]
        [what|which] name goes on the [tag|collar|form] for {P} {x}
        [to whom|to which name] does {P} {x} come running
        [what|which] name [is|stands|is written] on {P} {x}'s [collar|bowl|basket]
        what [must|do|should] i [call|shout|say] so that {P} {x} comes
        [what|which] name [did we|did the kids|did they] [settle on|decide on|agree on] for {P} {x}
        which name [makes|gets] {P} {x} [look up|come running|turn around]
        [what's|what is|what was] the name [that|which] {P} {x} [knows|understands|got|carries]
        {P} {x} [surely has|must have|has] a name[, what is it|, which|. do you know it]
        [how|by what name] [do|should] [i|people|you all] call {P} {x}
        [what|which] name did {S} [think of|come up with|find|pick|choose|want] for {P} {x}
        [i|we] [keep forgetting|always forget] [what {P} {x} is called|the name of {P} {x}]. [what is it|help me]
        the vet [asks|wants to know] [what {P} {x} is called|the name of {P} {x}][?|. what do i say]
        [what|which] name [was given to|was found for|goes with|fits] {P} {x}
        say the name of the {x} [that {S} {own+}|that {S} {have}|at {P} home]
        """,
        """
        {P} {x} [got|has|received] a [different|nicer|better] name[:|,] {v}
        {P} {x} [only reacts to|knows|understands] {v} now
        we [changed|switched] the name of {P} {x} to {v}
        [please|you can] call {P} {x} {v} [now|from here on]
        """,
    ),
    "thing_name": lines(
        """
        on the [sign|door|front|side] of {P} {x} [stands|it says|you can read] {v}
        {v}[, that's|, that is| is] [what|how] {S} {call+} {P} {x}
        {P} {x} is [known|famous|listed|registered] [as|under the name] {v}
        {S} [painted|wrote|put] the name {v} on {P} {x}
        [welcome to|you should see|come to|have a look at] {v}, {P} {x}
        {P} {x} {v} [is doing well|is full of people|was founded long ago|is near the river]
        """,
        """
        [what|which] name [stands|is written|can you read] on {P} {x}
        [under|by] [what|which] name is {P} {x} [known|listed|registered]
        what did {S} [paint|write] on {P} {x} as its name
        [what's|what is] written on the sign of {P} {x}
        """,
        """
        {P} {x} [got|has] a [nicer|different] name[:|,] {v}
        they [repainted|changed] the sign of {P} {x}, it says {v}
        """,
    ),
    "favourite": lines(
        """
        {S} {have} [tried|tasted|seen] [many|all sorts], but [the best|{P} favourite] {x} is [still|clearly|] {v}
        [on sundays|for {P} birthday|whenever {S} can], {S} {choose+} {v}, {P} favourite {x}
        [ask|if you ask] {O} [for|about] {P} [best|favourite|top] {x} and {S} will [say|answer|shout] {v}
        {v}, {P} [absolute|eternal|secret|old] favourite {x}
        {v} [is|was] [ever|always] the {x} [{S} {choose+} first|{S} {go+} for|{S} {dream+} of]
        [everybody has a favourite {x}|there are so many {x}s|others may disagree], [{P} own is|with {O} it is|for {O} it is] {v}
        {S} {have} [loved|liked|preferred] {v} [since {S} {was} little|for ever|more and more] as {P} {x}
        the [only|one] {x} {S} [really |truly |]{like+} is {v}
        [nothing else|no other thing] [counts|will do] as {P} {x}[:| but] {v}
        {P} {x} [must|has to|should] be {v}[, nothing else|, always|, or {S} {am} sad]
        [let|make] it be {v}, the {x} {S} {like+} best
        {S} {give+} {v} [ten points|first prize|five stars] as a {x}
        [no|not one|hardly any] [other |]{x} [beats|tops|comes near|can compete with|is as good as] {v} [in {P} eyes|in {P} opinion|to {O}|, {S} {think+}]
        [there is|there's] no {x} [like|nicer than|finer than|greater than|as good as] {v} [for {O}|in {P} eyes|to {O}|, {S} {say+}]
        nothing [beats|tops|is better than|is finer than] {v} [as {P} {x}|when {S} {want+} a {x}|for {O} as a {x}|to {O} as {x}s go]
        of all [the |]{x}s[ in the world| there are| {S} {know+}|,] {v} is [{P} best|{P} greatest|number one for {O}|on top for {O}|{P} choice]
        {v} [beats|wins against|is better than|is ahead of] every [other |]{x} [for {O}|in {P} eyes|in {P} book]
        [give {O}|{S} {take+}|{S} {choose+}|{S} {pick+}|{S} {want+}] {v} [over any other {x}|before every other {x}|, the best {x} there is]
        [talking of|speaking of|regarding|as regards|on the subject of|about] {x}[:|,] [{S} {want+} nothing but|for {O} it must be|with {O} it has to be|{S} {love+}|{S} {prefer+}] {v}
        [if you ask {O}|in {P} opinion|to {P} mind|for {O}|to {O}], {v} is the [best|finest|nicest|greatest|only] {x}
        when [somebody|anyone|a friend] asks [{O} |]for [a|the best] {x}, {S} [{say+}|{answer+}|{name+}] {v}
        {v}[: that is|, that is|, that's| is] the {x} [for {O}|{S} {like+} more than any|{S} could not live without|{S} would take to an island]
        {S} [never {get+} tired of|could not live without|{swear+} by|{keep+} coming back to] {v} as [a|{P}] {x}
        the {x} [closest|dearest|nearest] to {P} heart is {v}
        the {x} {S} [{rank+} first|{put+} first|{place+} on top|{choose+} every time|{want+} again and again] is {v}
        {P} [absolute |all time |personal |]favourite [of every {x}|{x}|as a {x}|among the {x}s] [has to be|must be|is and remains|would be|is] {v}
        {S} {have} a favourite {x}[:|, it is|, namely|, and that is|. it is] {v}
        [first|on top|at the top] of {P} {x} list [is|comes|stands] {v}
        {S} {like+} [many things|a lot|several], but as a {x} {v} [wins|is best|comes first]
        {v} [comes first|is first|ranks first|is top] among {x}s [for {O}|in {P} eyes]
        {P} best {x}[, without a doubt,| ever| by far|, really,] is {v}
        {S} would [trade|give|swap] every {x} for {v}
        what {S} {like+} [best|most] as [a|{P}] {x} is {v}
        {S} {like+} {v} [best|most|more than anything] [as a {x}|when we talk about {x}s|for a {x}]
        [friends know|everybody knows|it is well known] that {v} is the {x} {S} {love+} [most|best]
        {v} [every time|any day|for ever], [if you let {O} choose|when {S} {choose+}] a {x}
        {v} would [win|come first|be the answer] if you asked {O} for the best {x}
        {v}, [with {O}|for {O}|in {P} eyes], [beats|tops|outdoes] any [other |]{x}
        {v} and no other {x} [will do for {O}|counts for {O}|makes {O} happy]
        {v} [stands|sits|is] at the [top|head] of {P} list, as far as {x}s go
        {v} has [always|long|ever] been the {x} [for {O}|{S} {want+} most|{S} {put+} first]
        {v} [makes|made] the best {x} [there is|in the world|of all] [for {O}|to {O}|if you ask {O}]
        """,
        """
        [which|what] {x} [gets first prize|gets five stars|gets ten points] from {O}
        [i want|somebody wants] to give {O} {P} favourite {x}[. which one|, what would that be]
        [what|which] {x} [must it be|should it be] for {O}[, the favourite one|, if {S} can choose|]
        [what|which] {x} [{do} {S} dream of|{do} {S} go for|{do} {S} choose first|{have} {S} always loved]
        {P} favourite {x} [would be|was] which [one|thing]
        [so|well], {x}: [what|which] {do} {S} [like best|prefer|love most]
        [everybody|each of us] has a favourite {x}[, what is {P} own|. which one is {P} own]
        [what|which] {x} did {S} [call|name|declare] [the best|{P} favourite|{P} number one choice]
        [as|for] a {x}, what {do} {S} [like most|love above all|prefer|enjoy best]
        [tell|remind] me which {x} [wins|comes first|is the best] for {O}
        [what|which] {x} [beats|tops|is better than] [all others|every other|any other] [for {O}|in {P} eyes|in {P} opinion]
        [what|which] {x} [could {S} not live without|would {S} take to an island|{do} {S} never tire of]
        [what|which] {x} [{do} {S} put first|{do} {S} rank first|is at the top of {P} list|comes first for {O}|is top for {O}]
        [what's|what is|what was] the {x} [closest|dearest|nearest] to {P} heart
        [of all {x}s|among all {x}s|out of every {x}], [what|which] one {do} {S} [like|love|prefer|choose|favour]
        [if you had to name|name|tell me|say] [the {x} {S} {love+} most|the {x} {S} {prefer+}|{P} best {x}]
        [which|what] {x} [did i say|have i told you|do you know] {S} {like+} [best|most]
        [which|what] is the [best|finest|nicest|greatest] {x} [for {O}|in {P} eyes|to {O}|in {P} opinion]
        [when it is about|talking of|speaking of|concerning] {x}[,|:] what {do} {S} [like best|prefer|choose|love]
        {P} [absolute |all time |personal |]favourite {x}[, what is it|, which is it|: what is it| is what]
        what {do} {S} [say|answer] when somebody asks for the best {x}
        what would {S} [choose|pick|take|order] [as|for] {P} {x}
        [which|what] [kind of |]{x} [{do} {S} favour|{do} {S} like more than any other|{do} {S} enjoy most|would {S} choose|makes {O} happiest]
        [guess|do you know|remember] [what {P} favourite {x} is|which {x} {S} {like+} best|which {x} wins for {O}]
        """,
        """
        {S} [changed {P} mind|{think+} differently], the best {x} is {v} now
        [lately|now|these days|since last week] [nothing beats|{S} {like+} nothing better than|{S} only {want+}] {v} as {P} {x}
        {v} has [replaced|pushed out|beaten] {P} old favourite {x}
        {P} favourite {x} is [no longer|not] [the same|that], [it is|but] {v}
        {S} found a [better|new best|nicer] {x}[:|,] {v}
        """,
    ),
    "home": lines(
        """
        {S} moved from {o} to {v} [last year|in spring|a while ago|for good|]
        {S} left {o} and {live+} in {v} [now|since then|these days]
        {S} used to live in {o} but now it is {v}
        {S} {am} moving from {o} to {v} [soon|this week|for good|]
        {S} swapped {o} for {v} and {live+} there [now|happily]
        after [many years|a long time|a winter] in {o} {S} settled in {v}
        it was {o} before, now {P} home is {v}
        {S} [{come+}|{am}] from {o} but {live+} in {v}
        {S} moved away from {o}, to {v}
        {S} [bought|built|inherited] a house in {v} and [moved in|{live+} there|stayed]
        [because of|for] [love|work|the sea|the school] {S} {live+} in {v}
        [life in|living in] {v} is [good|cheap|noisy|quiet] for {O}
        {S} {pay+} [rent|too much rent|taxes] in {v}
        [it takes|i need] an hour from {P} [flat|house] in {v} to work
        {P} [neighbours|walls|windows] in {v} are [thin|loud|nice], {S} {live+} there
        {S} {have} [never left|always stayed in|come to love] {v}, {P} [home town of today|city|home]
        {S} {am} [sitting|sleeping|cooking] in {P} [flat|kitchen|house] in {v}
        [the weather|it is sunny|it rains] in {v}, [where|the place where] {S} {live+}
        [from|seen from] {P} window you see [the towers|the river|the port] of {v}
        {S} [chose|picked] {v} [as a place to live|to live in|for {P} home]
        [visit|see] {O} [in|over in|down in] {v} [any time|whenever you want|one day], {P} [door|home] is open
        {S} {am} one of [the few|many] who live in {v}
        {S} [{wake+} up|{sleep+}|{have} {P} bed|{have} {P} things] in {v}
        [you can|people|friends] [reach|visit|meet|see] {O} [at home in|at {P} place in] {v}
        {P} [front door|bed|living room|letter box|balcony|roof] is in {v}
        {v} is [{P} home|home to {O}|where {P} home is|{P} city|the place {S} {call+} home]
        [at the moment|currently|nowadays|right now|for now] {S} {am} [based|staying|housed|living] in {v}
        {S} [found|{have}|{rent+}|{own+}|{share+}] [a small flat|an apartment|a nice room|a house with a garden|a place] in {v}
        {S} {live+} [right |]in the [middle|centre|heart|north|south|old part] of {v}
        {S} {live+} [alone|happily|quietly|with friends|with {P} family|with two cats] in {v}
        the [city|town|place] [{S} {call+} home|where {S} {live+}|{P} flat is in|{P} letters go to] is {v}
        {P} letters [go|are sent|must be sent] to {v}[, {S} {live+} there|, that is {P} home]
        {P} [street|neighbourhood|building] is in {v}
        [every night|in the evening|after work] {S} [{go+}|{drive+}|{come+}] home to {v}
        {S} {have} [been living|been at home|had a flat] in {v} [since 2010|all this time|for ten years|since spring]
        {S} {am} a [resident|citizen|inhabitant] of {v}
        {S} {live+} [over |out |up |down ]in {v}
        [greetings|hello|greetings to all] from {v}, [where {S} {live+}|that is {P} home|the town {S} {live+} in]
        [if you come to|when you visit|should you ever be in] {v}, [visit {O}|come and see {O}|that is {P} town]
        {P} roof over the head is in {v}
        {v} [has|holds] {P} [flat|house|bed|address|heart and home]
        {v} is [where you visit {O}|where {P} door is|where {P} rent goes|where {S} {sleep+} at night]
        {v} has been [good to {O}|{P} city|{P} home] [for years|since spring|ever since {S} moved]
        {v} [it is|it was] that {S} moved to and {live+} in
        {v} and {P} [little flat|house|garden] there are [all {S} {need+}|home]
        {v}, [that is|which is|it is] [the city|the town|the place] {S} {come+} home to
        """,
        """
        [what|which] [town|city|place] do i [write|put] on [a letter|a parcel|the form] to {O}
        [which|what] [city|town|place] [did {S} choose|did {S} pick] to live in
        [to come|if i want to come] to {P} [house|flat|place], [which city|what town] do i [drive|travel|go] to
        where {do} {S} [pay rent|have {P} flat|keep {P} things|spend {P} nights]
        [what|which] [place|city|town] {have} {S} come to [love as|call] {P} home
        the [city|town|place] [of {P} flat|of {P} house|with {P} home][, which was it|, what is it called|, please]
        [whereabouts|where exactly|where on earth] {do} {S} live
        [what|which] is the [city|town|place] [of {P} address|on {P} address|{S} {live+} in]
        [somebody|a friend] wants to [visit|see] {O}. [what city|which town] [is it|is {P} home in]
        where [is|was] it [again|] that {S} {have} [{P} home|{P} flat|a flat]
        [what|which] [city|town|place] [is {P} home|is home to {O}|{am} {S} based in]
        where [{am} {S} based|{do} {S} wake up|{do} {S} sleep|{do} {S} have {P} bed|{do} {S} rent a place]
        where [do {P} letters go|is {P} front door|is {P} bed|is {P} street|is {P} building]
        [what|which] [city|town|place] [{do} {S} reside in|{have} {S} settled in|is {P} house in] [at the moment|currently|now|these days]
        [in|to] [what|which] [city|town|place] [{do} {S} go home|should i send {P} letters|can i visit {O}|{do} {S} have {P} flat]
        [which|what] [city|town] {am} {S} a [resident|citizen|inhabitant] of
        where [would i|can i|do i have to] [go|travel|drive] to [visit|see|meet] {O} at home
        [what|which] [place|town|city] [did i say|have i told you] [{S} {live+} in|is {P} home]
        [where|in which town|in what place] [is it that {S} {live+}|is {P} roof|{do} {S} have an apartment]
        [which|what] [town|city|place] [has|holds] {P} [home|house|flat|apartment]
        """,
        """
        {S} [packed {P} things|sold the house|took the cat] and [moved|went|relocated] to {v}
        {S} [no longer {live+} there|left the old place], {S} {live+} in {v}
        [since|after] [the move|the summer|my move] {P} [home|flat|place|address] is in {v}
        {S} [found|bought|rented] a new [home|flat|place|house] in {v}
        {P} [bed|letter box|home|place] is in {v} [now|these days|from now on]
        {S} {have} [moved|relocated|gone] to {v}
        """,
    ),
    "origin": lines(
        """
        {S} {was} [a boy|a girl|a teenager|ten years old] in {v}
        [until|till] {S} {was} [sixteen|twelve|grown up] {S} lived in {v}
        [the house|the street|the garden] where {S} grew up is in {v}
        {P} [first school|first friends|first teacher|old playground] [was|were] in {v}
        {S} {have} [roots|family|an accent] from {v}, {S} grew up there
        {S} left {v} [at eighteen|after school|as a young adult], [the town of {P} birth|where {S} grew up]
        [all|most] of {P} [youth|childhood] [happened|took place|passed] in {v}
        {S} [{remember+}|{miss+}] {v}, where {S} {was} a child
        [once|years ago] {S} {was} a [kid|pupil|child] in {v}
        {v} [made {O} who {S} {am}|saw {O} grow up|is where {P} parents met and had {O}]
        {S} {am} a child of {v}
        {P} life [started|began] in [a hospital in|a small house in|] {v}
        {S} [had|lived|enjoyed] {P} [childhood|youth|first years|school days|young years] in {v}
        [when|while|as long as] {S} {was} [little|small|young|a child|a kid|ten], {S} lived in {v}
        [long ago|as a baby|back then|in {P} youth|as a teenager|in {P} young days] {S} lived in {v}
        {v} is [where {S} grew up|where {P} life began|where {P} story began|the town of {P} youth|{P} native town]
        {P} [cradle|old school|first bed|parents' house|kindergarten] [was|stood] in {v}
        {P} mother [had|raised|brought up] {O} in {v}
        {S} [came into the world|saw the light of day|took the first steps|said the first word] in {v}
        {S} {was} [brought up|raised|a pupil|a schoolchild|a baby] in {v}
        {S} [learned to read|learned to swim|started school|played in the streets|rode the first bike] in {v}
        {S} {am} [originally|actually|by birth] [from|out of] {v}
        {S} {come+} from [a village near|the old part of|the north of|sunny|rainy] {v}
        {P} [passport|birth certificate] says [{S} {was} born in|] {v}[, {P} place of birth|, where {S} {was} born]
        {P} memories of being a [child|kid] are all from {v}
        {P} family [moved away from|left] {v} when {S} {was} [ten|twelve|older]
        {P} [grandparents|parents] [raised|brought up] {O} in {v}
        {v} [had|taught|raised|formed] {O} [as a child|when {S} {was} small|in {P} first years]
        {v} is [in {P} blood|the town of {P} first steps|where {P} cradle stood|where {S} went to kindergarten]
        {v} was [the town of {P} childhood|all {S} knew as a child|{P} first home|where {P} parents had {O}]
        {v} it was, [the place {S} grew up in|where {S} {was} a child]
        {v}, [that is|which is|it is] [the city|the town|the place] {S} [grew up in|{was} born in]
        """,
        """
        [what|which] [city|town|place] [saw {O} grow up|{am} {S} a child of|made {O} who {S} {am}|did {S} leave after school]
        where [was|is] the [house|street|garden|school] of {P} childhood
        [which|what] [town|city|place] did {S} live in [until {S} {was} grown up|as a teenager|as a pupil|at ten]
        [at school age|as a boy or girl|in {P} first years], where did {S} live
        [what|which] [city|town|place] {do} {S} have {P} roots in
        where [is|was] {P} [cradle|first home|place of birth|childhood]
        where [were|are] {P} [first friends|first school days|roots]
        in [what|which] [town|city|place] [did {P} life start|did {S} play as a kid|{was} {S} a kid]
        [where|in which town|in what city|in which place] [did {S} take the first steps|did {S} come into the world|{was} {S} raised|{was} {S} brought up]
        where did {S} [live|go to school|play|learn to read] [as a child|when {S} {was} little|as a kid|when young]
        [what|which] [town|city|place] did {S} [grow up in|come from|live in when {S} {was} young|leave when {S} {was} older]
        where was {P} [youth|childhood|young life] [spent|lived]
        [what|which] [town|city|place] [was home|{was} {S} at home in] when {S} {was} [little|small|a child|a kid]
        [what|which] is {P} native [town|city|place]
        where did [{P} life begin|{P} story begin|{P} parents raise {O}|{P} mother have {O}]
        [what|which] [place|town|city] [do {P} memories of being a child come from|does {P} passport name as the place of birth]
        in [what|which] [place|town|city] did {S} [pass|have|spend] {P} [childhood|youth|school days]
        """,
        """
        [that was wrong|i mixed it up|sorry], {S} [grew up|{was} born|{was} raised|lived as a child] in {v}
        [in truth|in fact|to be exact] {P} [childhood|youth|birth] was in {v}
        the place where {S} grew up [was really|is in fact|is actually] {v}
        """,
    ),
    "job": lines(
        """
        [after|since] [school|college|the army] {S} {have} worked as a {v}
        {S} {wear+} work clothes, {S} {am} a {v}
        [people call|customers call] {O} when they need a {v}
        {P} [father|mother] wanted {O} to be a {v} and [so it is|{S} became one|that is {P} job]
        {S} {am} [tired|happy|rich|proud] [from|because of|thanks to] {P} work as a {v}
        [at the office|in the city|at night|in a small shop] {S} {work+} as [a|the] {v}
        {S} {have} [found {P} calling|a licence|a diploma] as a {v}
        [yes, |]{S} {am} [really |indeed |actually |]a {v}[, that is how {S} {earn+} money|, it pays the rent|, by trade]
        {S} [retired|will retire] as a {v}
        [somebody has to be a|the town needs a|they were looking for a] {v}, and [it is {O}|{S} took the job]
        {P} work[? {S} {am} a|: being a|, as you know, is that of a] {v}
        {S} {do} what a {v} does[, every day|, for money|]
        {S} [got|{have}|{hold+}|took|found] [a job|a post|a position|work] as [a|the] {v}
        {S} [{spend+} {P} days|{pay+} the bills|{earn+} good money|{put+} food on the table] [as|working as|by being] a {v}
        [they hired|people pay|a company pays|the city employs] {O} as a {v}
        [by profession|by trade|by training|professionally|in {P} day job|for a living] {S} {am} a {v}
        {S} [studied|trained|learned|went to college] to be a {v}[ and {am} one now|, and that is {P} job|, which is what {S} {do} now]
        {P} business card says {v}
        [being|life as|working as] a {v} is [{P} job|what {S} {do}|how {S} {earn+} {P} bread|{P} profession]
        {S} {am} [a proud|a busy|a young|an old|a tired|the only] {v}[ in town|, that is {P} job|]
        {S} {have} [worked|been working|been employed|been busy] as a {v} [for years|since spring|all {P} life]
        {S} {make+} a good {v}, that is {P} job
        {P} [career|calling|day job|position|title|role at work] is [that of a |being a |]{v}
        {S} [{get+}|got] [hired|paid|employed] as a {v}
        [all day long|from nine to five|on weekdays|every day] {S} {am} [a|working as a|busy as a] {v}
        {S} {serve+} [people |the town |]as a {v}
        {v}, that is [what {S} {do} for work|{P} job|{P} profession|what {S} {am}]
        [in|for] {P} [work|job] {S} {act+} as a {v}
        {v} [it says|stands|is written] on {P} [door|card] at work, that is {P} job
        {v} [is the job|is the trade|was the profession] [{S} learned|{S} chose|that pays {O}]
        {v}, [by trade|by profession|by training|for money], [that is|it is] what {S} {am}
        {v} [since|ever since] school, that is {P} [job|working life]
        """,
        """
        [what|which] [job|profession] [should i write|do i put down|stands] [in the form|on {P} card|] for {O}
        [people call {O} when they need|customers need {O} as] what
        what {do} {S} [do at work|do to earn money|get money for|wear a uniform as]
        what [did {S} become|{have} {S} become|became of {O}] after school[, as a job|]
        what [is|was] the [name|title] of {P} [job|profession]
        what [line of business|field|trade] {am} {S} in
        [what|which] [job|work|profession] [pays|feeds] {O}
        [ask|tell] me what {S} {do} for [a living|money|work]
        [what|which] [job|post|position|profession] [did {S} get|did {S} take|{have} {S} got|{do} {S} hold]
        [as what|in what job|in which profession] [{do} {S} work|{am} {S} employed|did they hire {O}|do they pay {O}]
        [how|with what|with which job] {do} {S} [pay the bills|make money|earn {P} bread|put food on the table]
        what [does {P} business card say|did {S} study to be|did {S} train to be|{am} {S} by profession|{am} {S} at work]
        [what's|what is] {P} [career|calling|day job|position|title at work]
        what {do} {S} [do all day|do from nine to five|do on weekdays|do for money|do at work] [as a job|]
        [what|which] [work|sort of job|kind of work] {do} {S} [do|have]
        what [did i say|have i told you] {S} {do} [for work|as a job|for a living]
        what [kind of worker|professional] {am} {S}
        what [{am} {S} paid for|{am} {S} hired as|{am} {S} employed as|has {P} job been]
        """,
        """
        {S} [switched jobs|quit|{was} promoted] and [now {work+}|now {earn+} {P} money|{am} employed] as a {v}
        {S} [started|began] [work|working|a new job] as a {v}
        {S} {am} [no longer that|something else now], {S} {am} a {v}
        [they|the boss] made {O} a {v}
        {P} [job|profession|career] changed, {S} {am} a {v}
        """,
    ),
    "employer": lines(
        """
        {S} [just |]got [hired|a contract|an offer and took it|promoted] at {v}
        {v} [sends|pays|gives] {O} [a salary|{P} wages|money] [each month|every month|for {P} work]
        [since|ever since] {S} left school {S} {have} been [with|at] {v}
        {P} [colleagues|mates|boss and I] at {v} [have lunch together|are great|play football]
        [at|over at] {v} {S} {have} [a good boss|a nice desk|long hours|an office with a view]
        {S} {am} [late for|on {P} way to|tired from] work at {v}
        [call|mail|reach] {O} at {v} [during the day|in office hours], {S} {work+} there
        {S} {represent+} {v}, {P} company
        {P} [uniform|jacket|email address] says {v}, {P} employer
        [they need people|it is fun] at {v}, where {S} {work+}
        {P} job is [with a firm called|with the company|at a place called] {v}
        {S} {give+} {P} best for {v} every day, {P} employer
        {S} {have} [a|{P}] [desk|office|chair|job|contract|post] [at|with] {v}
        {P} [boss|contract|salary|pay|badge|pay cheque] [is from|comes from|is with] {v}
        [from monday to friday|on weekdays|by day|all week|every morning] {S} {am} [at|with|over at] {v}
        {v} [is where {S} {work+}|is {P} employer|hired {O}|employs {O}|signs {P} pay cheque|gave {O} a job]
        {S} {am} [an employee|on the staff|part of the team|a worker|one of the people] [of|at] {v}
        {S} [{sit+}|{work+}|{spend+} {P} days|{earn+} {P} money] [in the office|in the building|in an office|on the third floor] of {v}
        {S} [{go+}|{drive+}|{walk+}|{take+} the bus] to [work at|the office of|the building of] {v}
        the [company|firm|business] [that employs {O}|{S} {belong+} to|{S} {serve+}|where {S} {have} a job|on {P} badge] is {v}
        {P} [workplace|place of work|working place|firm|company] is [called |named |]{v}
        [people|the folks|colleagues|the others] at {v} [are nice, {S} {work+} there|know {O}, {S} {work+} there|work with {O}]
        {S} {have} [worked|been employed|been working|had a job] [at|for|with] {v} [since spring|for years|for a while|all this time]
        {P} working [day|life|week] is spent at {v}
        {S} {do} {P} job [at|for] {v}
        {P} employer[:|, that is|, the company,] {v}
        {v} [pays|feeds|needs|keeps|hired|trusts] {O}[, it is where {S} {work+}|, that is {P} company|, as an employee]
        {v} has [{O} on the staff|{P} contract|a desk for {O}|{O} as a worker]
        {v}, [that is|which is|it is] [the firm|the company|the business] {S} {work+} for
        {v} [is|was] on {P} [pay cheque|contract|badge|work clothes], {P} employer
        {v} [it is|it was] that gave {O} work
        """,
        """
        [which|what] [company|firm|employer] [sends|pays|gives] {O} [money|a salary] [each month|for work|]
        [which|what] company [{do} {S} represent|stands in {P} contract|is on {P} jacket|got {O} as a worker]
        where [can i reach {O}|{am} {S}] during [working hours|office hours|the working day]
        [at|in] [which|what] [company|firm|business] [is {P} job|is {P} boss|are {P} colleagues|is {P} desk]
        the [company|firm|business] {S} {work+} [for|at][, what is its name|: what is it called|, which is it]
        [what|which] firm [hired|took|employs|needs] {O}
        [who|which company] do i [call|ask] to reach {O} at work
        [what|which|whose] [company|firm|business] [hired {O}|employs {O}|signs {P} pay cheque|gave {O} a job|is on {P} badge]
        [at|for|with] [what|which] [company|firm|business|employer] [{do} {S} have a job|{do} {S} have a desk|{do} {S} earn {P} money|{am} {S} on the staff]
        where [is {P} work place|is {P} chair|{do} {S} sit all day at work|{am} {S} from monday to friday|{am} {S} employed|{do} {S} have a job]
        [what's|what is] the name of [{P} company|the company where {S} {work+}|{P} work place|the business that pays {O}]
        [which|what] [company|firm|office] {do} {S} [go to|drive to|walk to|sit in] [every morning|on weekdays|for work]
        [who|which company] [employs|hired|pays|has] {O}
        where {do} {S} [spend|pass] [{P} weekdays|{P} working hours|the week|{P} time at work]
        [whose|which company's] [employee|staff member|worker] {am} {S}
        in [whose|which company's] [building|office] {do} {S} work
        [which|what] [company|firm|business] [{do} {S} belong to|{do} {S} serve|has {O} on its staff]
        """,
        """
        {S} [changed|switched|quit {P} job and went] to {v}
        {S} [signed|signed a contract|began|got hired] [with|at] {v}
        {v} [hired|employs|took] {O} now
        {S} [{am} no longer there|left the old company], {S} {work+} for {v}
        {P} [desk|job|pay cheque|contract] is [at|with] {v} [now|since monday|since last month]
        """,
    ),
    "birthday": lines(
        """
        [invite everyone|no work|we meet|come to {P} place] on {v}, [it is|that is|because of] {P} birthday
        [one more year|a year older|another candle] for {O} on {v}, {P} birthday
        {S} [{share+}|{have}] {P} birthday with a [queen|twin|famous singer], [it is|on] {v}
        [not long until|only days to go until|soon it is] {v}, {P} birthday
        {P} [mother|family|doctor] [had|welcomed|delivered] {O} on {v}
        [write|put] {P} birthday [into the calendar|on the list|down]: {v}
        {S} will [celebrate|be a year older|have {P} birthday] on {v}
        {P} birthday [party|dinner|cake] is [always |]on {v}
        the [calendar|passport|register] [says|shows] {v} [for|as] {P} birthday
        [people|friends] [sing|call|write] on {v} because it is {P} birthday
        {S} [{have}|{throw+}|{give+}] [a|{P}] [birthday party|birthday dinner] [on|every year on] {v}
        [the candles|the cake|the flowers|the presents|the party|the balloons] [come|comes|are for {O}|is for {O}] on {v}, [{P} birthday|that is {P} birthday|when {S} {have} a birthday]
        [on|every] {v} [everybody sings for {O}|people congratulate {O}|{S} {blow+} out the candles|{S} {get+} cake], [it is|that's|because it is] {P} birthday
        {S} [came into the world|{was} born|arrived] on [the day of|a cold|a sunny|] {v}
        {P} birthday [lands|lies|is marked|is celebrated|is written down|is every year] on {v}
        [mark|save|write down|remember] {v}[: it is|, it is|, that's|, because it is] {P} birthday
        {v} is [when|the day] [{P} birthday is|{S} {was} born|{S} {get+} older|we celebrate {O}|{S} {turn+} a year older]
        the [day|date] [of {P} birth|{S} {was} born on|for {P} birthday cake|to congratulate {O}] is {v}
        [congratulate {O}|wish {O} well|call {O}|bring cake] on {v}[, {P} birthday|, it is {P} birthday]
        {P} [next |]birthday will be [on|celebrated on] {v}
        [in {P} passport|on {P} birth certificate] the date of birth is {v}
        {S} {have} {P} [big day|birthday|special day] on {v}[, the birthday|]
        [everyone|the whole family|all friends] [comes|come] on {v} for {P} birthday
        {S} {turn+} a year older on {v}
        {v} is [cake day|party day|a big day] [for {O}|with us], {P} birthday
        {v} [brings|means|marks] {P} birthday
        {v}, [that is|which is|it is] [the day|the date] {S} {was} born
        {v} will [make {O}|see {O}] a year older
        """,
        """
        [which|what] [day|date] do i [mark|put in the calendar|write down|save] [for|as] {P} birthday
        [which|what] [day|date] [do friends call {O}|is the party|does {P} family celebrate] for {P} birthday
        [i want|we want] to [surprise|congratulate] {O} on {P} birthday[. when is it|, which date is it]
        [when|on what date] [did {P} mother have {O}|will {S} be a year older|{was} {S} born|{do} {S} have {P} birthday]
        {P} birthday[? which date|: what day|, on which day is it|, when was it]
        [how long|how many days] until {P} birthday? [when is it|what date]
        [what|which] date [does the passport|does the calendar] say for {P} birthday
        [when|what day|which date] [do we|should i|must i|do people] [congratulate {O}|bring cake for {O}|sing for {O}|celebrate {P} birthday]
        [on|for] [what|which] [day|date] [should i congratulate {O}|is {P} birthday party|{do} {S} turn a year older|did {S} come into the world|do they sing for {O}]
        [what|which] [day|date] [{was} {S} born on|is written in {P} passport as date of birth|does {P} birthday land on|is {P} big day, the birthday]
        [when|what day] does {P} birthday [come|lie|take place|happen|land|roll around]
        when [should|must|do] i [buy a present|bake a cake|get flowers] for {P} birthday
        [what's|what is] the [day|date] of {P} [birth|birthday]
        when [will {P} birthday be|{do} {S} blow out the candles|{do} {S} turn a year older|is {P} next birthday]
        """,
        """
        [sorry|no|wait], {S} {was} born on {v}
        the [correct|real|right|true] [day|date] [for|of] {P} birthday is {v}
        {P} birthday [is not then|is another day], it is [on |]{v}
        i [confused|mixed up] the dates, {P} birthday is on {v}
        """,
    ),
    "number": lines(
        """
        [my memory is bad|i forget it all the time|for safety], so [keep|note|save|store]: {P} {x} is {v}
        {P} {x} [starts and ends like this|goes like this|reads as follows|is easy]: {v}
        [at the desk|at the gate|at the counter|in the office] [they|he|she] gave {O} the {x} {v}
        [the computer|the machine|the system] [chose|printed|assigned] {v} as {P} {x}
        {v} [was printed|stood|is written] [on {P} ticket|on {P} key|on {P} paper] as {x}
        [you may|someone may|i may] need {P} {x} [one day|later|soon][:|, it's|, so here:] {v}
        {S} [{have} to remember|must not forget|should learn] {P} {x}, {v}
        [with|using] {v} as {P} {x} [you get in|it works|everything is fine]
        {P} {x} [has|consists of] the digits {v}
        [they|the lady|the man|the clerk|somebody] [handed|assigned|mailed|told|sent] {O} [the {x} {v}|{v} as {x}|{v} for a {x}|{P} {x}, {v}]
        [put down|write|note|remember|save|keep] {v} [as|for] {P} {x}
        [please |]remember {P} {x}[, it is|: it is|, which is|. it is|:] {v}
        [on|according to] [the card|the letter|the slip|the screen|the door] {P} {x} is {v}
        {P} {x}[ here| today| at the moment| this time|] [reads|is|says|shows] {v}
        [the digits of|the right digits for] {P} {x} are {v}
        {S} [{was} assigned|{was} handed|{was} sent|drew|picked|ended up with] [the {x} {v}|{v} as {x}]
        {v}, [that is|that's|this is] {P} {x}
        {v} [is|was] [the {x} for {O}|the {x} they told {O}|what they wrote as {P} {x}|the {x} on {P} card]
        the {x} [that belongs to {O}|on {P} card|on {P} paper|they wrote down for {O}|with {P} name on it] is {v}
        if [you need|anyone needs|somebody asks for] {P} {x}[:|,] [it is|it's|take|say] {v}
        {S} {have} [{x} {v}|the {x} {v}|number {v} as {x}]
        [don't lose|never forget|keep] {P} {x}[:|,] {v}
        [dial|type|enter|use] {v}[, that is|, it is|:] {P} {x}
        {v} [belongs to|goes with|opens|stands for] {P} {x}
        {v} [they gave {O}|{S} got|{S} {was} told] as {x}
        {v}, [in case you need|if anyone asks for|so you know] {P} {x}
        {v} [goes|fits|belongs] in the field for {P} {x}
        {v} is [all you need|what to type|what counts] for {P} {x}
        """,
        """
        [at the desk|at the gate|at the counter|in the office] they ask for {P} {x}[. what is it|, which one|]
        [what|which] {x} [is written|is printed|stood] [on {P} ticket|on {P} key|on {P} paper]
        [what|which] {x} did [the computer|the machine|they] [choose|print|assign] for {O}
        [help|quick], {P} {x}[?|! what was it|, i need it]
        [how|like what] does {P} {x} [go|read]
        [i|we] need to type [in |]{P} {x}[. what is it|, help|]
        [what|which] digits [does {P} {x} have|make up {P} {x}]
        [which|what] {x} [did they assign to {O}|did they tell {O}|was sent to {O}|is on {P} card|is on {P} paper|did {S} end up with]
        [what|which] [digits|number] [is|are|stands for|do i type for] {P} {x}
        [could you|can you|please] [find|read out|look up|repeat|spell] {P} {x}
        [i|we] [have to enter|must write down|need to type|have to give them] {P} {x}[, which one is it|, what was it|. what is it|. tell me]
        {P} {x}[, what was it|: what was it|, do you have it|, can you read it to me|, please tell me]
        what [was|did they write] on [the card|the letter|the slip] as {P} {x}
        [which|what] {x} [should {S} use|is the one for {O} to use|{do} {S} have to type|did the clerk hand {O}]
        [somebody|the man|the lady] asks for {P} {x}[. what do i say|, what is it|]
        """,
        """
        [they|the clerk|the bank] [changed|replaced|renewed] {P} {x}[, it is|: it is|, now it is] {v}
        [take|type|enter|dial] {v} as {P} {x} [now|from now on|instead]
        {P} {x} [is different now|is another one|is not valid any more][, it is|:] {v}
        {S} [{was} assigned|{was} sent|received] another {x}[:|,] {v}
        """,
    ),
    "secret": lines(
        """
        [type|enter|use|say] {v} as {P} {x}
        [keep it to yourself|do not tell anyone|between us]: {P} {x} is {v}
        {P} {x}[, by the way,| right now|] [is set to|reads|is spelled] {v}
        {S} [picked|invented|made up|set] {v} as [a|the|{P}] {x}
        """,
        """
        [what|which] word do i [type|enter|say] [as|for] {P} {x}
        [what|which] {x} did {S} [pick|invent|make up|set]
        what [is|was] {P} {x} set to
        can you [spell|repeat|find] {P} {x}
        """,
        """
        {P} {x} [was reset to|changed to|became] {v}
        {S} [set|made|picked] a [new|different] {x}[:|,] {v}
        """,
    ),
    "object_colour": lines(
        """
        {S} [just |]painted {P} {x} [all |]{v} [because {S} {love+} it|with a brush|by {O}|over the weekend]
        [the shop|they] only had {P} {x} in {v}
        {P} {x}, [which is|being|a|the] {v} [one|thing], [is new|is broken|was a gift|looks nice]
        [everyone|my mother|nobody] [likes|hates|noticed] that {P} {x} is {v}
        {P} {x} [shines|shimmers|glows|sparkles] [{v} in the light|in {v}|in a strong {v}]
        {S} {have} [two coats of|a layer of|lots of] {v} [paint|colour] on {P} {x}
        {P} {x} [matches|goes with] {P} shoes, [both are|they are all] {v}
        {S} [ordered|wanted|asked for] {P} {x} in {v}, [not in black|and got it|of course]
        [guess the colour of|the colour of] {P} {x}[? it's|: it's| must be] {v}
        {v} is a [great|strange|nice|fitting] colour for {P} {x}[, i find|, and it has it|]
        [since|ever since] {S} bought it, {P} {x} has been {v}
        {P} {x} [became|turned|went] {v} [in the sun|over the years|in the wash]
        {P} {x} is [as |]{v} [as can be|all over|from top to bottom|inside and out]
        {P} {x} [seems|appears|looks] [quite |rather |almost |very |so |]{v} [in the sun|from the outside|late at night|in this light|in the evening|when seen from afar|in {P} eyes]
        {P} {x} [seems|appears|looks to be|is all|turned out|gleams in|glows in] {v}
        {P} {x} {are_x} [all|completely|mostly|entirely|half|nearly] {v}
        {S} {have} a {x}[. it is|, it is|, and it is|, painted|, coloured] {v}
        {S} [bought|got|found|{own+}|wanted] a {x} in [a lovely |a bright |a deep |]{v}
        [for|when buying] {P} {x} {S} [chose|picked|took|wanted|selected|went for] [the colour |the shade |]{v}
        {S} [chose|picked|took|selected|went for|decided on] [the colour |the shade |]{v} [for|when {S} bought|when they made] {P} {x}
        {v} is [how|what] {P} {x} looks
        {v} [was|is] the [colour|shade|paint|tone] {S} [chose|picked|took|wanted|found] for {P} {x}
        the [colour|shade|tone|paint] [on|for] {P} {x} is {v}
        you [recognise|spot|know] {P} {x} by [its colour, |the colour |how it is ]{v}
        {P} {x} [stands out|is easy to find], [it is|because it is|being] {v}
        [look for|watch out for|wait for] the {v} {x}[, that is {P} own|, it is {P} {x}|, it belongs to {O}]
        {P} {v} {x} [is parked outside|is new|was expensive|got wet|needs cleaning|is easy to see]
        [the|that] {v} {x} [is {P} own|belongs to {O}|over there is {P} own]
        {P} {x} [has|got|wears|shows|carries] [a|the] [colour called|shade called|colour of|tone of] {v}
        {S} [had|got] {P} {x} [done|sprayed|lacquered|dyed] in {v}
        [if you see a|whoever sees a] {v} {x}, it is {P} {x}
        [nobody but {O} has|only {S} {have}] a {v} {x}
        people [laugh|smile|stare] at {P} {x} because it is {v}
        {v} [covers|coats|is all over|is on] {P} {x}
        {v} [paint|cloth|colour] [covers|is on|was used for] {P} {x}
        {v}, [of all colours|not red|no other colour], is [how|what] {P} {x} [is|looks|came]
        {v} it is[, the colour of|: the shade of] {P} {x}
        {v} [makes|made] {P} {x} [look good|easy to spot|look new|shine]
        {v} [suits|fits] {P} {x}, [and so it was painted|the colour it has]
        """,
        """
        [describe|picture] {P} {x}[:|,] [what colour is it|which colour]
        [what|which] [colour|shade|paint] did [they|the shop|{S}] [have|use|take] for {P} {x}
        [if i paint|to match|if somebody steals] {P} {x}, [what colour do i need|which colour is it|what colour do i tell them]
        is {P} {x} [bright or dark|red or blue or what|black or white]? [what colour|which colour] [is it|exactly]
        [what|which] colour [would you say|do people see|would i see] [{P} {x} is|when they look at {P} {x}|on {P} {x}]
        [what|which] colour [should i say|do i write down|do i tell them] for {P} {x}
        [the colour|the shade|the paint] of {P} {x}[, i need it|, quickly|? which one|, tell me]
        [how|in which colour] [did {S} paint|did they paint|did {S} order|did {S} want] {P} {x}
        [what|which] [colour|shade] [is the paint of|does it say for|do you know for|should i look for to find] {P} {x}
        [how|in what shade|in which shade] [does {P} {x} look|is {P} {x} painted|is {P} {x} done] [|, in colour]
        [what|which] [colour|shade] [did i say|was it again that] {P} {x} [is|has|was]
        {P} {x}[: what colour|, which colour is it|, what shade| is painted how| has what colour]
        [in|of] [what|which] [colour|shade] [did {S} get|did {S} buy|did {S} order|did they make|did they paint] {P} {x}
        [what|which] [colour|shade] [did {S} go for|did {S} select|did {S} decide on|did {S} take|did {S} want] [for|with] {P} {x}
        [by what colour|by which colour] {do} {S} [recognise|spot|know] {P} {x}
        [i|we] want to find {P} {x}[. what colour is it|, which colour is it|. how does it look]
        [what's|what is] the [paint|tone|shade|colour] [on|for|of] {P} {x}
        [what|which] colour [makes {P} {x} stand out|is on {P} {x}|covers {P} {x}|does {P} {x} show|does {P} {x} carry]
        """,
        """
        {P} {x} [used to be different, now it is|got a fresh coat, it is|was redone in|turned] {v}
        {S} [had|got] {P} {x} [redone|sprayed|dyed] [in |]{v}
        {S} [swapped|traded|replaced] {P} {x} for a {v} one
        {P} {x} [does not have that colour any more|is another colour], [it is|it's] {v}
        {P} {x} [seems|appears|is] {v} since [they painted it|last week|yesterday]
        """,
    ),
    "likes": lines(
        """
        [my friends laugh because|it is no secret that|you may find it odd, but] {S} {love+} {v}
        {v} [all day long|every day|on a sunday|and a good friend], [that is {P} idea of happiness|what more could {S} want]
        [tell|ask|show] {O} [about|for|some] {v} and [{S} {light+} up|{P} eyes shine|{S} {am} happy again]
        {S} {think+} of {v} [all the time|with joy|before {S} {sleep+}], {S} {love+} it
        {P} [room|life|house|head] is full of {v}, {P} great love
        [where there is|with] {v} [around|in sight|near], {S} {feel+} [at home|great|happy]
        {S} {get+} [so |very |]happy [from|because of|with|over] {v}
        [how|oh how] {S} {love+} {v}
        [long live|hooray for|three cheers for] {v}, {S} {love+} [it|them]
        {S} would [walk miles|do anything|get up at five|wait for hours] for {v}
        [i admit it|yes|true]: {S} {have} [a soft spot for|a big heart for|great love for] {v}
        {v} [lift|light|brighten] up {P} [day|life|mood]
        [a perfect day|a good evening|a nice trip] for {O} [has|needs|means] {v}
        {S} {am} [never sad|always cheerful|full of joy] with {v} around
        [whenever|when|as soon as|every time|if] [{S} {get+}|{S} {see+}|{S} {find+}|{S} {have}|somebody brings|there's] {v}[,|] {S} [{smile+}|{am} delighted|{am} glad|{am} cheerful|{am} in a good mood]
        {S} {am} [glad|cheerful|delighted|pleased|in a good mood|merry] [whenever|when|as soon as|every time|if] [{S} {get+}|{S} {see+}|{S} {find+}|{S} {have}|somebody brings|there's] {v}
        {S} [simply |just |truly |absolutely |totally |dearly |secretly |]{love+} {v}[ with all {P} heart| so much| very much| to bits|]
        {S} [{adore+}|{cherish+}|{treasure+}|{worship+}] {v} [more than words can say|above everything else there is|so much that it hurts|with all {P} heart]
        {v} [cheer {O} up|make {P} day|make {O} smile|warm {P} heart|always help {P} mood|lift {P} mood]
        [a day|life|a party|a weekend|a week] without {v} is [nothing|sad|not worth it|boring] [for {O}|to {O}]
        {S} {am} [a fan|a lover|an admirer|a supporter|a devotee|a follower|a friend] of [good |real |all |]{v}
        {S} {am} [fond|a bit fond|so fond|very fond] of {v}
        {S} {am} [very |so |quite |really |]keen on {v}
        [what|the thing] [{S} {love+}|{S} {enjoy+}|makes {O} happy|gives {O} joy|{S} {look+} forward to] is {v}
        [give|bring|buy|get] {O} {v} and {S} {am} [happy|glad|delighted|pleased|content]
        {S} [can never|could never|will never] [resist|refuse|say no to|get tired of|have too much of] {v}
        {S} {take+} [great |much |a lot of |]pleasure in {v}
        {v} [give|bring] {O} [joy|pleasure|happiness|a good feeling|peace]
        {v}[, what a joy for {O}| are just great for {O}| are {P} best thing| are wonderful to {O}| are a dream to {O}|, {S} could not do without]
        {P} [passion|love|great love|guilty pleasure|joy|heart] [is|belongs to] {v}
        {S} [fell in love with|lost {P} heart to|{rave+} about|{get+} excited about] {v}
        [nothing|not much|few things] [pleases|delights|excites|cheers] {O} [like|as much as|more than] {v}
        {S} {have} [a love for|a thing for|a passion for|a taste for|a liking for] {v}
        {S} {find+} {v} [great|amazing|adorable|lovely|fantastic|delightful]
        {S} {spend+} all {P} free time on {v}, {S} {love+} it
        {v} [are|is] what {S} [{love+}|{enjoy+}|{like+}], [believe me|as you know|without end]
        {v}, [oh|yes|believe me], [how {S} {love+} them|{S} {love+} it]
        {v} [have|hold|won] {P} [heart|love]
        {v} every day, [that would be heaven for {O}|{S} would love that]
        {v} [can|will] [always |]make {O} [smile|happy|glad|sing]
        """,
        """
        what [would {S} walk miles for|would {S} do anything for|would {S} wait for hours for|would {S} get up early for]
        what [lights up|brightens|lifts] {P} [day|life|mood]
        what [makes {P} eyes shine|does a perfect day for {O} need|is {P} idea of happiness|is {P} room full of]
        what [{do} {S} get happy from|{do} {S} think of with joy|{do} {S} have great love for|{do} {S} feel happy with]
        [with|over|because of] what {am} {S} [happy|glad|pleased|overjoyed]
        what [can|could|should] i [bring|show|get] {O} [for fun|to please {O}|that {S} {love+}]
        [it is no secret what|you know what|tell them what] {S} {love+}[. well|, or not|]
        what [is|was] the thing [{S} {love+}|{S} {like+}|that makes {O} happy] [so much|again|]
        [which|what] [thing|things] [could {S} not live without|bring {O} joy|please {O}|{do} {S} adore most of all]
        what [cheers {O} up|makes {P} day|makes {O} smile|warms {P} heart|lifts {P} mood|gives {O} joy|brings {O} pleasure|pleases {O}]
        what {am} {S} [glad about|delighted by|keen on|very fond of|a lover of|an admirer of|excited about|passionate about|a follower of]
        [of what|of which thing] {am} {S} [a fan|fond|a lover|an admirer|a friend|a supporter]
        what [can {S} never resist|could {S} not do without|will {S} never refuse|{do} {S} take pleasure in|{do} {S} look forward to]
        what [is {P} passion|is {P} guilty pleasure|is {P} great love|did {S} lose {P} heart to|did {S} fall in love with]
        what [{do} {S} rave about|{do} {S} cherish|{do} {S} treasure|{do} {S} truly love|{do} {S} dearly love|{do} {S} think is great]
        [what|which thing] [must i|should i|can i] [give|bring|buy] {O} to make {O} happy
        what [pleases|delights|excites|cheers] {O} [most|]
        [what|which] [thing|things] {do} {S} [love|like|enjoy|care for|think highly of]
        what {do} {S} have [a love for|a thing for|a passion for|a taste for|a liking for]
        what is it that [makes {O} happy|cheers {O} up|{S} {love+} so much|gives {O} joy]
        """,
        """
        {S} [fell in love with|discovered|got into|came to love|learned to love] {v} [instead|now|lately|recently]
        [lately|now|since last month|these days] {S} {am} [a fan of|fond of|keen on|mad about|happy with] {v}
        {P} [new|latest] [love|passion|joy] is {v}
        {S} [used to like something else|changed], now {S} {love+} {v}
        """,
    ),
    "dislikes": lines(
        """
        [no more|please no] {v}, {S} {hate+} it
        {S} [really |truly |]cannot [stand|bear|abide|tolerate] {v}
        [nothing|few things] [annoys|bothers|disgusts] {O} [like|as much as|more than] {v}
        {S} would [never touch|never buy|never choose|rather starve than have] {v}
        {v} [drive {O} mad|get on {P} nerves|are the worst for {O}|spoil {P} day|disgust {O}]
        {S} {have} no [love|liking|taste|time] for {v}
        """,
        """
        what [gets on {P} nerves|drives {O} mad|disgusts {O}|spoils {P} day|bothers {O}]
        what [can {S} not bear|can't {S} tolerate|would {S} never touch|would {S} never choose]
        what {do} {S} have [no love|no taste|no time|no patience] for
        [what|which thing] {do} {S} [really hate|truly dislike|find the worst]
        """,
    ),
    "allergy": lines(
        """
        [one bite of|one touch of|the smell of] {v} and {S} {get+} [sick|ill|a rash|a red face]
        {S} {have} been allergic to {v} [since {S} {was} a child|for years|all {P} life|since last spring]
        [at the restaurant|when you cook|for dinner] remember: {v} [make {O} ill|are off limits for {O}|would harm {O}]
        {S} {carry+} pills because {S} {am} allergic to {v}
        {v}? no way[:|,] {S} {am} allergic
        {S} ended up in [hospital|an ambulance|bed] because of {v}, {P} allergy
        {P} eyes [water|itch|burn] [from|because of|near] {v}, {S} {am} allergic
        [tell|warn] the [cook|waiter|kitchen] that {S} {am} allergic to {v}
        {S} {am} not allowed [to eat |to have |to touch |]{v}, [for medical reasons|due to an allergy|says the doctor, the allergy]
        {v} [do not agree with|do harm to|are dangerous for] {O}, {S} {am} allergic
        {S} [found out|learned|heard] [from the doctor |yesterday |]that {S} {am} allergic to {v}
        [no|without] {v}, please, {S} {have} an allergy
        [whenever|when|if|as soon as|every time] {S} [{eat+}|{touch+}|{have}|{get+}] {v}, {S} [{get+} a rash|{get+} red spots|{feel+} ill|cannot breathe|{sneeze+}|{have} to see a doctor]
        {S} [{get+}|{feel+}|{become+}|{am}] [ill|unwell|itchy|dizzy] [from|because of|when {S} {have}] {v}
        {v} [give {O} a rash|are bad for {O}|make {O} ill|make {O} itch|make {O} sneeze|are poison for {O}]
        {S} [must|should|can|may] [never|not] [eat|touch|have|get|take|be near] {v}[, it is an allergy|, because of {P} allergy|; {P} allergy is bad|, {S} would get ill]
        [no|please no|careful, no] {v} for {O}, {S} {am} allergic
        [the test|the hospital|a specialist|{P} doctor|the nurse] [shows|said|told {O}|found out|confirmed] [that |]{S} {am} allergic to {v}
        {S} {have} [a bad|a severe|a strange|a mild|a known] allergy to {v}
        {P} [skin|nose|stomach|body] [does not like|reacts to|cannot take|hates] {v}
        {v} [trigger|cause|set off] {P} allergy
        [keep|please keep] {v} away from {O}, {S} {am} allergic
        {S} {am} [very |highly |badly |a bit |terribly |]allergic to {v}
        {P} allergy[? it is|, that is|:] {v}
        {S} {suffer+} from an allergy to {v}
        [because of|due to] {P} allergy {S} [{avoid+}|cannot have|never {eat+}|must not touch] {v}
        {v}[ and {S}| and {O}] do not go together[, {S} {get+} sick|, it is an allergy]
        {v} [put|sent|brought] {O} in [hospital|bed], [it is an allergy|{P} allergy]
        {v} [are|is] [forbidden for {O}|a danger to {O}|what {S} must not have], [because of {P} allergy|as {S} {am} allergic]
        {v} [upset|attack|hurt] {P} [skin|stomach|lungs], [it is an allergy|{S} {am} allergic]
        {v}, [says|according to] {P} doctor, [are|is] what {S} {am} allergic to
        """,
        """
        [when i cook|at the restaurant|for dinner], what [must i leave out|is off limits|would harm {O}] [because of {P} allergy|for {O}]
        [which|what] [thing|food|stuff] [makes {P} eyes itch|is dangerous for {O}|does not agree with {O}|put {O} in hospital]
        what {have} {S} been allergic to [all {P} life|for years|since childhood]
        what [should i warn|do i tell] the [cook|waiter|kitchen] about[, {P} allergy|, for {O}|, as {S} {have} an allergy]
        what do {P} pills [help against|protect {O} from][, the allergy|]
        [one bite of|one touch of] what makes {O} [sick|ill]
        what {am} {S} not allowed to [eat|have|touch] [for medical reasons|because of {P} allergy]
        {P} allergy[, what was it to|: to what|, against what is it]
        what [gives {O} a rash|makes {O} ill|makes {O} itch|makes {O} sneeze|triggers {P} allergy|sets off {P} allergy]
        what [must|should|can|may] {S} [not eat|not touch|never have|never eat|not have|not be near] [because of {P} allergy|as {S} {am} allergic|]
        [what|which thing|which food] [does {P} skin react to|{do} {S} suffer from an allergy to|{am} {S} very allergic to|is bad for {O}|is poison for {O}]
        [what|which allergy] did [{P} test show|the hospital find in {O}|the nurse find in {O}|{P} doctor find]
        against what {do} {S} have an allergy
        what [should i|must i|must we] keep away from {O}
        [from|because of] what {do} {S} [feel ill|get ill|become ill|feel unwell]
        what [kind of |]allergy {do} {S} [suffer from|have|need to watch]
        what did [the test|{P} doctor|the nurse] say [makes {O} ill|{S} cannot have|{S} must avoid]
        """,
        """
        [the new test|a second test|another doctor] says {S} {am} allergic to {v}
        [it was something else|the doctor was wrong], {S} {am} allergic to {v}
        {P} allergy [is really|is in fact|turned out to be] to {v}
        it is [really |in fact |]{v} that [makes {O} sick|makes {O} ill|{S} cannot have]
        """,
    ),
    "fear": lines(
        """
        [keep|please keep] {v} away from {O}, {S} {get+} scared
        [whenever|when|if] {S} {see+} {v}, {S} [{scream+}|{shake+}|{run+} away|{freeze+}]
        {v} [give {O} nightmares|scare {O}|terrify {O}|make {O} shake]
        {S} {am} [terrified|a bit afraid|very afraid|so scared] of {v}
        what [scares|frightens|terrifies] {O} [most |]is {v}
        """,
        """
        what [gives {O} nightmares|scares {O}|terrifies {O}|makes {O} shake|makes {O} scream]
        of what {am} {S} [afraid|scared|terrified]
        what [{do} {S} fear most|{do} {S} dread|{am} {S} terrified of]
        """,
    ),
    "learning": lines(
        """
        {S} {am} [taking a course|a student|a beginner|getting better] in {v}
        [every evening|on tuesdays|twice a week] {S} [{study+}|{practise+}|{have} a class in] {v}
        {S} {want+} to [master|understand|get good at] {v}
        {P} [teacher|tutor] shows {O} {v}
        """,
        """
        what {am} {S} [taking a course in|a student of|a beginner in|getting better at]
        what {do} {S} [study|practise] every evening
        what {do} {S} want to [master|get good at]
        what does {P} [teacher|tutor] show {O}
        """,
        """
        {S} [gave up the old course|changed the course] and {am} learning {v}
        """,
    ),
    "plays": lines(
        """
        [every weekend|after work|with friends|on sundays] {S} {play+} {v}
        {S} {am} [good|not bad|quite good] at playing {v}
        {v} is [the game|what] {S} {play+}
        """,
        """
        what {do} {S} play [on sundays|after work|with friends|at the weekend]
        what {am} {S} good at playing
        [which|what] is the game {S} {play+}
        """,
    ),
    "drives": lines(
        """
        {S} [{park+}|{get+} around in|{go+} everywhere in|{sit+} behind the wheel of] a {v}
        [outside|in front of the house|in the street] stands {P} {v}, {P} car
        {P} [wheels are|vehicle is|car happens to be|first car is] a {v}
        """,
        """
        what [{do} {S} get around in|is {P} vehicle|stands in front of {P} house]
        [what|which] [make|kind|brand] of car is {P} car
        behind the wheel of what {do} {S} sit
        """,
    ),
    "event": lines(
        """
        [mark|save|keep] {v} [free |] for {P} {x}
        {P} {x} [falls|lands|is set|is fixed|got scheduled] [on|for] {v}
        {v}[ is when| it is, that's when|, that is when] {S} {have} {P} {x}
        {S} {have} to [go to|prepare for|be ready for] {P} {x} on {v}
        [the date|the day] of {P} {x} is {v}
        """,
        """
        [what|which] day does {P} {x} [fall on|land on|take place]
        [on|for] [what|which] day [is {P} {x} set|did they fix {P} {x}|{do} {S} have {P} {x}]
        which day [must {S} keep free for|should {S} mark for] {P} {x}
        """,
        """
        {P} {x} was [postponed|put off|brought forward] to {v}
        [they|we] [shifted|rescheduled] {P} {x} to {v}
        """,
    ),
    "time": lines(
        """
        [be there|come] at {v} for {P} {x}
        {P} {x} is [set|planned|scheduled] for {v} [o'clock|sharp|]
        the clock will show {v} when {P} {x} begins
        """,
        """
        [at what|what|which] hour [does {P} {x} start|is {P} {x}]
        what time [must|should] {S} be at {P} {x}
        """,
        """
        {P} {x} [starts|begins] [later|earlier], at {v}
        """,
    ),
    "kept_in": lines(
        """
        [so that nobody finds|to keep safe] {P} {x}[,|] {S} [put|hid|locked] [it|them|everything] in the {v}
        {S} [could have sworn|{think+}] {P} {x} {are_x} in the {v}
        [last seen|still|right now]: {P} {x} in the {v}
        the {v} [is full, because|is where] {P} {x} {are_x} [in there|kept|inside]
        {P} {x} {are_x} [at home|always|best off|stowed away] in the {v}
        [do not forget|remind {O}] that {P} {x} {are_x} in the {v}
        [behind the books|under a blanket|between old papers] in the {v} {are_x} {P} {x}
        [somebody|the kids|my mother] put {P} {x} in the {v}
        [it is always the same place for|as always,] {P} {x}[:|,] [in |]the {v}
        [reach into|dig through|empty] the {v} and you [have|get|find] {P} {x}
        {S} {have} {P} {x} [safe|with {O}|well hidden] in the {v}
        {S} {use+} the {v} for {P} {x}
        {P} {x}, [i believe|i am sure|if nobody took them], {are_x} in the {v}
        [if|when|should] [you|anyone|somebody] [need|needs|want|look for] {P} {x}[,|:] [look in|open|check|try] the {v}
        [look|search|check|try|reach|peek] [inside|into|through] the {v} [for|to find|to get|if you want] {P} {x}
        [inside|in|at the bottom of|at the back of|on top of] the {v} [you will see|you see|you find|you will spot|{are_x}] {P} {x}
        {P} {x} {are_x} [lying|resting|sitting|hidden|waiting|safe|stowed] in the {v}
        {P} {x} [went|got put|got packed|ended up|disappeared] [into|in] the {v}
        {S} [stuffed|tucked|packed|threw|placed|dropped|tossed|hid|forgot|shoved|laid] {P} {x} [in|into|inside] the {v}
        {S} [always |usually |]{leave+} {P} {x} in the {v}
        the {v} [holds|contains|hides|has|is home to] {P} {x}
        the {v} [is|was] [the place|the spot|where you look|a good place] for {P} {x}
        [open|go to|have a look in] the {v} [and there {are_x}|and take out|to get|for] {P} {x}
        {P} {x}[?|,] [look|they are|check] in the {v}
        {S} {have} [put|left|placed|hidden|stored|stowed] {P} {x} [away |]in the {v}
        you [can|could|should|must] [get|take|fetch|grab|pick] {P} {x} [from|out of] the {v}
        [nobody knows|do not tell anyone], but {P} {x} {are_x} in the {v}
        [the last time|yesterday|this morning] {P} {x} were in the {v}
        the {v} [keeps|guards|swallowed|took in|stores] {P} {x}
        the {v} [, and only there,|, as always,|, of all places,] is [where {S} {keep+}|where you find|the home of] {P} {x}
        the {v} [was open and|is big enough, so] {P} {x} [went in|went in there]
        the {v} [should|must|will|might] [have|hold|contain] {P} {x}
        """,
        """
        where did {P} {x} [go|end up|disappear to]
        [where|in what] did [somebody|the kids|my mother] put {P} {x}
        [i am leaving|we are in a hurry|it is urgent] and need {P} {x}[. where|, where are they|. where to look]
        what [do i dig through|must i empty|should i reach into] to [have|get|find] {P} {x}
        [what|which] [place|box|room|corner|thing] {do} {S} use for {P} {x}
        {P} {x} {are_x} [gone|nowhere|missing]. [where could they be|where did {S} put them|where to look]
        [any idea|can you tell me|do you remember] where {P} {x} [might be|{are_x}|went|{are_x} hidden]
        where is it that {P} {x} [{are_x} kept|{are_x} hidden|{are_x}]
        [what|which] is the [place|spot|hiding place|home] [of|for] {P} {x}
        where [did {P} {x} end up|did {P} {x} go|could {P} {x} be|might {P} {x} be|{are_x} {P} {x} hidden|should {P} {x} be]
        where [must|can|do|could|shall] i [look|go|search|reach] [for|to find|to get] {P} {x}
        [what|which] [thing|container|place] [holds|contains|hides|has] {P} {x}
        [in|inside|into] [what|which place|which thing] [did {S} put|did {S} pack|did {S} tuck|did {S} drop|{do} {S} keep|{have} {S} hidden] {P} {x}
        [i|we] [can't find|cannot find|am looking for|need|miss|lost] {P} {x}. [where|where are they|where could they be|where should i look]
        what [do|must|should] i open to [get|take|find] {P} {x}
        [which|what] place did {S} [choose|pick|use|take] for {P} {x}
        where [was it that|did i say] {S} [left|put|hid|kept] {P} {x}
        [from|out of] where [can|do] i [get|take|fetch] {P} {x}
        where [is the place|is the spot] of {P} {x}
        """,
        """
        {P} {x} [moved|went|got moved|wandered] [over |]to the {v}
        {S} [took|carried|moved|brought] {P} {x} [over |]to the {v}
        {P} {x} [{are_x} not there any more|got a better place][, they are in|, look in|:] the {v}
        [now|from now on|since today] {P} {x} {are_x} [kept|stored|lying|put] in the {v}
        {S} [put|{store+}|{keep+}] {P} {x} in the {v} [now|instead|from now on]
        """,
    ),
    "travel": lines(
        """
        {S} {count+} the days until {v}[, {P} holiday|, the trip starts then|, {S} {go+} there on holiday]
        [guess where {S} {am} going|{P} holiday plans|{P} travel plans|{P} next trip]: {v}
        {S} {take+} [the kids|the whole family|a friend|nobody] [along |]to {v} [on holiday|for a week|next month]
        [a week|ten days|a month|a weekend] in {v} [is what {S} {need+}|is booked for {O}|lies ahead of {O}|will be {P} holiday]
        {S} [won|got|{was} given] a [trip|journey|ticket|flight] to {v}
        {S} {am} [on the train|at the airport|on the road|at the station] [on {P} way |heading |]to {v}
        {S} {want+} to see the [museums|beaches|temples|mountains] of {v} on {P} [trip|holiday|vacation]
        [without rain|with luck|if all goes well] {S} will [reach|be in|arrive in] {v} [soon|by friday|next week]
        {P} [honeymoon|school trip|business trip|city trip|cruise] [is|goes|leads] to {v}
        [send|write] {O} no mail, {S} {am} [travelling|off|going] to {v}
        {v} is [calling|on the list|the plan], {S} {travel+} there [soon|in may|by train]
        the [map|guide book|hotel] for {v} is bought, {S} {am} going
        {S} [will|shall] [fly|go|travel|drive|sail] [all the way |over |down |]to {v}
        {S} [bought|got|ordered|paid for|{have}|booked] [a|the|{P}] [train ticket|plane ticket|bus ticket|flight|seat|cruise|room|hotel] [to|for|in] {v} [for the holidays|for next week|for the summer|, {S} {am} going there]
        [next month|next week|in spring|in summer|soon|on friday|tomorrow] {S} [{go+}|{fly+}|{drive+}|{travel+}|{sail+}|{set+} off|{take+} a train] to {v}
        {P} [plane|train|ship|bus|flight|ticket|tour|route|cruise] [goes|flies|takes {O}|brings {O}|leads|is going] to {v}
        {P} [suitcase is packed|bags are ready|passport is ready] for {v}
        {v} is [where {S} {go+} on holiday|{P} next stop|{P} holiday destination|waiting for {O}|where {S} will travel]
        {v}, here {S} {come+}
        {S} [cannot wait to see|{look+} forward to seeing|{dream+} of going to|will soon be in|{am} about to visit] {v}
        {S} [will spend|{spend+}|will pass] [{P} holiday|{P} vacation|a week|two weeks|the summer|easter] in {v}
        {S} {am} [soon |]off to [sunny |beautiful |] {v}
        {S} [got|{have}|found] a [cheap |nice |]flight to {v}
        {P} [holiday|vacation|trip|journey|voyage|tour] [is to|will take {O} to|ends in|leads {O} to|will bring {O} to] {v}
        {S} {am} [packing|saving|getting ready|preparing] for [a trip|a holiday|a journey|{P} trip] to {v}
        [the tickets are bought|everything is booked|it is decided], {S} [{go+}|{fly+}|{travel+}|{sail+}] to {v}
        {S} {plan+} [to visit|to see|to travel to|to fly to|a visit to|a holiday in] {v}
        {S} {set+} out for {v} [soon|tomorrow|at dawn|next week]
        the [destination|goal|aim] of {P} [trip|journey|holiday|voyage] is {v}
        {v} [is calling|waits for {O}|awaits {O}], {P} [trip|holiday|journey] is [booked|planned|near]
        {v} [in spring|in summer|next week|soon], that is {P} [trip|holiday|plan]
        {v} [stands|is printed] on {P} [ticket|boarding pass]
        {v}, [that is|which is|it is] [the city|the town|the place] {S} {am} [going|flying|travelling] to
        {v} is [as far as|where] {P} [train|plane|ticket] [goes|takes {O}]
        """,
        """
        [which|what] [place|city|town] [lies ahead of {O}|is on the list for {P} trip|is calling {O}|did {S} win a trip to]
        [to|for] [what|which] [place|city|town] [is {P} ticket|is {P} honeymoon|is {P} business trip|{do} {S} take the kids]
        [guess|say|tell me] where [{S} {am} going|{P} trip goes|{P} holiday will be|{S} {travel+} to]
        [i|we] want to wish {O} a good trip[. where to|, where does it go]
        where [{am} {S} off to|{am} {S} heading|will {S} fly|did {S} want to go|{do} {S} set off to] [on holiday|soon|next|]
        where [will|does] [the train|the plane|the ship|the bus] [take|bring] {O}
        what [is|was] the [plan|place|city|aim] for {P} [trip|holiday|vacation|journey]
        [which|what] [city|town|place] [{am} {S} about to see|will {S} reach|will {S} arrive in|{do} {S} travel to] [next|soon|by train|]
        [the map|the guide book] {S} bought [is for|was for] [which|what] [place|city]
        where [does {P} plane go|does {P} train go|does {P} flight go|is {P} flight to|does {P} ticket say|{do} {S} fly|will {S} travel]
        [what|which] [place|city|town|destination] [will {S} see|is {P} next stop|{am} {S} packing for|is waiting for {O}|did {S} choose for {P} holiday|{am} {S} off to]
        [to|for] [what|which] [place|city|town|destination] [{do} {S} have a ticket|did {S} get a flight|did {S} plan a trip|{am} {S} flying|{am} {S} leaving|is {P} train]
        where [{am} {S} going|will {S} go|{do} {S} travel|{do} {S} fly|will {S} be] [next month|next week|for the holidays|in summer|this year|on vacation]
        [what's|what is] [the goal of {P} trip|the destination of {P} journey|{P} holiday destination|{P} next stop]
        where [will|does|shall] {P} [trip|journey|vacation|voyage|tour] [take {O}|lead|go|end|bring {O}]
        [what|which] [place|city|town] [did {S} book a hotel in|did {S} reserve a trip to|did {S} get tickets for|did {S} plan a visit to|{have} {S} booked]
        [where|in what place|in which city] [will {S} spend|{do} {S} spend] [{P} holiday|{P} vacation|the summer|easter]
        where {do} {S} [set out for|set off to|head next|go from here]
        """,
        """
        {S} [rebooked|changed the travel plans|changed the tickets][, {S} {am} going to| and {go+} to|, {S} {go+} to] {v}
        {P} [trip|journey|flight|plane] [goes|leads] to {v} [now|instead|after all]
        [in the end|instead] {S} [{fly+}|{travel+}|{go+}] to {v}
        the [new destination|new goal] of {P} [trip|journey|holiday] is {v}
        {S} [cancelled the trip|swapped the tickets] and {go+} to {v}
        """,
    ),
    "reading": lines(
        """
        {S} {am} [halfway through|deep in|in the last chapter of|on page nine of] {v}
        {v} [lies on {P} night table|keeps {O} awake|is what {S} {read+} in bed|is a book {S} cannot put down]
        """,
        """
        what book [lies on {P} night table|keeps {O} awake|can {S} not put down]
        [what|which book] {am} {S} [halfway through|deep in]
        """,
    ),
    "bought": lines(
        """
        {S} [went shopping and|was at the market and|was in town and] [bought|got|brought back] {v}
        {S} [spent all {P} money on|picked up|could not resist and bought] {v}
        in {P} [bag|basket|cart] {S} {have} {v} from the [shop|market|store]
        """,
        """
        what did {S} [spend {P} money on|bring back from the shop|pick up at the store|find at the market]
        what is in {P} shopping [bag|basket|cart]
        [went shopping, i hear|so, the shop]. what did {S} buy
        """,
    ),
    "wants": lines(
        """
        [all|the only thing] {S} {want+} is {v}
        {S} would [love|like|give anything] [to have|to get|for] {v}
        [on|at the top of] {P} wish list [is|stands] {v}
        """,
        """
        what [is on {P} wish list|would {S} give anything for|would {S} love to have]
        what is [all|the only thing] {S} {want+}
        """,
    ),
    "collects": lines(
        """
        {P} [shelves|cupboards|rooms] are full of {v}, {S} {collect+} them
        {S} {have} [hundreds of|a big collection of|boxes full of] {v}
        """,
        """
        what {do} {S} have [hundreds of|a big collection of|boxes full of]
        what {do} {S} keep [for {P} collection|as a collector]
        """,
    ),
    "building": lines(
        """
        in {P} [workshop|garage|garden] {S} {am} [making|building|putting together] a {v}
        {S} {spend+} {P} weekends [making|building] a {v}
        """,
        """
        what {am} {S} [making|building|putting together] in {P} [workshop|garage|garden]
        what {do} {S} spend {P} weekends building
        """,
    ),
    "eats": lines(
        """
        [on {P} plate|on {P} table] for {x} [was|there was] {v}
        {S} [enjoyed|cooked|made|ordered] {v} for {x}
        """,
        """
        what [was on {P} plate|did {S} cook|did {S} make|did {S} order] for {x}
        what food did {S} have for {x}
        """,
    ),
    "meets": lines(
        """
        {S} {have} [an appointment|a meeting|a coffee] with {v}
        {v} is [the one|the person] {S} {am} meeting
        """,
        """
        [with whom|who] {do} {S} have [an appointment|a meeting|a coffee] with
        who is the person {S} {am} meeting
        """,
    ),
    "gift": lines(
        """
        in the [parcel|box|wrapping paper] {S} found {v}, a present
        {P} [gift|present] turned out to be {v}
        """,
        """
        what did {S} find in the [parcel|wrapping paper]
        what did {P} [gift|present] turn out to be
        """,
    ),
    "team": lines(
        """
        {S} {wear+} the scarf of {v}
        {v} is the [team|club] {S} {follow+}
        """,
        """
        whose scarf {do} {S} wear
        [which|what] [team|club] {do} {S} follow
        """,
    ),
}
"""By the key of an attribute."""
