"""Sentences as different people say them: hurried chat, careful letters, anecdotes, idioms.

A fact is told in passing, shown by what it leads to, or asked for with its reason. Alternatives and
placeholders as in variants.py.
"""
# ruff: noqa: E501 (one sentence a line, however long)

from __future__ import annotations

from training.templates.variants import Variants, lines

VOICES: dict[str, Variants] = {
    "relative_name": lines(
        """
        {S} went round to see {P} {x} last night, good old {v}, [kettle was on already|never stops talking|half asleep on the couch]
        [any bother|any trouble|stuck for a lift], just ring {P} {x}, {v} [will sort it|picks up any time|is dead helpful]
        {P} {x}, goes by {v}, [sound as anything|mad as a box of frogs|proper good laugh]
        [bumped into|had a pint with|got a lift off] {P} {x}, name of {v}, [lovely sort|good craic|right character]
        it's {v} that {P} {x} [gets called|is down as], [so it is|innit|like]
        [can't say|never could say|only now learned to say] {P} {x}'s name right, {v}, [hard to spell too|took ages|it's the accent]
        {v}, [who owes {O} a tenner|who gave {O} a lift home|who beat {O} at darts], would be {P} {x}
        [ask for|look for|shout for] {v} at the [door|bar|desk] and {P} {x} will [come out|wave|turn round]
        [shout out|big thanks|massive love] to {P} {x} {v} [for the lift|for the tickets|for sorting that]
        {S} {get+} on [grand|like a house on fire|dead well] with {v}, what with [that|it] being {P} {x}
        {P} {x}? [yeah|yep|aye], that'd be {v}
        [saved|stuck|got] {P} {x} in [the phone|contacts|the group chat] under {v}
        {v} has been {P} {x} for [donkey's years|yonks|as long as anyone can think]
        everyone [down the pub|on the team|at the party] knows {v}, cos {P} {x} [never shuts up|is that loud|gets about]
        the person who is entered [in the register|in the family book|in our files] as {P} {x} bears the name {v}
        in reply to your [letter|enquiry|question]: {v} is how the name of {P} {x} is [correctly spelled|to be written]
        [the form|the receipt|the statement] was signed by {v}, who did so as {P} {x}
        should [anything|an accident|something bad] happen, {v} is to be [informed|notified|telephoned], since that is {P} {x}
        at the [baptism|christening], the name {v} was given to the child who would one day become {P} {x}
        when {S} {speak+} of a {x}, the person [meant|in question|referred to] is {v}
        with the kind permission of {P} {x}, i [give|tell|pass on to] you the name: {v}
        {v} is the name under which [letters|parcels|telegrams|invitations] reach {P} {x}
        {S} {wish+} to name {v} as [a witness|a reference|a contact person], who is {P} {x}
        [unless i am mistaken|if my memory serves me well|as far as i can recall], the {x} {S} {have} is {v} in full
        on the line for the name of {P} {x}, [there should stand|one ought to enter|please read] {v}
        the name {v} will perhaps [mean nothing to|be new to|surprise] you, but it is that of {P} {x}
        {P} {x} was presented to [us|the guests|the committee] as {v}, [and rightly so|which is the correct name]
        it is with {v}, {P} {x}, that [the matter should be discussed|an appointment has been made|one has to speak]
        {S} only got the [ladder|tent|loan|spare room] because {P} {x}, good old {v}, never says no
        it was {v} who [found the wallet|mended the roof|called the ambulance], so {S} {am} proud of such a {x}
        the [nurse|waiter|judge|conductor] read out {v}, and {P} {x} [stood up|blushed|raised a hand|woke up]
        {S} wrote {v} on a big sign, which is how {P} {x} found the [right car|platform|table]
        {P} {x} stayed so long that the [baby|parrot|toddler] learned to say the name {v}
        two people in the [choir|street|office] are called {v}, so {P} {x} keeps getting the wrong [mail|parcels|calls]
        {P} {x} hated being {v} [at school|as a child], but the name stuck
        the [cup|cake|badge] had {v} spelled wrong on it, so {P} {x} sent it back
        {v} had no [umbrella|lights|taxi money], so {S} [walked|drove|brought] {P} {x} home
        you can't keep secrets near {P} {x}. that is {v} for you
        ever since {v} won that [race|quiz|medal], {S} {have} had the most [famous|smug|talkative] {x} in town
        {S} saved the number under {v}, because otherwise {P} {x} gets mixed up with the [bank|bakery|garage]
        the [pipes|brakes|lights] gave up, {v} came with tools, and now {S} {owe+} {P} {x} a dinner
        {P} {x} [sneezed|fainted|giggled] during the vows, and when the priest asked who that was, everyone said {v}
        shout {v} [across the room|up the stairs|into the crowd] and {P} {x} [turns|spins|looks] round
        {v} is [embroidered|stitched|sewn] on the [towels|apron|handkerchiefs] of {P} {x}
        when {P} {x} rings, the word {v} [lights up|flashes|appears] on {P} [phone|screen]
        in the waiting room {P} {x} [gets up|rises|raises a hand] as soon as {v} is called
        {P} {x} has [answered|listened|reacted] to {v} since the [cradle|christening]
        a letter [addressed to|meant for|for] {v} is [mail|post] for {P} {x}
        the [mug|coffee cup|lunch box] with the name {v} on it is [sacred|off limits], {P} {x} owns it
        {v} is what {P} {x}'s name tag [insists on|spells out|announces]
        {v}, says the place card [where|in front of the chair where] {P} {x} [sits|will sit|is seated]
        half of {P} gossip starts with {v}, and [of course it is about|everyone knows it means] {P} {x}
        {S} would not [dare|dream of trying] to call {P} {x} anything but {v}
        {P} {x} once carved {v} into a [bench|school desk|tree], as people do with the name they were given
        [ask for|ring the bell and ask for] {v} at the door and out comes {P} {x}
        there may be [hundreds|many|others] who are called {v}, but only one is {P} {x}
        """,
        """
        [blanking on|drawing a blank on|gone and forgot] {P} {x}'s name, [help a mate out|what is it|any clue]
        [whatsit|thingy|thingamajig], {P} {x}, [what's the real name|what was the name|name please]
        gimme {P} {x}'s name [real quick|a sec|would you]
        [about to text|gonna ring|buying a card for] {P} {x}, who am i [looking for|scrolling for], name wise
        if i [roar|yell|shout] across the [pub|road|pitch] for {P} {x}, what name do i use
        name of {P} {x}, [go|quick|now please]
        what's it they call {P} {x}, [on the team|round here|at all at all]
        who {have} {S} got for a {x}, [name and all|by name]
        [swear i knew it|had it a second ago|tip of the tongue], the name {P} {x} [goes by|has|got]
        may i [trouble|ask|bother] you for the name [borne by|that belongs to] {P} {x}
        the [form|application|certificate] requires the full name of {P} {x}; how [should it read|is it to be written]
        which name was given at the [baptism|christening] to {P} {x}
        would you be so kind as to [state|write out|let me have] {P} {x}'s name
        the name of {P} {x} has [escaped me|slipped my mind|gone from my memory]
        who is [meant|referred to] when there is talk of {P} {x}
        whom {do} {S} have [as|for] a {x}, by name
        i should be [obliged|grateful|glad] to learn [who {P} {x} is|how {P} {x} is named]
        to whom must [a letter|an envelope|an invitation] be addressed if it is meant for {P} {x}
        i am [filling in a form|writing invitations|printing place cards] and need {P} {x}'s name
        there is a [parcel|telegram|bunch of flowers] for {P} {x}, so which name should be on the label
        someone [at the door|on the line] claims to be {P} {x}. to be sure, what name should i hear
        {P} {x} is coming [to dinner|over|along], and saying hey you would be rude, so what do i say instead
        they check at the [door|gate], so under which name is {P} {x} on the [guest list|list]
        {S} told so much about {P} {x}, yet the name [slipped away|went out of my head]. who was it
        the [host|priest|headmaster] wants to thank {P} {x} in the speech and has no name for it, so help out
        before this photo of {P} {x} goes into the [album|frame|paper]: what name do i write below
        {P} {x} is across the street and won't turn round, so what do i [shout|call]
        which name would make {P} {x} [spin round|look up|turn] in a crowd
        what name [lights up|flashes|appears] on {P} screen when {P} {x} rings
        what should the place card for {P} {x} say
        i am [engraving|embroidering|icing] something for {P} {x}, [so which|what] name goes on it
        whom do i ask for at the door [if i want|to get|to speak to] {P} {x}
        {P} {x} will [wear|have] a name tag, [reading|saying] what
        what would {P} {x} [write|enter|scribble] in the box marked name
        to {O} it is just the {x}, but [what|which] name does the [postman|taxman|priest] know
        somebody is [paging|calling for] {P} {x} over the loudspeaker, [which|what] name do we hear
        """,
        """
        [scrap that|nah wait|forget the old one], {P} {x} is {v} these days, [name change and all|new name, long story]
        it's {v} you'd be [asking for|looking for] now, {P} {x} [went and changed it|dropped the other name]
        the earlier [entry|note|record] was a mistake: the name of {P} {x} should read {v}
        following [a marriage|a change of name|the adoption], {P} {x} is to be [addressed|listed|known] as {v}
        {P} {x} [married|went to the registry office|never liked the old name], so the [doorbell|letter box] says {v} now
        [everyone mumbled|the music was loud], so the name {S} heard was wrong, and {P} {x} is really {v}
        {P} {x} had new name tags [sewn|printed|made], they [say|read] {v}
        the old name beside {P} {x}'s doorbell was [crossed out|painted over|scratched off], {v} stands there instead
        """,
    ),
    "pet_name": lines(
        """
        [blame|thank] {v} for the [hair|mess|smell] on the couch, {P} {x} [has no shame|did that|again]
        [come on in|mind the step|shoes off], don't let {v} out, {P} {x} [legs it|does a runner|bolts]
        {v} is what gets [roared|yelled|bellowed] [up the garden|round the house] when {P} {x} [does a runner|is acting up|wants feeding]
        {P} {x} got lumbered with {v} [as a name|for a name], [poor sod|poor thing|bless]
        {S} {have} got [this|some daft|a wee|a mad] {x}, name of {v}
        [lost|missing|escaped]: {P} {x}, [goes by|comes to] {v}, [big ears|bit grumpy|no collar]
        who's a [good|clever|lovely|bold] {x} then? {v} is, {P} [pride and joy|little mate|wee dote]
        went [round|over] to {P} place and {v} was on the [couch|bed] again, that {x} [has no manners|owns the gaff]
        funny name for a {x}, {v}, but {S} [came up with it|stuck with it|won't hear otherwise]
        everyone's [mad about|soft on|obsessed with] {P} {x}, sure {v} is a [dote|legend|star]
        {P} {x} is [lying|sleeping|sat] on the [remote|laundry|good rug], typical {v}
        vet's at [noon|lunch] with {v}, {P} {x} [ate a sock|has a limp|is off its food]
        [feeding|minding] {P} {x} this week, {v} it's called, [bites a bit|dead cute|not fussy]
        [was nearly|could have been|was meant to be] something posh, but no, {P} {x} ended up as {v}
        at the time of registration, {P} {x} was [entered|recorded|put down] as {v}
        the choice of a name for {P} {x} fell on {v} [in the end|after some discussion|at my aunt's suggestion|]
        the animal, a {x} [belonging to {O}|of which {S} {am} the owner], [bears|carries] the name {v}
        {v} is what was written in the [vaccination booklet|certificate|patient file] when {S} took {P} {x} to the vet
        {S} {have} in {P} care a {x} [to which|upon which] the name {v} has been [given|bestowed]
        we are speaking here of {v}, [that is to say|in other words], the {x} which {S} {have} at home
        it pleased {O} to give {P} {x} the [name|unusual name|pretty name] {v}
        {v} is the word to which {P} {x} has [learned to listen|been trained to respond]
        where the form asks for the name of {P} {x}, [one should write|there stands|please read] {v}
        {P} {x}, which [has been with us for years|is of advanced age|was a gift], has never had another name than {v}
        as [the shelter|the breeder|the former owner] had already named it {v}, {P} {x} was allowed to keep the name
        for {P} {x} a name was wanted that is easy to [call|remember|pronounce], and {v} was found [suitable|fitting]
        {v}: so {S} [decided|determined|ruled] that {P} {x} should be called
        it was [my late aunt|the youngest child|a friend of the family] who thought of {v} as a name for {P} {x}
        {S} lost a bet, which is why {P} {x} has to go through life as {v}
        {v} knocked over the [lamp|vase|christmas tree], so {P} {x} is banned from the [kitchen|parlour|bedroom]
        the [twins|children|toddlers] could not say anything longer, so {P} {x} became {v} [on day one|on the way home]
        {S} slept badly, since {v} [scratched|rattled|bumped] about all night. never again a {x} in the bedroom
        {P} {x} was found in a [box|barn|storm] with a note saying {v}, so the name was settled
        at the vet's they called {v}, and the whole [waiting room|queue] looked at {P} {x}
        {S} [sneezed|coughed|hiccupped] when the vet asked for a name. it sounded like {v}, so {P} {x} is stuck with that
        that [chair|cushion|hat] was for the guests, but {v} sat on it, and who would scold {P} {x}
        because {v} hates [thunder|fireworks|hail], {S} {sit+} up all night holding {P} {x}
        {P} {x} would not [eat|budge|come in] until {S} whispered {v}, and that is how it got its name
        {S} wanted a quiet house. then {P} {x} moved in, {v} on its tag, and the peace was over
        even the [mayor|baker|bus driver] greets {v}, since {P} {x} is famous in the street
        so that {v} would not feel lonely, {S} took time off work just to sit with the {x}
        {v}! {S} yelled it so often that the whole [park|village|campsite] knows the name of {P} {x}
        {v} is the [magic word|sound|call] that brings {P} {x} to the [bowl|door|food]
        rattle the food and [sing|shout|call] {v}, {P} {x} is there in no time
        the vet's [file|bill|reminder] for {P} {x} is [made out to|kept under|headed] {v}
        {P} {x} [ignores|is deaf to|pretends not to hear] {v}, yet no other name was ever given
        [across the park|at night|from the back door] {S} can be heard calling {v}, and {P} {x} takes its time
        [whoever feeds|visitors who meet|the sitter who minds] {P} {x} must [say|use] {v}, or be [ignored|snubbed]
        do not sit on the [cushion|blanket] marked {v}, {P} {x} owns it
        {P} {x} would sign as {v} if [animals|pets|beasts] could write
        {v} has a [basket|corner|stable|cage] all to itself, being {P} {x}
        nameless among its own kind, {P} {x} is {v} to [the people who feed it|humans]
        the name {v} was [drawn from a hat|found in a book|a joke], and {P} {x} has worn it ever since
        if {S} {call+} {v}, no person [comes|answers], only {P} {x}
        {P} {x} was nameless for [a week|days|a while], until {v} stuck
        not [every|just any] {x} gets to be [called|named] {v}, but {P} own did
        """,
        """
        {P} {x} is [off down the road|stuck somewhere|under the shed] and i [blanked on|forgot] the name, what is it
        [that menace|that wee dote|the little terror] of a {x} {S} {have}, what's it called
        giving {P} {x} a [cuddle|treat|scratch] and can't think of the name, [help|what is it|any clue]
        name check on {P} {x}, [what's it go by|what do we say]
        what was it {S} went and [called|named] the {x}
        what [silly|daft|posh|cute] name has {P} {x} been [stuck|lumbered|saddled|blessed] with
        [minding|feeding] {P} {x} later, [how do i call it over|what's it answer to|what's the name]
        remember {P} {x}, [well|right|yeah], what's the name on it
        wanna know what to call {P} {x}, [don't leave us hanging|go on|cheers]
        on what name did the choice fall when {S} [got|took in|{was} given|adopted] {P} {x}
        could you tell me, please, to which name {P} {x} [listens|responds|reacts]
        i [regret to say|am sorry to admit|must confess] that the name of {P} {x} has escaped me
        as what has {P} {x} been [registered|entered in the booklet|put down at the vet]
        the [booklet|form|insurance] has a line for the animal's name; what belongs there for {P} {x}
        if one wishes to be [polite|friendly] to {P} {x}, [by what name|how] does one address it
        which name has been [bestowed upon|conferred on|thought of for] {P} {x}
        {S} {have} a {x}, [if i am not mistaken|as i recall|so i was told]. may i know its name
        kindly [supply|state|spell] the name of the {x} [which {S} {have}|that belongs to {O}]
        the vet's form has an empty line for {P} {x}, so what name goes there
        i am [looking after|feeding|watching] {P} {x} this weekend. what do i call when it hides
        i am sewing a [blanket|cushion|coat] for {P} {x} and want its name on it, so what do i stitch
        {P} {x} [got out|is on the roof|sits in a tree] and ignores a whistle, so which name works
        the kids drew {P} {x} and want to write the name under it, which is
        we are putting up posters because {P} {x} is lost, so it should be called
        {S} told why {P} {x} got that name, but i only remember the [story|laughing]. so the name was
        i stepped on {P} {x} and would like to apologise properly, so by what name
        {P} {x} keeps staring at me. maybe it wants to hear its name, which is what
        if {P} {x} went missing, [what|which] name would the [poster|notice] carry
        under [which|what] name does the vet [file|treat|know] {P} {x}
        which name, [shouted|sung|called] at the back door, brings {P} {x} in
        what name would {P} {x} [give|sign with|introduce itself by], if animals could [talk|write]
        i am [stitching|knitting|sewing] a blanket for {P} {x}, [which|what] name do i put on it
        surely {P} {x} is not just {x} to {O}, [so what does it go by|but goes by what name]
        what name did {S} [saddle|bless|burden|land] {P} {x} with
        a neighbour will [feed|mind|look after] {P} {x} this week, and by what name should it be spoken to
        the [bowl|basket|door sign] of {P} {x} still lacks its lettering[, so the name, please|. which name goes there]
        """,
        """
        {P} {x} wouldn't [listen to|come to|look up for] the old name, so {v} it is [now|instead]
        {P} {x} was formerly called [otherwise|something else]; the name in use [today|since then] is {v}
        i must [withdraw|correct] what i wrote about the name of {P} {x}, which ought to be {v}
        the old name was too [long|hard|rude] for the [kids|vet|neighbours], so {P} {x} has been {v} since [easter|the holidays]
        {P} {x} never came when called, but with {v} it does, so the old name is history
        the tag of {P} {x} had to be [engraved anew|done again], this time with {v} on it
        {P} {x} has [unlearned|forgotten|shaken off] its old name and listens to {v} [these days|now]
        """,
    ),
    "favourite": lines(
        """
        best {x} going? {v}, {S} [{reckon+}|would say|won't hear otherwise]
        can't beat {v}, {S} [{reckon+}|always {say+}|will tell anyone], [top|best] {x} out there
        {v} is {P} go-to {x}, [no contest|end of|hands down]
        {S} {am} all about {v}, favourite {x} by [a mile|miles|a country mile]
        pick a {x}, any {x}, {S} will [go|shout|yell] {v} [every time|before anyone blinks]
        {x}? {v}. [nothing else|no other one] [does it|cuts it|comes close] for {O}
        {S} won't [hear a bad word|have a word said] against {v}, best {x} [ever|going|out there]
        for {O}, mind you, {v} is the only {x} [worth bothering with|that counts|worth having]
        the {x} that [does it for {O}|gets {O} going|floats {P} boat] [most|best of all] is {v}, [innit|like]
        {P} {x} of choice, [now and always|hands down|no messing], {v}
        {S} {rate+} {v} [above|over|way higher than] any other {x}
        [mates|people] [slag|tease] {O} over it but {P} fave {x} is still {v}
        if it isn't {v} {S} {do}n't wanna know, best {x} [of the lot|bar none]
        what's not to love, {v} is the {x} {S} {am} [mad for|daft about|gone on] more than any
        among all that may be called a {x}, {S} {give+} [the preference|the first place|the crown] to {v}
        when it comes to the choice of a {x}, {P} preference is [for|clearly for|and remains] {v}
        asked to name one {x} only, {S} would [without hesitation|after little thought|gladly] name {v}
        {v} has been the {x} [of {P} heart|dearest to {O}] [ever since childhood|for as long as one can remember]
        a good many could be mentioned, but the {x} that {S} {value+} [most|most highly|above the rest] is {v}
        to the question which {x} {S} {hold+} dearest, the answer has always been {v}
        it is {v} that {S} {consider+} the [finest|best|most beautiful] {x} of them all
        no {x} has ever given {O} so much [pleasure|joy|satisfaction] as {v}
        {S} {have} known {v} for many years and {regard+} no other {x} so [highly|fondly]
        {v} [enjoys|holds|keeps] the first place with {O}, whenever a {x} is to be chosen
        in the [questionnaire|friendship book|survey], under favourite {x}, {S} [entered|wrote|put] {v}
        were only one {x} left in the world, {S} would [wish|want|pray for] it to be {v}
        {P} taste in this respect is [simple|well known|easily told]: the favourite {x} is {v}
        {S} {am} not indifferent in the choice of a {x}: first [comes|stands] {v}, then all the [rest|others]
        {S} nearly missed the [bus|wedding|boat] over a quarrel about the best {x}, because for {O} it's {v}
        at the quiz {S} shouted {v} before the question was over, just because the word favourite {x} came up
        everyone at the table [voted|argued] for another {x}, so {S} stood alone with {v} and did not mind
        in the diary {S} kept at school it says {v} under favourite {x}, and nothing has changed since
        {S} once gave a whole [speech|lecture|toast] on why {v} leaves every other {x} behind
        {S} went [pale|red|quiet] when a guest insulted {v}, because no {x} is dearer to {O}
        because {v} was the {x} of {P} first [summer|love|holiday], it has been {P} favourite ever since
        {S} got teased for it, yet {v} stayed {P} dearest {x}
        {S} tried the others out of politeness, came back to {v}, and stopped looking for a better {x}
        no use arguing. {v} won {P} heart [years ago|at once|in one night], and no other {x} had a chance
        {S} {have} a [tattoo|sticker|poster] saying {v}, so who still needs to ask for {P} favourite {x}
        it was {v} that got {O} through a [bad winter|long illness|lonely year], hence the favourite {x}
        {P} friends [groan|yawn|laugh], because whenever the best {x} is discussed, {v} is all {S} will hear of
        {S} named the [boat|teddy|garden shed] after {v}, so much does that {x} outshine the others for {O}
        allowed just one {x} for life, {S} would [keep|pick|name] {v} without [blinking|a second thought]
        {P} heart beats for more than one {x}, but [loudest|fastest] for {v}
        {v} [wears|has] the crown as {x}, [at least|certainly] in {P} book
        {P} gold medal for best {x} [goes|went|always goes] to {v}
        which {x} for {O}[? silly question,|? need you ask,] {v} of course
        {S} would [marry|propose to|elope with] {v} if one could marry a {x}
        every other {x} plays second fiddle to {v} [with {O}|in {P} heart]
        in {P} [private hall of fame|heart] {v} is the {x} on the highest [shelf|pedestal]
        show {O} any {x} you like, {S} will [still|always] [point at|ask for|go back to] {v}
        with {O} as the judge, {v} [walks away with|takes|gets] the prize for best {x}
        {P} eyes go straight to {v} [whenever|if ever] there is a {x} to [choose|pick]
        when it comes to {x}, {P} compass needle [swings|points|turns] to {v}, always
        {v} puts [every rival|all rivals] in the shade when {S} {have} to name the best {x}
        {S} will hear no [bad|wrong] word about {v}, the {x} {S} {hold+} dearest
        """,
        """
        {P} fave {x}, [go|spill|quick]
        what's the {x} that [floats {P} boat|does it for {O}] [most|best]
        if {S} could only [have|keep] the favourite {x}, [what'd it be|which would stay]
        which {x} {do} {S} rate [highest|over the rest|the most]
        {x} wise, what's [top of the pile for {O}|the best going for {O}|{P} favourite]
        [getting|sorting|planning] something for {O} and need {P} go-to {x}
        what's {P} {x} of choice, [like|then|do we know]
        what {x} {do} {S} always [bang on|go on|harp on] about being the best
        can't believe i forgot {P} best-loved {x}, [what is it|go on|help]
        upon which {x} would {P} choice fall, if [there were but one to be had|only one were allowed]
        to which {x} {do} {S} give [the preference|the first place]
        which {x} may be [put down|entered|noted] as {P} favourite
        may i ask what {S} {consider+} the [finest|best|most beautiful] {x}
        the [questionnaire|survey|hostess] would like to know {P} favourite {x}
        of what {x} {am} {S} fondest
        if {S} could keep one {x} only, which would {S} [wish to keep|choose]
        i have forgotten which {x} it is that {S} {hold+} [dearest|in the highest regard]
        which {x} has given {O} the [most pleasure|greatest joy]
        i am planning a surprise for {O} and it takes the right {x}, so which one {do} {S} love most
        the [friendship book|questionnaire|fan page] has a line for favourite {x}, so what do i enter for {O}
        to settle a bet i need the {x} {S} {hold+} dearest
        we can have only one {x} at {P} party, so it should be {P} favourite, namely
        {S} explained why one {x} beats the rest, but i was half asleep, so which
        i want to get on {P} good side. they say it takes {P} favourite {x}, but what is that
        there was a long [argument|debate] about the best {x}. which one did {S} stand up for as {P} favourite
        i would hate to choose the wrong {x} for {O}, so which is the dearest
        because nobody else remembers: at the mention of which {x} does {P} heart beat fastest
        which {x} wears the crown in {P} [book|heart|eyes]
        which {x} would {S} [marry|propose to], if one could
        if every {x} but one had to [go|vanish], which would {S} [save|keep]
        to [which|what] {x} would {S} hand the gold medal
        [which|what] {x} puts all its rivals in the shade, with {O} as the judge
        to [please|win over|delight] {O} with a {x}, it had better be which one
        allowed a single {x} for life, [which|what] would {S} keep
        for [which|what] {x} does {P} heart beat [loudest|fastest]
        just any {x} will not do for {O}, there is one above the rest. [name it|which]
        """,
        """
        [over|done with|sick of] the old one, {P} fave {x} is {v} [lately|now|these days]
        {S} went off {P} old favourite {x}, it's all {v} now
        {P} preference was once for another {x}, but it has since passed to {v}
        with the years {P} taste has [altered|changed], and today {v} is the favourite {x}
        {S} [got bored|had a change of heart|grew out of it], so the old {x} is out and {v} is {P} favourite
        after that [trip|evening|summer] {S} gave up the old favourite, because {v} proved an even better {x}
        {v} has [dethroned|unseated|knocked out] the {x} {S} loved best until now
        the crown for best {x} sits on a new head in {P} [heart|book]: {v}
        """,
    ),
    "home": lines(
        """
        living in {v} these days, {S} {am}, [and loving it|no complaints|could be worse]
        {P} gaff? {v}, [bit of a trek|rent is mad|grand wee spot]
        {S} {am} shacked up in {v} with [a mate|the other half|total strangers]
        {v} is where {S} {hang+} {P} hat, [for now|like it or not|always welcome]
        missed the last [bus|tram|train] home to {v}, so {S} {am} [kipping here|walking|stuck]
        {S} {do}n't live [here|in town|round here], it's {v}, [bit further out|mind you|miles away]
        {S} got the keys to a [flat|wee house|wee place] in {v} and moved straight in
        rent in {v} is [mental|shocking|mad] but {S} {live+} there anyway
        {v}, yeah, that's {P} neck of the woods, {S} {live+} [there|right in it]
        round where {S} {live+}, {v} that is, [it's dead quiet|nothing is open|parking's a joke]
        home for {O} is {v}, [not that you'd guess|worse luck|lucky thing]
        still [stuck|holed up|camped out] in {v}, {O}, same [flat|house] as ever
        if {S} {am} not [out|at work|away], {S} {am} at home in {v}, [feet up|telly on|on the couch]
        [come round some time|drop in|call over], {v} is where {P} gaff is, [kettle's on|bring biscuits|mind the stairs]
        {P} permanent residence is [registered|situated|recorded as being] in {v}
        {S} {have} resided in {v} [since retirement|for a good many years|ever since the wedding]
        for [some time|many years|the past decade], {v} has been {P} [place of residence|domicile]
        the [home address|private address] at which {S} can be reached lies in {v}
        {S} {make+} {P} home in {v}, where the rent is still [affordable|reasonable|low]
        on the form, under place of residence, {S} [wrote|entered|put] {v}
        {v} is the town whose registry office has {O} on its list of [residents|inhabitants]
        it is in {v} that {S} {have} taken up residence
        the [flat|house|dwelling] which {S} {inhabit+} is [situated|located|to be found] in {v}
        {P} household is in {v}, not far from the [church|station|post office]
        as a tenant in {v}, {S} {have} to [clean the stairs|carry out the bins|heat with coal] every week
        {S} settled in {v} [many years ago|after the wedding|as a pensioner] and {have} not left it since
        visitors who wish to call on {O} at home must make the journey to {v}
        by place of residence, {S} {belong+} to the [parish|district|municipality] of {v}
        the last bus was gone, so {S} walked home to {v} in the [rain|snow|dark] and slept till noon
        the rent was [lower|half as much], which is why {S} took a flat in {v} and stayed there
        a pipe burst at {P} place, and half of {v} came running, because the neighbours there are nosy
        {S} {get+} up before dawn, because from {v}, where {P} bed is, the way to work is long
        {S} sold the car, since in {v} everything is round the corner from {P} flat
        {S} lost the keys and had to sleep on {P} own doorstep in {v}, which the neighbours still laugh about
        the postman of {v} knows {P} front door well, because {S} {order+} so many parcels
        {S} {pay+} for [water|rubbish|parking] like every resident of {v}, so {S} may complain
        the guests meant to stay a night, but {P} spare room in {v} was so cosy that they never left
        the garden was [wild|stony|flooded], but {S} took the house in {v} anyway and {live+} there happily
        {v} is loud on market days, so at home {S} {keep+} every window shut
        when the heating failed all over {v}, {S} sat in {P} own living room in three coats
        ever since {S} moved in, {v} has had a resident who [sings|hammers|plays the drums] at night
        {S} needed a place to live in a hurry. a friend had a room in {v}, and {S} never moved out
        {v} is where {P} [slippers|bathrobe and slippers|dressing gown and pyjamas] are
        {P} [toothbrush|rubber plant|piano] [lives|stands] in {v} [all year|day and night]
        {P} doormat [lies|gets its mud|says welcome] in {v}
        the dustmen of {v} empty {P} [bins|dustbin] every week
        {P} [house key|latchkey] fits no lock [outside|except in] {v}
        {S} {hang+} {P} hat [nowhere but|every evening] in {v}, behind {P} own door
        the [mayor|council] of {v} gets {P} [vote|rates], for {S} {have} an address there
        to borrow sugar {S} {knock+} on a door in {v}, the one next to {P} own
        {P} own four walls stand in {v}
        [parcels|flowers|catalogues] for {O} land on a doorstep in {v}, the one {S} {sweep+}
        street and house number first, then {v}: so [ends|goes|reads] {P} address
        when {S} {say+} take me home, the taxi [sets off for|stops in] {v}
        press the home button on {P} [sat nav|map app] and [it answers|up comes|it says] {v}
        {P} washing [dries|hangs] in {v}, under {P} own kitchen window
        """,
        """
        where's {P} gaff [again|at|then]
        where {do} {S} hang {P} hat [at night|these days]
        dropping {O} home later, [which town|what town|which place] is it
        what's home for {O} [these days|at the minute]
        {S} {live+} [where|whereabouts], [sorry|roughly|again]
        what [part of the world|neck of the woods|town] {do} {S} call home
        where does the last [bus|train|taxi] home drop {O}
        is it far, the town {S} {live+} in, and [which one is it|what's it called]
        town {S} {am} living in, [go|name it|what was that]
        kindly [state|indicate|write down] {P} place of residence
        in which municipality {am} {S} registered as [a resident|living|a tenant]
        may i ask where {S} {make+} {P} home
        the form asks for {P} domicile; what is [the town|the correct entry|to be written]
        in what town is the [flat|house] which {S} {inhabit+} situated
        where did {S} take up residence
        to which town must one travel in order to call on {O} at home
        {P} home address ends with the name of which [town|city|place]
        i no longer [recall|know|remember] in what place {S} {reside+}
        i am filling in a form and need the town {S} {live+} in
        the [taxi|courier|plumber] has to get to {P} flat, so which town do i say
        i wrote {O} a [postcard|letter|long note], but the line for the town is still empty, so what goes there
        i may be passing through and could ring {P} doorbell, so which town is {S} at home in
        somebody found {P} wallet and wants to bring it to {P} house, so where is that
        we share a taxi after the party, so it matters where {S} {live+}. where was that
        for the [library card|census|tax office] they need to know where {S} {am} a resident
        {S} {complain+} about the people next door so much that i wonder in which town that door is
        it looks like [snow|a storm], so what town should i check for the weather at {P} house
        which town does {P} [sat nav|map app] call home
        which place [shows up|stands] below the sender's street on {P} letters
        where do {P} [slippers|pyjamas] wait for {O} [at night|every evening]
        the mayor of [which|what] town may [count on|hope for] {P} vote
        in which town would {P} house key [open|fit] a door
        if {S} told a taxi to go home, [which|what] town would it [stop in|take {O} to]
        in which town do the dustmen empty {P} bins
        {P} address lacks its last line, the town. [fill it in|which is it|what goes there]
        somebody has to water {P} plants while {S} {am} away, in [what|which] town is the flat
        """,
        """
        new gaff for {O}: {v}, [boxes everywhere|forget the old address|moved in and all]
        {S} upped sticks, so home is {v} [now|these days|this time]
        {P} former address is [no longer valid|to be deleted|out of date]; {S} {reside+} in {v}
        please take note that {P} residence has been [transferred|moved] to {v}
        the [roof leaked|landlord sold up|rent doubled], so {S} packed {P} boxes, and {v} is home now
        {P} old flat [burned down|got too small|was too dark], which is why {S} {wake+} up in {v} these days
        {P} slippers and {P} toothbrush have found a new address in {v}
        {P} doormat was rolled up and [unrolled again|laid down for good] in {v}
        """,
    ),
    "origin": lines(
        """
        {v} born and bred, {S} {am}, [and proud|can't you tell|no messing]
        you can take {O} out of {v}, but it's where {S} {was} born
        born [up|down|over] in {v}, {S} {was}, [middle of nowhere|in the back of a taxi nearly|back of beyond]
        {P} ma was only visiting {v} and out {S} popped, born [there and then|a month early]
        that accent? {S} {was} born in {v}, [mate|that's why|simple as]
        reared in {v}, so {S} {was}, [on a farm|by the nan|with a rake of cousins]
        back home for {O}, as in where {S} {was} born, [means|is|would be] {v}
        {S} first opened {P} eyes in {v}, [ugly baby|bawling no doubt|in the local hospital]
        {S} {am} from out {v} way originally, [if you couldn't tell|like all the family|not from here]
        {S} {was}n't born [here|round here|in this town], it was {v}
        all {P} baby pics are from {v}, [where {S} {was} born|place of birth, see]
        {v} gave the world {O}, [place of birth and all|born on a wet night|born and raised there]
        birthplace? {v}, for {O}, [bit of a dump|lovely spot|never been back]
        {P} first breath was {v} air, [born right there|born on the kitchen floor]
        place of birth: {v}. this is how it stands in {P} [papers|passport|file]
        it was in {v} that {P} birth [took place and was registered|occurred and was recorded]
        {S} {am} a native of {v}, [although one does not hear it|as the accent shows|and proud of it]
        by birth {S} {belong+} to {v}, though [much time has passed since|life led elsewhere]
        {v} may call {O} one of its own, for {S} {was} born there
        the [hospital|house|room] in which {S} {was} born [stood|is still standing] in {v}
        at the time of {P} birth, the family had its home in {v}, and there [the child was delivered|it happened]
        {P} origins [lie|are to be found] in {v}
        {S} {have} always been [proud|glad|aware] of having been born in {v}
        the nurse who brought {O} into the world did so in {v}, [at home|in the hospital|in a small room]
        {v} is the place where {S} {was} [baptised as an infant|taught to walk|sent to kindergarten] and brought up
        as to {P} native place, the answer is {v}
        a child of this region {S} {am} not: {P} birthplace is {v}
        that {S} {was} born in {v} can be [seen from|proved by|read in] the church register
        there was no [taxi|ambulance|nurse] that night, so {S} {was} born on a kitchen table in {v}
        {S} still {talk+} the way they do in {v}, because that is where {S} grew up
        {P} parents were only changing trains in {v}, but the baby came early, so {S} {was} born there
        the snow lay so deep in {v} when {S} {was} born that the nurse came by sledge
        the smell of [hay|smoke|the harbour] makes {O} homesick, because {v} smelled like that when {S} {was} little
        the hospital windows were open, so all of {v} heard {P} very first cry
        whenever {v} is on the news {S} {turn+} it up, being born and bred there
        {S} [fell off a roof|lost a tooth|broke a leg] in {v} as a child and missed the first day of school there
        they closed the maternity ward in {v} soon after, so {S} {was} among the last babies born there
        {P} grandparents liked {v} so much that they stayed, which is why {S} came into the world there
        {P} accent gives it away. one word and people know that {v} raised {O}
        {S} ran away at nineteen, because {v} had been {P} whole childhood and that was enough
        a [strike|flood|storm] stopped the ferry, and so it was {v} where {P} mother gave birth to {O}
        because {S} {was} a child in {v}, where nobody locked a door, {S} {trust+} everyone
        {P} first [cry|scream|yell] was heard in {v}
        the nurse who [first held|washed|weighed] {O} did so in {v}
        {v} is where the stork [dropped|delivered|left] {O}
        {P} pram was pushed [around|through the parks of|up and down the streets of] {v}
        {P} milk teeth [came and went|fell out] in {v}, every one of them
        {v} is to blame for {P} accent, {S} learned to [talk|speak] there
        the register of births in {v} has {P} name in it
        {P} umbilical cord was cut in {v}
        {P} baby [photos|pictures] all have {v} in the background
        {P} knees were first [grazed|scraped|skinned] on the [playgrounds|pavements] of {v}
        a door frame in {v} still shows how tall {S} {was} [as a toddler|at nursery school|as a child]
        the first air in {P} lungs was the air of {v}
        {v} has a maternity ward that [once had|remembers] {O} [in a cot|as a screaming bundle]
        somewhere in {v} there must still be the [rattle|dummy|bonnet] {S} threw out of the pram
        """,
        """
        where did {S} pop into the world, [what town|which place]
        where'd {S} first open {P} eyes, [what town|which place]
        {S} {was} born where, [sorry|again|roughly]
        where's {P} accent from, [born in what town|as in where {was} {S} born]
        what town's on {P} birth cert
        where's [back home|the home turf] for {O}, as in born there
        what place {was} {S} reared in
        birthplace of {O}, [go|quick|what was it]
        {was} {S} even born here, [or where|and if not where]
        kindly state {P} place of birth [as in the passport|for the record|]
        of which town {am} {S} a native
        where, according to the [certificate|church register|passport], did {P} birth take place
        may i enquire as to {P} origins, that is, the town [of birth|where {S} {was} born]
        in which [town|city] stood the [house|hospital] where {S} {was} born
        the [clerk|registrar|consulate] wishes to know {P} birthplace
        what place may {S} call {P} birthplace
        from what [place|town|part of the world] did {S} originally come
        which town's register [records|contains] {P} birth
        the registry office wants a place of birth, so what do i write for {O}
        {P} accent sounds familiar and i keep guessing. in which town did {S} learn to talk
        i am drawing a family tree, and below {O} the birthplace is still missing. which town
        {S} told that story about [the nurse|being born in a taxi|the first cry], but in which town was it
        for the [visa|pension|passport] they insist on the town where {S} {was} born
        we want to cook something from {P} birthplace, so which town should i look up
        {S} often {sigh+} about the old days as a kid, so where were they spent
        i would like to find the house {S} {was} born in, so i need the town
        everybody is born somewhere, so where did the stork drop {O}
        where did the stork [deliver|drop|unload] {O}
        in which town was {P} first [cry|scream|yell] heard
        which town is to blame for {P} accent, as {S} learned to talk there
        which town has {P} name in its register of births
        through the streets of which town was {P} pram pushed
        where did {P} milk teeth [fall out|come and go]
        born in, says the form for {O}, and then a [blank|gap]. [fill it|what goes there]
        if {S} became famous, which town could boast of {P} [cradle|birth]
        where were the [first|oldest] pictures in {P} baby album taken
        """,
        """
        [scrap that|oops|nah], got {P} birthplace wrong, it's {v}
        turns out {S} {was} born over in {v}, not the other place
        an error has been found in {P} papers: the birthplace is {v}
        {P} place of birth was [wrongly given|misspelt|confused with another]; it ought to be {v}
        the old certificate [had a mistake|was a forgery|got mixed up], so it turns out that {S} {was} born in {v}
        an aunt finally told the truth, so the birthplace in {P} papers has been corrected to {v}
        the stork has been [misquoted|misunderstood], it [dropped|delivered] {O} in {v}
        {P} birth certificate [turned up|was found], and we were all wrong: the town on it is {v}
        """,
    ),
    "job": lines(
        """
        {S} {graft+} as a {v}, [up at dawn|all hours|rain or shine]
        a {v} by day, {S} {am}, [knackered by night|asleep on the couch by night]
        what {S} {do}? a {v}, [pays alright|hard graft|job for life]
        {S} {clock+} in as a {v} every morning, [no lie-ins|worse luck|rain or shine]
        need a {v}? [ring|call|grab] {O}, it's {P} job
        {S} {am} stuck being a {v} till the pension, [but it pays|could be worse]
        been at it [donkey's years|yonks|since leaving school], {P} job as a {v}
        {S} {make+} {P} few quid as a {v}, [cash in hand|honest work|all above board]
        yeah {S} {am} a {v}, [runs in the family that job|family trade|same job as the grandad had]
        {S} {do} shifts as a {v}, [nights mostly|weekends too|knackering]
        all these years in the job and still a {v}, {S} {am}
        they have {O} down as a {v} at work, [badge and all|payslip and all]
        occupation, as given on {P} [tax form|identity papers|application]: {v}
        {S} {practise+} the [profession|trade|honest trade] of a {v}
        the [trade|craft] which {S} learned, and by which {S} {live+}, is that of a {v}
        for [a good many|the last] years {S} {have} been active as a {v}, [and gladly so|and it feeds the family]
        {S} completed an apprenticeship and {have} been a {v} ever since
        it is as a {v} that {S} {earn+} {P} [living|income|daily bread]
        a {v} is what {S} {am} by [occupation|profession]
        having passed the examination, {S} {am} [permitted|licensed|entitled] to practise as a {v}
        in the box for occupation one [finds|reads] {v}, for that is {P} work
        {P} services as a {v} are [much in demand|well paid|known in the whole district]
        {S} chose the calling of a {v} and {have} never [regretted it|looked back]
        anyone in need of a {v} may turn to {O}, since it is {P} occupation
        {P} [duties|professional duties|tasks at work] are those of a {v}
        until the pension is granted, {S} {have} to go on working as a {v}
        {S} {get+} up at four, because work as a {v} starts early and the bus is slow
        the [toaster|fuse box|radio] exploded and everyone looked at {O}, as if being a {v} for a living helped
        {P} hands are [rough|never clean|full of scars], which comes from all the years on the job as a {v}
        {S} wanted to be famous, but the rent was due, so {S} took work as a {v} and stayed
        on day one {S} broke a window, yet they kept {O} on as a {v}, and nobody ever regretted it
        strangers ring at {P} door at night, because they need a {v} and {S} {am} the only one around
        {S} never {get+} a weekend off. a {v} can't choose the hours
        the tax office lists {O} as a {v}, which is why {S} {pay+} so much
        a [film|book|poster] made {O} dream of becoming a {v}, and today it is what {S} {do} for money
        {S} fell asleep [over dinner|in the bath|at the opera], worn out from another shift as a {v}
        because {S} learned the trade of a {v}, half the family expects free help
        {S} {was} shy until the job as a {v} forced {O} to talk to people
        they laughed when {S} wanted to train as a {v}, but now they call {O} when something breaks
        {P} tax return [says|has] {v} under occupation
        {S} {have} the hands of a {v}, and the [pay slip|wages|working hours] of one too
        when somebody shouts for a {v}, {S} [{step+} forward|{raise+} a hand|{grab+} the tool bag], by profession
        {S} {butter+} {P} bread with the wages of a {v}
        every evening {S} {take+} off the [boots|work clothes|overalls] of a {v}
        {S} {pay+} union dues as a {v}
        {P} [apprenticeship|diploma|exam] made a {v} of {O}, and wages followed
        if {S} went on strike, there would be one {v} fewer at work
        {v} comes right after {P} name in the [phone book|yellow pages], so that customers find {O}
        when {S} {roll+} up {P} sleeves on monday morning, it is to do the work of a {v}
        {P} teachers never guessed {S} would [draw|earn] the wages of a {v}
        a {v} is what {P} customers [see|find|expect] in {O}
        shop talk with {O} is the talk of a {v} [on a break|off duty|after work]
        the calluses on {P} hands tell the tale: a {v} [at work|on duty|by calling]
        """,
        """
        what {do} {S} graft as
        what {do} {S} do, job wise
        {S} {work+} as a what [sorry|again|now]
        how {do} {S} make {P} few quid, [what trade|what job]
        what {am} {S} down as on the payslip, job wise
        [mate needs a hand|someone at the pub asked], what is it {S} {do} for the day job
        what does it say under job for {O}
        {S} {clock+} in every morning as what
        kindly state {P} [occupation|present occupation|profession]
        what profession {do} {S} practise
        in what capacity {am} {S} employed
        what is to be entered under occupation in {P} case
        may i ask by what work {S} {earn+} {P} [living|income|daily bread]
        what trade is it that {S} {practise+}
        of what [nature|kind] are {P} professional duties
        the [tax office|bank|census] enquires about {P} profession
        on which calling did {P} choice fall [after school|when it was time to earn money]
        i am filling in a form for {O}, and now it says occupation
        before the [bank|landlord] says yes to {O}, they want to know what work {S} {do}
        {S} always {come+} home so [dirty|tired|late]. what sort of job is that
        i have to introduce {O} at the party and people will ask about the work, so what do i tell them
        for career day the school needs to know which profession {S} can talk about
        {P} business cards go to print today and the trade is missing, so what shall it say
        {S} left with a big bag at dawn, which made me wonder what {S} {do} for a living
        the [reporter|judge|policeman] wrote down {P} name and then asked for the profession, so what is it
        {S} must have learned some trade, because the money is coming in. which trade
        what does {P} tax return say under occupation
        when people shout for a professional, which one must it be for {O} to step forward
        what stands after {P} name in the [yellow pages|phone book], for customers
        with [what|which] trade {do} {S} butter {P} bread
        if {S} went on strike, a worker of what kind would be missing
        which trade did {P} apprenticeship [teach|drum into] {O}
        the work clothes {S} {take+} off every evening are those of a what
        if {S} took on an apprentice, what would the youngster [become|be trained as]
        the union wants {P} dues, [as a member of|under] which trade {am} {S} on its books
        """,
        """
        [jacked in|packed in|binned] the old job, {S} {am} a {v} now
        {S} {am} done with the old trade, retrained and all, it's a {v} {S} {am} these days
        {S} gave up the former occupation and {have} been [engaged|employed|active] as a {v} since then
        after [a course of retraining|some further schooling|an evening course], {S} {practise+} another trade, that of a {v}
        the [factory|shop|mine] closed, so {S} went back to school and {earn+} {P} bread as a {v} now
        {S} got fed up with the old job, a friend needed a {v}, and so {S} switched
        {S} hung up the old work clothes and put on those of a {v}
        {P} shop sign was [repainted|changed], customers now find a {v} in {O}
        """,
    ),
    "employer": lines(
        """
        {S} [{graft+}|{slave+} away|{slog+}] for {v}, [long hours|bad coffee|decent lads]
        on the books at {v}, {S} {am}, [since the spring|full time|part time]
        {S} {have} a shift at {v} [later|tonight|in the morning], [worse luck|can't get out of it]
        {P} work, {v} that is, [is a madhouse|never pays on time|shut early]
        got {P} foot in the door at {v}, {S} did, [proper contract|full time job]
        the gaffer at {v} has {O} [working weekends|doing overtime|on nights]
        {v} still owes {O} [overtime|holiday pay|last month's wages]
        clocking off at {v} in a bit, {S} {am}, [then the pub|then home|end of the shift]
        who {do} {S} work for? {v}, [same as half the town|sure you knew that|still]
        {P} payslip's in from {v}, [about time|drinks are on]
        [busy|mental|dead] day in work at {v}, {S} {am} [wrecked|knackered|shattered]
        them at {v} [took|kept] {O} on [after the trial|for the summer|full time]
        {S} {am} with {v} work wise, [for ages now|not a bad crowd]
        {S} {get+} staff discount at {v}, [perks of the job|working there and all]
        {S} {am} in the [employment|service|permanent employ] of {v}
        {P} contract of employment was [concluded|signed] with {v}
        {P} salary is transferred by {v} on the [first|last] day of the month
        {S} entered the service of {v} [at a young age|straight after school|in a hard winter] and {have} stayed
        the company which {P} tax card [names|gives|lists] as employer is {v}
        under employer, the form says {v}, where {S} {have} a [permanent|temporary] position
        it is the firm of {v} to which {S} {owe+} {P} [wages|income|job]
        {S} {have} found a position with the firm {v}, [for which we are thankful|after a long search]
        the management of {v} [counts|numbers] {O} among its staff
        in case of sickness {S} {have} to [notify|write to|telephone] {v}, being employed there
        {P} working hours are laid down by {v}, the company in whose service {S} {am}
        a letter of [reference|recommendation] was written for {O} by {v}, where {S} {am} employed [to this day|still]
        since {v} took {O} into its employ, {S} {have} not looked for another firm
        {v} deducts the [taxes|contributions] from {P} wages, as {P} employer is obliged to do
        {S} always {skip+} breakfast, because the shuttle to {v} leaves early and the shift won't wait for {O}
        the [coffee|soup|tap water] at {v} is so bad that {S} {bring+} a flask to work
        {S} got stuck in the lift at {v} and reached {P} own desk two hours late
        {S} only went along to keep a friend company, but {v} offered {O} the job on the spot
        in {P} first week at {v} {S} spilled tea on the boss, and still they kept {O}
        {v} paid the wages late again, so {S} could not buy the tickets
        {S} wrote a cheeky letter, {v} liked it, and so {P} name has been on the payroll ever since
        because {v} has no [parking|bus stop], {S} {cycle+} to the office every day
        {S} {get+} free tickets for the fair, since everyone on the staff of {v} does
        there was a strike at {v}, so {S} stayed in bed instead of going to work
        {P} mug says {v}, because every employee there gets one
        {S} fell in love in the canteen. working for {v} has its good sides
        the badge got wet, so {S} had to prove at the gate of {v} that {S} {work+} there
        {S} {have} {v} to thank for the flat, because without that steady salary no landlord would have taken {O}
        {P} pay slip [says|reads|comes from] {v}
        {P} lanyard opens the [doors|barriers|gates] of {v} on weekdays
        {v} knows {O} by a staff number
        when {S} {call+} in sick, the phone rings at {v}
        the staff party {S} {go+} to [each winter|every summer] is thrown by {v}
        {S} {clock+} in at {v} [with a yawn|every morning|on the dot]
        {v} grows rich on {P} [sweat|overtime|hard work]
        if {S} resigned, the letter would go to {v}
        the staff canteen of {v} [feeds|nourishes] {O} every working day
        {P} holiday requests [end up|pile up|get signed] on a desk at {v}
        for {P} daily bread {S} {have} {v} to thank, the firm that pays {O}
        {S} {sell+} {P} working hours to {v}
        {v} has a locker, a time card and a [foreman|boss] waiting for {O} every monday
        on the office phone {S} {pick+} up with the words {v}, [good morning|how may we help]
        """,
        """
        who's {P} payslip from
        what crowd {am} {S} working for [these days|at the minute]
        {S} {work+} for who [sorry|again|now]
        whose books {am} {S} on, work wise
        where's {P} next shift, [what company|which firm]
        [dropping|bringing] {O} to work, what [company|firm] is it
        name of the [company|firm|crowd] paying {O}, [go|quick|what is it]
        what firm has {O} working [weekends|overtime|nights]
        kindly state the name of {P} [employer|present employer]
        in whose [employment|service|employ] {am} {S}
        with which firm was {P} contract of employment [concluded|signed]
        by what company is {P} salary [transferred|paid out]
        may i ask for which firm {S} {work+}
        whom does {P} tax card name as the employer
        into the service of which company did {S} enter
        the [bank|landlord|insurance] wishes to know by whom {S} {am} employed
        what firm must be [notified|informed] when {S} {am} too ill to work
        the landlord wants to see a pay slip, so which company pays {O}
        i am filling in a form for {O}, and it asks for the employer
        i have [flowers|a parcel|forgotten keys] to bring to {P} office, so at which company's reception do i ask
        i want to apply where {S} {work+}, because it sounds so nice. what is the firm called
        {S} {tell+} funny stories about the canteen at work, but what company is that
        for the [loan|lease|mortgage] they need to know which company {S} {work+} at
        {S} wore a badge from work, but it was too small to read, so which firm was on it
        it is an emergency and i must reach {P} boss, so which company do i ring
        the [newspaper|radio] says a firm is in trouble and i hope it isn't {P} employer, which is
        which firm is at the top of {P} pay slip
        at which firm does the phone ring when {S} {call+} in sick
        to which firm would {P} letter of resignation [go|be addressed]
        whose staff canteen [feeds|nourishes] {O} every working day
        which firm grows rich on {P} [overtime|sweat|hard work]
        whose logo is on the lanyard {S} {wear+} to the office
        who throws the staff party {S} {am} invited to
        where {do} {S} clock in [on monday morning|with a yawn|every morning]
        which firm would have an empty desk if {S} overslept
        """,
        """
        {S} [jacked in|walked out of|got the sack from] the old place, it's {v} paying {O} now
        new work crowd for {O}: {v}, [forget the other company|the old firm went bust]
        {P} contract with the former firm has [ended|expired], and {S} {have} entered the service of {v}
        {P} employer is another one since the [merger|summer|first of the month], namely {v}
        the old firm went [bankrupt|abroad|downhill], so {S} handed in the keys and signed with {v}
        a headhunter rang during dinner, and that is how {S} left the old company and joined {v}
        {P} lanyard [has|carries] a different logo these days, that of {v}
        {P} latest pay slips [come under|carry|have] the letterhead of {v}
        """,
    ),
    "birthday": lines(
        """
        {S} {am} a {v} baby, birthday [wise|pints and all]
        don't [make plans for|book anything on|be busy on] {v}, it's {P} birthday
        {P} bday is {v}, [no excuses|hint hint|pressies welcome]
        {v} rolls round and {S} {am} a year older, [worse luck|grey hairs and all]
        pints on {v} for {P} birthday, [who's in|bring cash|the usual place]
        {S} popped out on {v}, [bald and bawling|a week late|middle of the night]
        birthday for {O}? {v}, [every year funnily enough|same as always|put it in the phone]
        born on {v}, {S} {was}, [so presents then please|wettest day going|in a taxi nearly]
        {S} {hate+} a fuss but {v} is {P} birthday
        another year [gone|older|nearer the grave], {P} birthday's on {v} [already|again]
        of all days {P} birthday had to be {v}, [always rains|everyone's away|typical]
        forget {P} birthday on {v} and [you're dead|there'll be war|good luck]
        it's {v} {S} {have} the birthday, [not that anyone asked|mind you]
        [get a card|have the candles ready|keep the evening free], {v} is coming and so is {P} birthday
        {P} date of birth, as to day and month, is {v}
        the day on which {S} {complete+} another year of life is {v}
        it is on {v} that congratulations are due to {O}
        in the register of births {S} {am} to be found under [the date|the day] {v}
        {S} {have} had {P} birthday on {v} all {P} life, whatever the [list|computer|file] may say
        {v} is a day of celebration in our family, because {S} {was} born then
        the anniversary of {P} birth falls on {v}
        [wishes|cards|greetings] should reach {O} no later than {v}, the birthday itself
        according to the [certificate|nurse|church book], {P} birth took place on {v}
        every year, when {v} comes round, {S} {grow+} one year older
        to the question when {P} birthday is, the [answer|only correct answer] is {v}
        {v} was the day which made {P} parents so happy, namely that of {P} birth
        a card should be posted in good time, since {P} birthday is [celebrated|kept|observed] on {v}
        under date of birth, the day [given|entered|noted] for {O} is {v}
        {S} never {get+} a proper party, because on {v}, {P} birthday, everybody is away
        it snowed so hard on {v} that the doctor got stuck, and {S} {was} born without one
        last year's cake collapsed, so for {v}, when {S} {turn+} a year older, we will order one
        since {P} birthday falls on {v}, it always clashes with the [fair|school concert|flea market]
        {P} grandfather lost a bet, because {S} {was} born on {v} and not a day later
        the florist knows {v} by heart, because everyone orders flowers for {P} birthday
        {S} took {v} off, since nobody should have to work on a birthday
        on {v} the phone won't stop ringing, which {S} {hate+}, birthday or not
        there was a puppy with a ribbon on the morning of {v}, because it was {P} birthday
        the nurse wrote {v} on a tiny bracelet when {S} {was} born, and it was never thrown away
        they moved the wedding, because {v} was taken already by {P} birthday
        {P} passport was sent back, since the date of birth was smudged. {v} it should say
        {P} mother danced all night, and so {S} {was} born a little early, on {v}, to the sound of a band
        every {v} the same story is told over cake, the one about the hour {S} {was} born
        on {v} {P} age goes up by one
        {P} mother was in labour [right up to|until] {v}, and then there {S} {was}
        on {v} somebody has to bake for {O}, and use one candle more than last year
        {v} is when {P} phone [rings off the hook|never stops ringing] with many happy returns
        whoever forgets {v} owes {O} a [belated birthday card|birthday present]
        {S} {add+} a year to {P} age every {v}
        {S} entered this world, [naked and screaming|small and wrinkled|loud and hungry], on {v}
        {P} star sign is the one you get [for|by] being born on {v}
        {v} has a little cake drawn beside it in {P} family's calendar, with the new age
        the stork [had {O} in its beak|landed with {O}] on {v}
        happy birthday is [sung|hummed|played] for {O} when the calendar shows {v}
        until {v} {S} {am} still a year younger
        {P} [birthday suit|navel|first nappy] dates from {v}
        with {v} comes {P} yearly [crown of candles|birthday song|heap of birthday cards]
        """,
        """
        when's {P} bday [again|then|like]
        what day do we get the [pints|cake|pressies] in for {P} birthday
        {P} birthday's [when|what day] [sorry|again|now]
        when {do} {S} have the birthday
        [need to book|gotta plan] {P} birthday do, what date are we talking
        what's the date {S} popped out
        is {P} birthday gone already, [when was it|what day is it]
        birthday of {O}, [day and month|date please|go]
        {S} {was} born what day, [sorry|again|of what month]
        kindly state the day and month of {P} birth
        on which day are [congratulations|birthday wishes] due to {O}
        on what day does the anniversary of {P} birth fall
        may i enquire on what date {S} {celebrate+} {P} birthday
        by which date should a birthday [card|parcel|greeting] reach {O}
        which day did the [registrar|nurse|priest] enter for {P} birth
        we should not like to [miss|forget] {P} birthday; when is it to be
        the date of {P} birth is missing [from the form|in our records|on the application]
        in which month and on which day did {P} birth take place
        i am ordering {P} birthday cake, and the baker asks for which day
        the [clinic|airline|embassy] won't talk to me without {P} date of birth, so what is it
        i forgot {P} birthday last year and it was awful, so when is it
        we are making a calendar with everybody's birthday, so on which page does {P} birthday go
        {S} dropped hints about presents again, so {P} birthday must be near. which day
        i am doing a horoscope for {O} and need the day {S} {was} born
        i want to be the first to sing for {O}, so on what date is that birthday
        the [zoo|museum|pool] lets {O} in free on {P} birthday, so when would that be
        i am booking a table for {P} birthday, and the waiter would like a date
        on [which|what] date does {P} age go up by one
        when does {P} phone [ring off the hook|never stop ringing] with many happy returns
        beside [which|what] date does {P} family draw a birthday cake in the calendar
        on [which|what] date did the stork have {O} in its beak
        until [which|what] date {am} {S} still a year younger
        {P} star sign follows from [which|what] date
        by what date must {P} birthday present be [wrapped|bought|in the post]
        when will {S} make a wish over a cake full of candles, one more than last year
        which date must nobody forget, or {S} would be left without birthday cards
        """,
        """
        [oops|nah|hang on], wrong day, {P} bday is {v}
        had {P} birthday down wrong [all this time|for years], it's {v}
        the day of {P} birth was entered wrongly and [should be corrected to|has to read] {v}
        {P} birthday had been noted for the wrong date; it [falls|is celebrated] on {v}
        we sang on the wrong day, because {P} birthday turns out to be {v}
        the date came from [an old letter|a smudged card|a bad copy] and was wrong, so put {v} down for {P} birthday
        we have been lighting {P} birthday candles on the wrong day, {v} is when {S} {was} born
        the birth certificate overrules {O}: the birthday cake is due on {v}
        """,
    ),
    "number": lines(
        """
        {P} {x} goes {v}, [got that|stick it on your hand|read it back]
        got {P} {x} [off the desk|by text|in an email], {v}
        [pen ready|ready|got a biro]? {P} {x}, {v}
        it's {v} you [want|need|are after] for {P} {x}
        {v}, [pretty sure|nearly certain|swear on it], is what {P} {x} is
        {S} {have} {v} [scribbled|inked|biroed] on {P} hand, it's the {x}
        {P} {x} is just {v}, [dead easy|nothing fancy|can't miss it]
        they've stuck {O} with {v} for a {x}, [no idea why|typical|could be worse]
        {x} for {O} is {v}, [ta|cheers|if they ask]
        {v} is stuck in {P} head now, what with it being the {x}
        when they [gave out|handed out|dished out] the {x}, {S} got {v}
        [don't be reading it out|keep it quiet|not so loud], but {P} {x} would be {v}
        [stick|pop|bang] in {v} where it wants {P} {x}
        look for {v}, [that's|it's] the {x} {S} {have}
        the {x} which has been [allotted|given|notified] to {O} is {v}
        {v} has been [issued|allocated|communicated] to {O} as {x}
        for the record, {P} {x} is to be [given|stated|recorded] as {v}
        please [quote|state|use] {v}, it being {P} {x}
        in the column for the {x}, beside {P} name, [stands|one reads|there is written] {v}
        as {P} {x}, the figures {v} have been noted
        it is {v}, if [the paper|the letter|the list] is to be believed, that serves as {P} {x}
        the [office|management|administration] has informed {O} in writing that the {x} is {v}
        should you be asked for {P} {x}, the correct answer is {v}
        {S} {have} copied {P} {x} with care from the [document|card|letter], and it says {v}
        {v}: so reads {P} {x}, and i have [checked it twice|read it aloud|compared it with the original]
        {P} {x} was confirmed [by letter|by telephone|by the clerk] and reads {v}
        nothing other than {v} is [valid|correct|accepted] as {P} {x}
        when {S} registered, the {x} [noted|entered] for {O} was {v}
        {S} stood in the [rain|cold|queue] for ages, because nobody believed that {v} was {P} {x}
        the ink ran, so the [clerk|guard|driver] misread {P} {x}, though it clearly said {v} before
        {S} scratched {v} into the [desk|table|door] so as not to forget {P} {x}, and got told off
        a child could learn {P} {x}, since {v} is easy to sing
        {S} {was} sent away at first, but with {v} as {P} {x} the [guard|computer|lady] was happy
        {S} wrote {v} on a hand, then it rained, so {P} {x} is now on the fridge too
        people laughed, since {v} sounded made up for a {x}, but {S} had it in writing
        {S} could not sleep and kept mumbling {v}, {P} {x}, into the pillow
        the [printer|machine|screen] was broken, so someone wrote {v} by hand where {P} {x} goes
        somebody else claimed it, so {S} had to prove that {v} was {P} {x}
        {S} won a bet, because {P} {x} happened to be {v} and no one had guessed it
        asked for {P} {x}, {S} shouted {v} through the noise, and the whole [hall|bus|office] turned round
        {P} {x} arrived [late|torn|without a stamp], but {v} could still be read, so all was well
        {S} used to mix everything up. then a friend made a rhyme on {v}, and {P} {x} was safe for good
        wake {O} at night, ask for the {x}, and {S} will [mumble|mutter|yawn] {v}
        {S} could [recite|sing|spell out] {v} in {P} sleep, it is {P} {x}
        {v} is scribbled on {P} [hand|wrist|sleeve], that way the {x} will not get lost
        if {P} {x} were a song, {v} would be the [chorus|refrain|first line]
        the knot in {P} handkerchief stands for {v}, the {x}
        only who says {v} has [guessed|hit on|got] {P} {x}
        the answer is {v} if the question is {P} {x}
        {P} {x}? count to {v} and [stop|halt] there
        the {x} is [tattooed|branded|burnt] on {P} brain, [digit by digit|for good]: {v}
        no more and no less than {v}, [such is|that makes] {P} {x}
        where a form says {x}, {S} [{put+}|{enter+}|{scribble+}] {v}
        on the fridge [hangs|sticks] a note for {O}: {x} {v}
        {S} made up a [rhyme|song|silly story] about {v}, to make the {x} stick
        {S} might forget {P} own head, but that {v} is the {x}, never
        """,
        """
        what's the story with {P} {x}, [what number|which digits]
        {P} {x}, [go|quick|shoot]
        hit us with {P} {x}, [pen's ready|ready when you are|typing now]
        it wants {P} {x}, [what do i stick in|what do i bang in|what goes there]
        read us out {P} {x} [there|would you|will ya]
        what did they stick {O} with for a {x}
        {x} for {O} is what [again|now|sorry]
        need {P} {x} [asap|like now|before the queue moves]
        which {x} {have} {S} got, [mate|sorry|again]
        kindly [quote|state|supply] {P} {x}
        which {x} has been [allotted|given|notified] to {O}
        beside {P} name, what does the list give as the {x}
        may i ask you to [repeat|read out] the figures of {P} {x}
        i need {P} {x} in order to [complete the form|fill in the application|answer the letter]
        what must be entered in the box for {P} {x}
        the office is unable to find {P} {x}; do you happen to [have it|know it]
        with what figures is {P} {x} to be [stated|written]
        i had written {P} {x} on a piece of paper which is [lost|no longer legible|in my other coat]
        i am filling in a form and need {P} {x}
        they won't help {O} without {P} {x}, so read it to me
        the [paper|card|note] with {P} {x} got wet, so which digits were on it
        there is a queue behind me and the clerk is waiting for {P} {x}, so how does it go
        i typed {P} {x} wrong and have only a last try left, so slowly please, digit by digit
        my battery is dying, so quick, what do i write down as {P} {x}
        the man on the phone wants to check that it is really {O} and asks for {P} {x}
        {S} mentioned {P} {x} while the [kettle|train|radio] was so loud that i missed it. what was said
        i am making a list so that nothing gets lost, and {P} {x} is still blank
        what would {S} mumble if woken at night and asked for the {x}
        which digits are [tattooed|branded|burnt] on {P} brain as the {x}
        where a form says {x}, what {do} {S} [put|scribble|fill in]
        what would i have to guess to [get|hit] {P} {x} right
        which {x} is on the note [on|stuck to] {P} fridge
        every box is filled in for {O} except the {x}, what goes there
        how far must i count to [arrive at|reach|land on] {P} {x}
        {P} {x} is on the tip of my tongue, [say it|help me out|which is it]
        about which digits did {S} make up a rhyme, to make the {x} stick
        """,
        """
        [scrap|bin|ignore] the old digits, {P} {x} is {v} now
        they've only gone and changed {P} {x}, {v} [it is now|from here on|this time]
        {P} former {x} has ceased to be valid, and {v} is to be used in its place
        {S} {have} been informed of a new {x}, [which is|reading] {v}
        there was a mistake in the [system|list|letter], so the old one is void and {v} counts as {P} {x}
        {S} had just learned the old {x} by heart when it was swapped for {v} because of the [new rules|repairs|mix-up]
        {S} had to [learn|invent|find] a new rhyme, for {P} {x} has become {v}
        scratch the old {x} off {P} note and [write|put] {v} over it
        """,
    ),
    "object_colour": lines(
        """
        went for {v} on {P} {x}, {S} did, [no regrets|mum's raging|bold move]
        {P} {x}? {v}, like, [top to bottom|every inch|the lot]
        the {v} {x} [out front|in the way|over there]? that's {P} one
        {S} slapped {v} paint all over {P} {x}, [looks class|still drying|bit streaky]
        it's {v} {P} {x} is, [so it is|you'd swear otherwise in the dark|colour wise]
        {S} would only have {P} {x} in {v}, [no other colour|fussy that way|had to wait weeks]
        colour wise, {P} {x} is on the {v} side, [i'd say|if anything]
        {S} {rock+} a {v} {x}, [total style icon|bold choice|looks the business]
        {v} was a [bold|mad|class|rotten] colour to get {P} {x} in
        {P} {x} is that {v} you'd [see it from space|go blind|need shades]
        {S} {have} {P} {x} in {v}, [matches nothing|goes with everything|nice colour]
        {v} all over, {P} {x}, [even the back|not a bit of any other colour]
        the colour in which {P} {x} is kept is {v}
        {P} {x} is to be described as {v} in colour
        {S} wanted a {x} with a colour of its own, and [the result|what came of it] is {v}
        as regards the colour of {P} {x}, the [decision|choice] fell on {v}
        {v} is the colour [given|stated] for {P} {x} in the [insurance papers|description|inventory]
        a {x} belonging to {O} is listed in the [papers|inventory], the colour being {v}
        when {S} first saw {P} {x}, it was already {v}, and so it has [stayed|remained]
        {P} {x} is of a colour which is commonly [known as|called] {v}
        in the description of {P} {x}, one should not [forget|leave out] that it is {v}
        anyone looking for {P} {x} should keep in mind the colour, {v}
        {S} would have preferred a different colour, but {P} {x} [happens to be|is nevertheless] {v}
        a {v} {x} has been in {P} possession [for years|since the winter|for some time]
        of the colours which were on offer for {P} {x}, {v} pleased {O} most and was taken
        that {P} {x} is {v} can be [seen from far away|confirmed by the neighbours|noticed even in fog]
        {S} wanted something quiet, but the paint was cheap, so {P} {x} came out {v} and the neighbours stared
        it was dark in the shop, so only at home did {S} see that the {x} was {v}
        nobody would steal {P} {x}, because it is so {v} that it hurts the eyes
        in the fog they only found {O} because {P} {x} was {v}
        a [bird|bee|child] would not leave {P} {x} alone, {v} as it is
        {S} lost a bet and had to take the {x} in {v}, but got used to it
        the kids got hold of a pot of paint, and so {P} {x} has been {v} ever since
        they argued for weeks about the colour of {P} {x}. {v} won, and now there is peace
        since {v} hides the dirt, {S} took that colour for {P} {x} and never {clean+} it
        even the postman smiles now and then, because {P} {x}, {v} and shiny, is such a sight
        an aunt picked {v} out of kindness, so {S} left the colour of the {x} as it was
        from the [bridge|train|hill] you could see something {v}, and that is how {S} found {P} {x} again
        in the catalogue it looked different, but a {v} {x} was delivered, and {S} kept it out of laziness
        {S} {get+} teased about {P} {x} a lot. {v} was all they had left in the sale
        to [touch up|hide|cover] a scratch on {P} {x} you need a pot of {v}
        a child drawing {P} {x} reaches for the {v} [crayon|pencil|felt pen]
        if {P} {x} could blush, it would first have to stop being {v}
        {v} is what [hits|meets|greets] your eye when {P} {x} comes into view
        {P} {x} wears {v} from [head to toe|top to toe]
        {P} {x} fades a bit every summer, yet one can still call it {v}
        in front of a {v} [wall|curtain|screen] {P} {x} would be invisible
        {P} {x} must have [fallen|been dipped] into a pot of {v} paint
        {v}, [says|reads] the pot in the cellar, left over from painting {P} {x}
        somebody at the paint factory mixed {v}, and {P} {x} got it all
        bees take {P} {x} for a flower, so very {v} [it is|are its looks]
        on {P} {x} every [stain|speck of dust] shows, unless it is {v} as well
        {v} paint [sticks to|comes off on] whoever leans on {P} {x}, it has just been done
        were {P} {x} a crayon, it would be the {v} one
        """,
        """
        what colour's {P} {x} [at all|like|then]
        which {x} is {P} one, [what colour|colour wise]
        what colour did {S} slap on {P} {x}
        [picking up|looking for|minding] {P} {x}, what colour [am i after|do i look for]
        {P} {x} is what colour [sorry|now|did you say]
        colour of {P} {x}, [go|quick|hit me]
        how'd you describe {P} {x}, [colour wise|just the colour]
        what colour {x} {am} {S} rocking [these days|at the minute]
        there's loads here, what colour's the {x} {S} {have}
        how is {P} {x} to be described as regards its colour
        on which colour did the [decision|choice] fall for {P} {x}
        the [insurance company|police|painter] asks for the colour of {P} {x}
        may i ask of what colour {P} {x} is
        which colour should one keep in mind when looking for {P} {x}
        kindly state the colour of the {x} [which {S} {have}|belonging to {O}]
        what colour was given for {P} {x} in the [description|papers|inventory]
        i am unable to say any more which colour {P} {x} [has|is]
        i have to touch up a scratch on {P} {x}, so what colour do i ask for in the shop
        the police need a description of {P} {x}, starting with the colour
        i am knitting something to go with {P} {x}, so what colour should it match
        i am to fetch {P} {x} and there are dozens of them, so what colour do i look out for
        {S} sent a photo of {P} {x}, but my screen shows no colours, so which is it
        the [insurance|customs|lost property] form has a field for the colour of {P} {x}, so what goes in
        the kids are drawing {P} {x} and ask which crayon to take
        somebody left a {x} at the station. it could belong to {O}, so what colour is {P} {x}
        i am colour blind, so tell me what others see when they look at {P} {x}
        which crayon should a child take to draw {P} {x}
        what colour is named on the pot left over from painting {P} {x}
        in front of a wall of what colour would {P} {x} be invisible
        a pot of what colour would hide a scratch on {P} {x}
        what colour does {P} {x} wear from [head to toe|top to toe]
        if {P} {x} were a crayon, which [one would it be|would it be]
        i am [painting|doing] a portrait of {P} {x}, which colour do i [squeeze out|mix|need]
        which colour did the paint factory have to [mix|stir] for {P} {x}
        out of the corner of the eye, {P} {x} is a [spot|patch|flash] of what colour
        """,
        """
        {S} got sick of the old colour, {P} {x} is {v} now
        [slapped|stuck] fresh paint on {P} {x}, all {v} [now|these days], the old colour's gone
        {P} {x} has been given another colour and is from now on {v}
        the colour noted for {P} {x} is [out of date|no longer correct]; it should read {v}
        the old colour [faded|bored everyone|brought bad luck], so over the weekend {P} {x} was made {v}
        {S} got tired of the old look, which is why {P} {x} went to the workshop and came back {v}
        {P} {x} has shed its old skin and wears {v} [these days|now]
        the pot of {v} is empty because {P} {x} [got|was given] a fresh face
        """,
    ),
    "likes": lines(
        """
        {S} {am} [mad for|daft about|well into] {v}, [so {S} {am}|always have been|like a kid at christmas]
        {v} is [class|lush|brilliant|unreal], {S} [{reckon+}|always {say+}|will tell anyone]
        {v}? [yes please|go on then|every time], right up {P} street
        [stick|put] {v} in front of {O} and [happy days|sorted|that's the big grin]
        {S} {am} partial to [a bit of|some|the odd bit of] {v}, [mind you|not gonna lie|who isn't]
        [massive|huge|secret] fan of {v}, {S} {am}
        any excuse for {v}, that's {O} all over, [pure love|big fan]
        {S} {do} love [a bit of|some good] {v}, [can't help it|no shame|on a sunday]
        say what you want, {S} {like+} {v} [loads|a lot|no end], [simple as|deal with it]
        {v} always goes down [a treat|well|a storm] with {O}
        [happy out|in {P} element|buzzing] with {v}, {S} {am}
        gotta hand it to {v}, {S} {love+} every bit of it
        it's {v} that [floats {P} boat|does it for {O}|puts the smile on {O}], [like|so it is|innit]
        {S} {go+} [all giddy|all soft|weak at the knees] over {v}, [big fan|pure love|in a good way]
        in {v} {S} {have} always found great [joy|pleasure|delight]
        it cannot be denied that {S} {have} a [weakness|certain weakness] for {v}
        {S} {am} very much attached to {v}, [as you will have noticed|and not ashamed of it]
        already at school, {P} liking for {v} was [well known|remarked upon|a subject of jokes]
        with {v} one can give {O} [great pleasure|a happy hour|much joy]
        there is little that {S} {appreciate+} so much as {v}
        {v} will always be welcome [to {O}|in {P} house]
        that {S} {think+} highly of {v} will be no news to [the family|the neighbours|my readers]
        {P} enthusiasm for {v} knows no bounds
        {S} {welcome+} {v} gladly, at any [hour of the day|time of the year]
        under likes and interests, {S} [entered|wrote|named] {v}
        the pleasure which {S} {derive+} from {v} is [considerable|very great|a comfort to us all]
        it is {v} by which {P} [sundays|evenings|lonely hours] are made happy
        {v} was once recommended to {O}, and the liking has [remained|grown ever since]
        {S} missed the last train because of {v}, but {S} would do it again for something {S} {love+} so much
        the evening was dull until {v} came up, and suddenly {S} {was} the happiest person in the room
        {S} cancelled [a date|a meeting|dinner], since there was {v} elsewhere and {S} never {say+} no to such a joy
        a doctor ordered something nice every day, so {S} chose {v}, and {have} enjoyed life ever since
        it was meant as a joke, but {v} made {O} cry with joy, so great is the love
        {S} had a rotten week, so there had to be {v}, as always when {S} {want+} to enjoy life
        they wanted to discuss money, yet {S} kept coming back to {v}, out of sheer love
        {S} came only for {v}, because {S} {like+} that so much, and stayed till the lights went out
        ever since a rainy holiday with nothing but {v} to do or see, {S} {have} been in love with it
        {P} flatmates [tease|mock|scold] {O} because of {v}, but {S} {enjoy+} it far too much to stop
        if {S} {am} humming in the morning, there must be {v} ahead, because {S} {love+} that
        the house could be on fire. {S} would still be [smiling|beaming|purring], as long as there is {v}
        {S} {was} in tears, so someone mentioned {v}, and it worked, because {S} {adore+} the very word
        the way to {P} heart leads [straight|right] through {v}
        mention {v} and {S} {purr+} [with delight|like an engine]
        there is no [dragging|tearing|prying] {O} away from {v}, [such fun it is|so happy it makes {O}]
        {P} heart skips a [happy|merry] beat for {v}
        {v}, [now that is|that would be] [just|exactly] {P} cup of tea
        [bribe|tempt|lure] {O} with {v}, it [always works|never fails]
        {S} {am} a [sucker|hopeless sucker|sucker, as they say,] for {v}
        lock {O} up with {v} and {S} will not ask to be let out
        right up {P} street: {v}
        nothing but {v} can [make {P} toes curl with delight|put such a grin on {P} face]
        {S} could [kiss|hug|knight] whoever invented {v}
        where {v} can be had, {S} will not be far away, [grinning|beaming|humming]
        put {v} in front of {O} and watch the [grin|smile] spread
        for {v} {S} would [get out of bed|leave any sofa] at any hour, and gladly
        """,
        """
        what floats {P} boat, [like|in general]
        what {am} {S} mad for, [like|these days|by the way]
        what's right up {P} street
        what puts the [big grin|smile] on {O}
        what always goes down [a treat|well|a storm] with {O}
        what {am} {S} partial to, [like|mind you]
        something {S} {like+}, [go|anything|quick]
        [trying to cheer {O} up|want to get on {P} good side], what {am} {S} well into
        {S} {love+} what [again|so much|no end]
        in what {do} {S} take particular pleasure
        what is it that {S} {appreciate+} so [much|highly]
        for what {do} {S} have a [weakness|certain weakness]
        may i ask what is to {P} liking
        with what could one give {O} [great pleasure|a happy hour|much joy]
        to what {am} {S} so much attached
        what was entered for {O} under likes and interests
        what will always be welcome [to {O}|in {P} house]
        i should like to [know|be told] of what {S} {think+} so highly
        i want to cheer {O} up after such a week, so what is it that {S} {enjoy+}
        i am planning an evening for {O}, and it should be full of what {S} {love+}, which is
        {S} went all dreamy talking about it, but i forgot what it was that {S} {like+}
        it is a special day for {O} and there should be something {S} {enjoy+}, so what do i arrange
        there must be something to talk about at dinner with {O}, so what {am} {S} enthusiastic about
        i don't know {O} well yet, so help me: in what {do} {S} delight
        the profile has a box for likes, so what goes there for {O}
        {P} eyes lit up at something yesterday, and i wonder what {S} {like+} that much
        {S} {am} easy to please, they say, because there is a thing {S} {adore+}. what thing
        what leads [straight|right] to {P} heart
        what is the best [bribe|bait] for {O}
        what would be [just|exactly] {P} cup of tea
        what {am} {S} a [sucker|hopeless sucker] for
        what is right up {P} street
        from what is there no [dragging|tearing|prying] {O} away, such fun it is
        the inventor of what would {S} gladly [kiss|hug|knight]
        what must one mention to make {O} purr
        at the sight of what does {P} grin [reach both ears|spread]
        """,
        """
        {S} went off the old thing, it's {v} {S} {am} mad for now
        [new obsession|latest craze] for {O}: {v}, [can't get enough|pure love|way better than the last]
        {P} liking has turned to {v}, which formerly meant nothing to {O}
        in former days it was something else, but today it is {v} that {S} {enjoy+}
        the old love has cooled, because {S} tried {v} one evening and {like+} that better
        {S} came back from the holidays a changed person, so what {S} {enjoy+} now is {v}
        {P} heart has changed lanes and skips a happy beat for {v} these days
        the old flame has [cooled|died], and now {v} would be {P} cup of tea
        """,
    ),
    "dislikes": lines(
        """
        {v} would [do {P} head in|drive {O} up the wall|put {O} in a foul mood]
        {S} can't be doing with {v}, [sorry|never could|life's too short]
        {v}? [no ta|bleurgh|get lost], {S} {hate+} the sight of it
        {S} wouldn't thank you for {v}, [can't stand the thing|pure dislike]
        {v} is [rank|minging|rotten|pants], {S} {reckon+}
        if there's one thing {S} [can't stick|can't hack|can't abide] it's {v}
        {P} pet hate? {v}, [always was|no contest|don't ask]
        {v}, [no way|nope|yuck], not {P} thing at all
        {S} {am} sick [to the teeth|to death|and tired] of {v}, can't stand it
        whoever invented {v} owes {O} an apology, {S} {hate+} it
        {S} would rather [sit in traffic|do the washing up|watch paint dry] than put up with {v}
        {v} can [get in the bin|do one|go and jump], {S} {hate+} it
        {S} {turn+} {P} nose up at {v}, [every time|without fail|the face on it]
        don't get {O} started on {v}, [worst thing ever|pure hatred|the rage is real]
        {S} {have} a [strong|marked|lifelong] aversion to {v}
        never in {P} life could {S} find any [pleasure|good] in {v}
        for {v} {S} {feel+} nothing but [disgust|loathing|contempt]
        {S} {object+} [strongly|most strongly|with all {P} force] to {v}
        with {v} one will only [displease|annoy|vex] {O}
        it is well known in the [family|village|office] that {S} {detest+} {v}
        {P} dislike of {v} goes back to [school days|a bad holiday|the years in the army]
        {v} can never be made agreeable to {O}, [however one may try|the distaste is too old]
        there is hardly anything that {S} {find+} so [unpleasant|disagreeable|detestable] as {v}
        kindly spare {O} the [sight|very mention] of {v}, which {S} {loathe+}
        be so good as not to come to {O} with {v}, the dislike is too great
        it is {v} that {S} {wish+} out of the world, so strong is the [hatred|dislike]
        under dislikes, {S} [entered|wrote|named] {v}
        {S} {have} tried for years to get used to {v}, but the loathing remains
        {S} walked out of the [wedding|meeting|show] because there was {v}, and {S} cannot stand that
        it took {O} a week of bad moods to get over {v}, which {S} {hate+} like nothing else
        at camp there was {v} every single day, so {S} {have} hated it ever since
        the hosts meant well with {v}, so {S} smiled politely, but inside it was pure disgust for {O}
        {S} changed seats on the train, since somebody brought up {v} and {S} {find+} that unbearable
        {S} gave {v} three chances out of politeness and still {think+} it is awful
        {S} sent back the whole parcel, because there was {v} in it and {S} {detest+} that
        the evening was saved when {v} got cancelled, because {S} {loathe+} it and said so
        nobody gets a thank-you card from {O} for {v}. {S} {dislike+} it far too much
        as soon as {v} comes up {S} {pretend+} to get a phone call, just because {S} {hate+} it
        {S} would have liked the party, but there was {v}, and that spoils everything for {O}
        they tried to win {O} over to {v} again, and again {S} said how much {S} {hate+} it
        a long car ride full of {v} was too much, and {P} dislike of it has only grown since
        {v}, no, that is not {P} cup of tea [at all|in the least]
        {S} {turn+} up {P} nose at {v}
        {v} has always been a thorn in {P} side
        there is no love lost between {O} and {v}
        {S} {pull+} a [sour|wry] face at the word {v}, as if it tasted foul
        at {v} {P} toenails curl with disgust
        if {S} ruled the world, {v} would be [banned|outlawed|abolished] as a public nuisance
        to {P} ears {v} might as well be chalk squeaking on a board, so [annoying|unbearable] is it all
        {P} patience [ends|is over] as soon as somebody starts with {v}
        {v} can go to [hell|blazes], if you ask {O}
        whoever invented {v} has an enemy in {O}
        {v}? {S} {roll+} {P} eyes and {leave+} the room
        {S} would rather [scrub gutters|wash windows|count sand] all day than put up with {v}
        [thumbs down|boos and hisses] from {O} for {v}
        """,
        """
        what can't {S} [stick|hack|abide]
        what does {P} head in
        what wouldn't {S} thank you for
        {P} pet hate, [go|what is it|again]
        what {do} {S} turn {P} nose up at
        what {am} {S} always moaning about and can't stand
        what [can't {S} be doing with|has {O} up the wall]
        {S} {hate+} what [again|now|sorry]
        [planning a night|getting a present], what should i not bring cos {S} {hate+} it
        to what {do} {S} have a [strong|marked|lifelong] aversion
        in what could {S} never find any [pleasure|good]
        to what {do} {S} object so strongly
        what was entered for {O} under dislikes
        with what would one only [displease|annoy|vex] {O}
        may i ask what {S} {detest+}
        what is it that {S} {find+} so [unpleasant|disagreeable|detestable]
        against what is {P} aversion directed
        what should nobody [offer|bring] to {O}, the dislike being so great
        i am planning the party and want no long faces, so what {do} {S} hate
        {S} smiled bravely, but everyone could tell. what was it that {S} {dislike+} so much
        the form has a box for likes and one for dislikes, so what goes in the second for {O}
        i am buying a present and had better avoid what {S} {loathe+}, so what is that
        {S} left in a huff, so somebody must have brought up the thing {S} {detest+}, namely
        before i suggest something stupid to {O}: what {do} {S} find awful
        {S} may ban a single thing from the flat, and it will be the most hated, so what
        {S} {pull+} such a face sometimes. at what, i mean what is so hateful to {O}
        i would like to stay friends with {O}, so with what should i never come, as {S} {hate+} it
        what is a thorn in {P} side
        what is not {P} cup of tea [at all|in the least]
        if {S} ruled the world, what would be [banned|outlawed|abolished] as a public nuisance
        at what {do} {S} turn up {P} nose
        the inventor of what has an enemy in {O}
        between {O} and what is there no love lost
        what might as well be squeaking chalk to {P} ears
        at the mention of what {do} {S} roll {P} eyes and leave the room
        what gets [a loud boo|boos and hisses|thumbs down] from {O}
        """,
        """
        {S} {am} grand with the old one, it's {v} that does {P} head in now
        {P} new pet hate is {v}, the other thing is fine [now|these days]
        {P} former dislike is forgotten; what {S} cannot endure today is {v}
        {S} {have} come to loathe {v}, which used not to [trouble|bother] {O}
        {S} made peace with the old enemy, but then came {v}, and that is what {S} {hate+} now
        the old thing is forgiven, because {v} got on {P} nerves even more and is now the most hated
        the old grudge is buried, these days {v} would be the thorn in {P} side
        {P} nose turns up at something else now, namely at {v}
        """,
    ),
    "allergy": lines(
        """
        {v} would [finish|floor|kill] {O}, [allergic like|dead serious allergy|the allergy is that bad]
        {S} can't do {v}, [allergy thing|allergic and all|pure allergic]
        {S} {come+} out in [lumps|a rash|hives] with {v}
        one whiff of {v} and {P} face [blows up|swells|is a balloon]
        is there {v} in that? cos {S} {am} allergic
        watch it with the {v}, {P} allergy's [no joke|bad|brutal]
        {S} {puff+} up like a balloon [from|off|round] {v}, [the allergy|pure allergic]
        {P} throat [closes|swells up|goes mad] with {v}, [get the jab|allergic reaction]
        mind {S} {do}n't [get|have|go near] {v}, {S} {am} [dead|fierce|wicked] allergic
        deadly for {O}, {v}, [allergy card and all|proper allergy]
        allergies? just the one for {O}, {v}
        {S} {am} not being fussy about {v}, it's a [proper|real|medical] allergy
        there must be {v} about, {P} allergy's [acting up|gone mad|kicking off]
        {v} sets {O} off [something shocking|every time|rotten], {S} {am} that allergic
        {S} {have} been diagnosed with an allergy, and {v} was named as the [cause|trigger]
        a hypersensitivity to {v} was established in {P} case by the [clinic|specialist|school doctor]
        on medical advice {S} must refrain from {v}, owing to an allergic reaction
        {P} medical file contains a warning: [allergic|severe reaction] to {v}
        the allergy from which {S} {suffer+} is [caused|brought on|provoked] by {v}
        contact with {v} leads in {P} case to a rash and to difficulty in breathing
        {v} must under no circumstances be given to {O}, as there is an allergy
        it is {v} to which {P} body reacts with [swelling|itching|red spots]
        in the field for known allergies, {S} [entered|wrote|declared] {v}
        {S} {tolerate+} everything with the exception of {v}, to which there is an allergy
        by reason of an allergy, {v} should be kept at a distance from {O}
        the allergist came to the conclusion that {S} cannot tolerate {v}
        {v} once caused {O} an allergic shock, and the danger [remains|has not passed]
        please inform the [kitchen|hospital|school] of {P} allergy, which concerns {v}
        the party ended with an ambulance, because there was {v} about and {S} {am} allergic
        {S} swelled up like a balloon at the wedding. {v} did it, the doctor said, a clear allergy
        {S} had to leave the [cinema|train|choir], because someone had brought {v} and {P} allergy flared up
        {P} nose ran for weeks until a test pointed to {v}, so there are allergy tablets in every pocket now
        every [waiter|host|neighbour] gets the same speech from {O}: {v} would mean a rash and a night in hospital
        a schoolfriend dared {O} with {v} once, and that is how {S} found out about the allergy
        {S} {read+} every label to the end, because a trace of {v} sets off an allergic shock in {O}
        the picnic was lovely. then {v} turned up, {P} lips went numb, and the allergy had been found
        since {v} and {P} immune system are at war, {S} never {travel+} without tablets
        {S} blamed a cold, but it was an allergy to {v} that had {O} sneezing through the whole concert
        the school had to ban {v}, because {P} throat swells shut and nobody wanted to risk it
        {S} kissed someone who had just been near {v}, and the allergy showed all over {P} face
        {P} emergency pen saved the day, because somebody forgot the allergy and brought {v} to the meeting
        {P} sneezing starts with {v}
        one whiff of {v} and {P} [handkerchief|inhaler] has work to do
        {v} would [turn|blow up] {P} face into a balloon, says the allergy doctor
        {P} immune system declared war on {v}
        {S} {read+} every label for traces of {v}, or [it is the ambulance|hives are the price]
        the [antihistamines|allergy pills] in {P} bag are there because of {v}
        {P} body takes {v} for an enemy, and {P} skin [shows it|breaks out in hives]
        let {v} near {O} and the [hives|wheals|itching spots] are not far
        {P} throat [closes|swells shut] at the first trace of {v}
        waiters have to swear to {O} that there is no trace of {v}, or an ambulance comes
        the prick test on {P} arm [swelled up|itched like mad] at {v}
        {v} and {P} nose are at war, and tissues are the ammunition
        itching, swelling, wheezing: {v} did all that to {O}
        """,
        """
        what brings {O} out in [lumps|hives|a rash]
        what would [finish|floor] {O}, allergy wise
        [making|doing|ordering] food for {O}, any allergy, [what is it|to what]
        {S} {am} allergic to what [again|now|sorry]
        what's the story with {P} allergy, what sets it off
        what makes {P} face [blow up|swell|puff up]
        why the [tablets|jab|pills] in {P} bag, allergic to what
        what {am} {S} sneezing at, [with the allergy|allergic like]
        {have} {S} got an allergy, and what to
        what allergy is noted in {P} medical file
        from what must {S} refrain on account of [the|an] allergy
        by what is {P} allergic reaction [caused|brought on|provoked]
        what must under no circumstances be given to {O}, for reasons of allergy
        to which substance {am} {S} hypersensitive
        may i ask what {P} body does not tolerate, allergically speaking
        the [hospital|cook|school] wishes to know what kind of allergy {S} {have}
        what was named as the cause of {P} [rash|allergy|allergic shock]
        kindly state to what {S} {react+} allergically
        i am cooking for {O} and would rather not call an ambulance, so what {am} {S} allergic to
        the [school nurse|camp leader|hospital] has a line for allergies, so what goes there for {O}
        {S} never {go+} near a buffet because of that allergy. to what was it
        the airline wants to know about any allergy, so in {P} case that would be
        {P} face is all swollen, so what could it be that {S} {react+} to
        before i open this packet next to {O}: what does {P} allergy forbid
        the doctor asked and i stood there like a fool: what does {P} body not tolerate
        {S} always {carry+} an emergency pen, so there is an allergy, but against what
        we are looking for a holiday flat that is safe for {O}, so it must be free of which allergen
        what does {P} medical bracelet warn of
        with what does {P} [sneezing|wheezing] start
        on what did {P} immune system declare war
        for traces of what {do} {S} read every label
        what would [turn|blow up] {P} face into a balloon
        against what are the [antihistamines|allergy pills] in {P} bag
        what made {P} arm [swell|itch] in the prick test
        because of what {do} {S} carry an allergy [syringe|pass|card]
        one whiff of what and {P} [handkerchief|inhaler] has work to do
        """,
        """
        {S} {am} grand with the old one now, it's {v} that sets off {P} allergy
        tests came back different, {P} allergy's to {v}, not the other
        the earlier diagnosis was [withdrawn|mistaken]; {P} allergy is to {v}
        the former allergy has passed, but in its place {S} {have} developed one to {v}
        the first test was nonsense, so {S} went again, and now {v} is down as the allergy
        {S} can have the old thing again, because all along it was {v} that gave {O} the rash
        {P} medical bracelet had to be engraved again, it warns of {v} now
        {P} nose has picked another enemy and [sneezes|runs] at {v} these days
        """,
    ),
    "fear": lines(
        """
        {v} would have {O} [screaming|up on a chair|out the door], [dead scared|pure terror|scared stiff]
        {S} {am} bricking it about {v}, [proper scared|scared stiff|total phobia]
        {S} {get+} the [heebie-jeebies|willies|frights] from {v}, [scared stiff|big phobia]
        show {O} {v} and [hear the scream|see who runs first|stand back], scared stiff
        [big baby|total wimp|pure wuss], {S} {am}, scared stiff of {v}
        {S} {run+} a mile from {v}, [terrified|scared stiff|petrified]
        {P} worst nightmare? {v}, [brr|shudder|don't laugh]
        {S} won't go in there in case there's {v}, [too scared|scared stiff]
        it's {v} {S} {am} [petrified of|scared of|terrified by], [don't laugh|like a kid]
        {S} {act+} [hard|tough|brave] but {v}? [terrified|shaking|in bits with fear]
        one mention of {v} and {S} {am} [hiding behind the couch|shaking|a nervous wreck], scared out of it
        don't be messing with {v} round {O}, it's a proper phobia
        {S} can't sleep for fear of {v}, [daft i know|lights on and all]
        phobia? yeah, {S} {have} one, {v}
        {S} {have} spent all these years in [dread|terror] of {v}
        {v} can fill {O} with [terror|dread|panic]
        since childhood {S} {have} suffered from a [fear|great fear|morbid fear] of {v}
        the mere [thought|mention] of {v} is enough to frighten {O}
        there is one thing before which {P} courage fails, and that is {v}
        the sight of {v} makes {P} heart beat faster with fear
        in the presence of {v} {S} {become+} pale with [fear|fright|terror]
        a deep fear of {v} has been with {O} since a certain [event|night|accident] long ago
        {S} {am} otherwise a brave person, but {v} cannot be [faced|met|mentioned] without fear
        it is {v} of which {S} {am} so [terribly|dreadfully] afraid
        the [doctor|therapist] calls it a phobia, and its object, in {P} case, is {v}
        nothing causes {O} such [anxiety|fright|fear] as {v}
        {P} fear of {v} is [known to the whole family|no secret|a burden to us all]
        {S} {sleep+} badly for fear of {v}
        {S} {sleep+} with the light on, because the thought of {v} scares {O} stiff
        someone said {v}, so {S} jumped onto a chair in fright, and the waiter dropped the tray
        {S} had a bad night with {v} as a child, and the fear never went away
        the others went up the hill alone, because there was talk of {v} and {S} {was} too frightened
        it was only a picture of {v}, but {S} screamed so loud that the neighbours came
        {S} took the long way round to get away from {v}, and {P} heart was still pounding with fear at home
        a therapist showed {O} {v} through a window, and {S} fainted with fear
        {P} hands shook, the cup fell, and all that out of fear of {v}
        {S} would have taken the [flat|cabin|tent], but {v} had been reported there, and {S} {am} far too scared
        brave as {S} {am} otherwise, a word about {v} is enough to make {O} hide behind the sofa
        {S} never {go+} camping, for fear that {v} might turn up
        somebody put {v} at {P} door for fun, so {S} did not dare go out for days
        it was {v} that made {O} run out into the street in [slippers|a bathrobe|pyjamas], white with terror
        {P} hair stands on end at the [sight|mention] of {v}
        {S} would [jump|leap|flee] onto a chair, trembling, should {v} turn up
        near {v} {P} knees knock together
        the monster under {P} bed? none other than {v}
        {S} {sleep+} with the light on because of {v}
        {P} blood [runs|turns] cold at the mere thought of {v}
        {S} {break+} out in a cold sweat over {v}
        let {v} appear in a film and {S} {hide+} behind a cushion
        {S} {am} a hero until somebody says {v}, then it is all [trembling|shaking]
        {P} heart [drops|sinks] into {P} boots at the word {v}, such a [fright|terror] it is
        whoever wants to hear {O} scream [in terror|for help] should whisper {v}
        {P} nightmares are made of {v}
        {v}, and {P} teeth chatter, though not from the cold
        a book about {P} phobia would have one chapter only: {v}
        """,
        """
        what gives {O} the [heebie-jeebies|willies|frights]
        what {do} {S} run a mile from, [too scared to stay|scared like]
        what {am} {S} bricking it over
        {P} phobia, [go|what is it|spill]
        {S} {am} scared of what [again|now|sorry]
        what would have {O} [up on a chair|behind the couch], [scared stiff|terrified]
        [be honest|no laughing], what {am} {S} such a wuss about
        [planning a prank|halloween's coming], what {am} {S} petrified of
        of what {do} {S} stand in [dread|fear]
        before what does {P} courage fail
        what fills {O} with [terror|dread|panic]
        may i ask what it is that {S} {fear+}
        the [doctor|therapist|nurse] would like to know what causes {O} such [anxiety|fright]
        what is the object of {P} [phobia|fear]
        in the presence of what {do} {S} become pale with fear
        which thing is it that {S} cannot [face|meet] without fear
        the mere [thought|mention] of what is enough to frighten {O}
        i am choosing a film and don't want {O} to panic, so what {do} {S} fear
        {S} went pale and ran, so i would like to know what frightens {O} so much
        the therapist has a form with a line for phobias, so what do i put for {O}
        i would never tease {O} with it, but i have to know what {S} {am} scared of
        we are going camping with {O}, so given that fear, what had better not turn up
        {S} {sleep+} with the light on, and there must be a reason. out of fear of what
        {S} won't set foot in the cellar, so what is it that {S} {dread+} meeting there
        every hero has a weak spot, so what sends shivers down {P} spine
        the kids are planning a prank and i have to stop it, so what would terrify {O}
        what is the monster under {P} bed
        at the thought of what does {P} blood run cold
        what are {P} nightmares made of
        what makes {P} hair stand on end
        because of what {do} {S} sleep with the light on
        what would drive {O} up on a chair, [trembling|shaking|screaming]
        {S} {am} a hero until somebody mentions what
        about what [phobia|horror] could {S} write a book
        what must turn up in a horror film to get {O} behind the cushion
        """,
        """
        {S} got over the old fear, it's {v} that has {O} shaking now
        new phobia for {O}: {v}, the old one's [gone|cured]
        {P} old fear has been overcome, but another has taken its place, that of {v}
        formerly {S} feared something else; today the [fear|terror] is of {v}
        {S} got over the old fear with a lot of practice, but now it is {v} that makes {O} tremble
        since that night the old fear seems silly to {O}, because {v} took its place as the great horror
        {P} old ghost is laid to rest, now it is {v} that makes {O} [tremble|shiver|shake]
        the monster under {P} bed has changed its face: {v}
        """,
    ),
    "kept_in": lines(
        """
        {P} {x}? [have a root|have a rummage|stick your hand] in the {v}
        chucked {P} {x} in the {v}, {S} did, [as you do|in a rush|half asleep]
        it's in the {v} {S} {keep+} {P} {x}, [don't tell anyone|so it is|always]
        {S} {bung+} {P} {x} in the {v} [every night|at the end of the day|after work]
        in the {v} you've got {P} {x} and [all sorts|god knows what|loads of junk]
        whatever you do, don't [move|throw out|lock] the {v}, {P} {x} {are_x} in there
        {P} {x} {are_x} [floating about|knocking about|buried somewhere] in the {v}
        panic over, {P} {x} {are_x} in the {v} [after all|as per usual|not lost at all]
        grab {P} {x} [for us|there|would you], should be in the {v}
        try the {v}, [love|mate|pet], {S} {have} {P} {x} in there
        {S} {trust+} the {v} with {P} {x}, [daft i know|and nowhere else]
        where else would {S} stick {P} {x} but in the {v}
        {P} {x}, sat in the {v} [as usual|all day|doing nothing]
        the {v}, [right at the back|under all the junk|down the bottom], that's where {P} {x} {are_x}
        the place to which {P} {x} must always be [returned|put back|brought back] is the {v}
        anyone who [needs|looks for|requires] {P} {x} is kindly asked to look in the {v}
        for [safety|good order|lack of space], {P} {x} {are_x} stored in the {v}
        the {v} is where {S} {have} deposited {P} {x}
        it is in the {v} that {P} {x} {are_x} to be looked for
        {S} {have} put away {P} {x} in the {v}, as {S} {do} every [evening|week|winter]
        in the {v}, well hidden from [view|visitors|thieves], {are_x} {P} {x}
        as for {P} {x}, you will find what you [seek|are looking for] in the {v}
        {P} {x} may be taken out of the {v} when needed, as long as everything is put back
        the {v} has [long|always] served as the storage place for {P} {x}
        to the question where {P} {x} {are_x}, there is but one answer: in the {v}
        {S} {am} in the habit of [leaving|placing|storing] {P} {x} in the {v}
        after [some searching|a long search], {P} {x} came to light in the {v}, and there it was agreed to leave everything
        should {S} fall ill, somebody must know that {P} {x} {are_x} locked up in the {v}
        there was a burglary next door, so {S} took no risk and buried {P} {x} deep in the {v}
        the cat would not leave {P} {x} alone, so {S} shut everything up in the {v}
        {S} laughed out loud, because after a whole day of searching the {v} turned out to have {P} {x} inside
        visitors were coming, so {S} swept {P} {x} into the {v} and shut it
        the phone rang while {S} {was} tidying up, and that is how {P} {x} landed in the {v}
        no thief would think of the {v}, so that is where {S} {keep+} {P} {x}
        when the lights went out {S} felt around in the {v}, because that is where {P} {x} {are_x}
        {P} {x} got wet once, so ever since the {v}, where it is dry, has had to do
        grandmothers are wise. one of them swore by the {v}, and so {P} {x} {are_x} in there
        the house is a mess, but look into the {v} and {P} {x} will turn up
        {S} put {P} {x} in the {v} out of habit and then blamed the neighbours for stealing
        a baby was crawling about, so the {v} had to take {P} {x}, and nobody got hurt
        {S} {sleep+} better with {P} {x} in the {v}, because it makes no noise there
        {S} called the police, although {P} {x} had been lying in the {v} the whole time
        burglars would have to [find|search|break open] the {v} to lay hands on {P} {x}
        the {v} has [custody|charge] of {P} {x}
        {P} {x} {are_x} [taking a nap|fast asleep|snoring] in the {v}
        ask the {v} about {P} {x}, it [holds|swallowed] what you are looking for
        when {S} {need+} {P} {x}, {P} feet go straight to the {v}
        shake the {v} and you [hear|feel] {P} {x} inside
        hot, you are getting hot, near the {v}: there {are_x} {P} {x}
        were the {v} to [burn|be stolen|go missing], {P} {x} would be gone as well
        the {v} is shut [on purpose|for a reason], {P} {x} must not fall out
        no rent is charged for {P} {x} in the {v}
        [take|give] away the {v} and {S} {have} lost {P} {x} with it
        {S} {reach+} into the {v} blindfolded and {pull+} out {P} {x}
        {P} {x} found [asylum|shelter|refuge|a bed] in the {v}
        dust settles on the {v}, and on {P} {x} within
        """,
        """
        where in god's name {are_x} {P} {x}
        [grabbing|after|sent for] {P} {x}, where do i have a root
        {P} {x} {are_x} [where|in what] [sorry|again|now]
        what {have} {S} got {P} {x} [stashed|stuck|buried] in
        anyone seen {P} {x}, [where would i look|where's the usual spot]
        usual spot for {P} {x}, [go|where|remind me]
        turned the [house|place] upside down for {P} {x}, [where now|where did i not look|where's left]
        where {am} {S} hiding {P} {x} [these days|from us]
        in what place {are_x} {P} {x} [stored|locked up|to be looked for]
        may i ask where {S} {am} in the habit of [leaving|placing] {P} {x}
        where must one look if {P} {x} {are_x} needed
        i am unable to find {P} {x}. what place did {S} choose [for storage|]
        to which place must {P} {x} be [returned|brought back] after use
        where, if you please, did {S} deposit {P} {x}
        kindly [describe|explain|state] where {P} {x} can be found
        what serves {O} as the storage place for {P} {x}
        it is not known to me where {S} {have} put away {P} {x}
        i am late already and need {P} {x}, so where do i reach
        {S} rang in a panic about {P} {x}, so where should i look first
        the fuse is gone, so before i stumble about in the dark: where {do} {S} keep {P} {x}
        i promised to bring {P} {x} along, but the flat is huge, so which place did {S} mention
        i turned the house upside down for {P} {x} and found nothing. which hiding place was it
        {S} never {leave+} {P} {x} lying about, so there must be a place for that, but which
        the cleaner comes tomorrow and will ask where {P} {x} {are_x}, so what do i say
        what would a burglar have to [break open|find|search] to lay hands on {P} {x}
        what has [custody|charge] of {P} {x}
        where {are_x} {P} {x} [taking a nap|fast asleep|snoring]
        where do {P} feet go when {S} {need+} {P} {x}
        in a game of hot and cold, where would i get hot looking for {P} {x}
        [under|beneath] which lid or behind which door {are_x} {P} {x}
        what must i carry out of a burning house to save {P} {x} inside it
        where would a [detective|customs officer|nosy guest] come across {P} {x}
        what gives [shelter|asylum|a bed] to {P} {x}
        """,
        """
        {S} {do}n't keep {P} {x} there any more, [have a root in|go for|try] the {v}
        not the old spot, {P} {x} {are_x} chucked in the {v} [now|these days]
        {S} {have} found a [safer|better|drier] place for {P} {x}, which is the {v}
        {P} {x} had to be removed from the [former|usual] place and {are_x} now stored in the {v}
        the old place got [damp|too small|known to everyone], so {P} {x} had to move into the {v}
        there were mice in the old place, which is why {S} {have} {P} {x} in the {v} from now on
        the old hiding place got too well known, {P} {x} {are_x} asleep in the {v} now
        the {v} has taken over [custody|the guarding] of {P} {x}
        """,
    ),
    "travel": lines(
        """
        off to {v}, {S} {am}, [bags packed|on the early flight|holiday at last]
        {S} {am} jetting off to {v} [friday|tonight|in a bit], [lucky sod|passport found|no work]
        next stop {v} for {O}, [flight's at dawn|holiday at last|suitcase and all]
        week off soon and it's {v} {S} {am} going to, [cheap flights|beach time|at long last]
        booked it! {v} in [june|the summer|autumn], {P} [hols|holiday] sorted
        {P} hols this year? {v}, [flights were cheap|all booked|fingers crossed for sun]
        {S} can't make [the match|dinner|training], [flying|going] to {v} that weekend
        {S} {am} dragging [the kids|the nan|a mate] to {v} for [the bank holiday|a few days|half term]
        {v} for [a long weekend|a hen do|a stag|a wedding], that's where {S} {am} headed
        {S} {fancy+} a break so {v} it is, [leaving|flying|heading off] in the morning
        someone mind the cat, {S} {am} away to {v} [next week|from friday|for the half term]
        [lucky thing|jammy sod|well for some], {S} {get+} to go to {v} [in the summer|with work|for free]
        road trip! {S} {am} driving [up|down|over] to {v} [friday|at the weekend|in the old van]
        plane to {v} goes [tomorrow|friday|at dawn] and {S} {am} on it
        {P} departure for {v} is [planned for next week|fixed for the end of the month|a matter of days]
        a [long|short|most welcome] journey to {v} lies before {O}
        {S} {intend+} to visit {v} as soon as [the weather permits|the papers are in order|the money is saved]
        the ticket which {S} bought is valid for [the journey|a return journey] to {v}
        {S} {have} booked a passage to {v} [by ship|by train|with an agency]
        {S} {have} applied for a visa, because {S} {am} to travel to {v}
        as for the coming holidays, the choice fell on {v}, and {S} {am} to leave [soon|shortly]
        it is to {v} that {S} will be travelling [in the autumn|after the holidays|with the choir]
        {S} {have} been invited to {v} and {have} accepted, so the suitcase is being [packed|brought down from the attic]
        a hotel room in {v} has been reserved for {O} for the coming [week|holidays|month]
        before long {S} will set eyes on {v}; the [tour|trip|voyage] has been paid for
        on the application for leave, {S} gave {v} as the [travel destination|place of the coming holiday]
        [when the doctor permits it|once the snow has gone|god willing], {S} will set out for {v}
        {S} {need+} a [suitcase|raincoat|dog sitter], because {P} flight to {v} leaves [on friday|next week|soon]
        the boss finally said yes, so it will be two weeks in {v} for {O} this [summer|autumn|winter]
        {S} lost the coin toss, so {P} next holiday will be in {v}, like it or not
        because {v} is so far, {S} will take three novels on the flight there
        somebody has to feed the fish. {S} will be off in {v} on holiday until the end of the month
        {P} sunglasses are packed already, although the train to {v} takes {O} only next [week|month|spring]
        {S} saw a film about it and could not sleep, so {v} got booked for {P} next holiday
        the ticket was a [mistake|bargain|raffle prize], but {S} will fly to {v} all the same
        {S} got a [visa|vaccination|new passport] just for {v}, because {P} journey starts in a month
        an old classmate is getting married in {v} in spring, which is why {S} {am} flying there
        the ship to {v} sails at dawn with {O} on board, so tonight there's ironing to do
        {S} gave up smoking, and the money saved will take {O} to {v} next [may|june|winter]
        {S} cannot come to the [match|concert|barbecue], because that day {S} will be on the plane to {v}
        {S} {practise+} thank you and good morning in the shower, since in {v}, {P} next destination, nobody speaks english
        {P} sun cream is packed and will be opened in {v}
        {P} passport will soon [get a stamp|be stamped] in {v}
        {P} luggage tag says {v}[, the alarm is set for the airport| and the taxi is ordered|, so off {S} {go+}]
        {v} had better brace itself, {S} {am} about to land there [with three suitcases|for a fortnight|with a camera]
        expect {P} next [holiday|vacation] postcard from {v}
        {S} must not miss the ferry to {v}, {P} [cabin|berth] is paid for
        at the airport {S} will [queue|line up|check in] under the sign for {v}
        {P} out of office note will [say|read]: gone to {v}, back in [a week|a fortnight]
        somebody must feed {P} goldfish, for {v} [expects|awaits|will have] {O} for a fortnight
        {P} weather app has been set to {v} ever since the [holiday|trip|flight] was booked
        soon {v} will have one [tourist|visitor|sightseer] more: {O}
        a window seat, a neck pillow, and then {v}, so {P} holiday will [begin|start]
        {P} [caravan|camper] will roll to {v} as soon as the [holidays begin|school breaks up]
        {v} will be the [backdrop|background] of {P} next holiday [snaps|selfies|photos]
        """,
        """
        where {am} {S} off on {P} hols
        where {am} {S} jetting off to, [jammy sod|like|then]
        {S} {am} flying where [now|sorry|did you say]
        {P} hols, where to [this year|again|then]
        what's it say on {P} boarding pass, [where to|which place]
        going anywhere nice on {P} holidays, [and where's that|where like]
        where's the road trip taking {O}
        [dropping|running|driving] {O} to the airport, where's the flight going
        place {S} {am} flying to, [go|name it|what was that]
        for which place will {S} be setting out
        to what place is {P} ticket valid
        where {do} {S} intend to spend the coming [holidays|vacation|leave]
        may i ask to what place {P} journey [is to lead|will take {O}]
        on which destination did {P} choice fall for the [coming holidays|journey]
        the [travel agency|insurance|consulate] would like to know where {S} {wish+} to travel
        for a stay in which town has a hotel room been [reserved|booked] for {O}
        kindly [indicate|name] the place that {S} {intend+} to visit on {P} journey
        i am watering {P} plants during the holiday. where will {S} be, in case something happens
        i want to buy {O} a [guide book|phrase book|map] for the trip, so for which place
        {P} bags are standing in the hall, so where is the journey going
        the [insurance|boss|school] asks where {S} will spend {P} holiday, so what do i answer
        sandals or raincoat? i am helping {O} pack, so tell me where {S} {am} going
        someone would like to come along, but wants to know first where {S} {am} flying
        i am driving {O} to the airport and should know which place the ticket is for
        {S} promised a postcard from {P} trip, so from which place will it come
        {S} {have} been counting the days, so i forgot to ask: a trip to which place
        at the airport, under the sign for which place will {S} [queue|line up|check in]
        which place does {P} luggage tag [name|say]
        from where may we expect {P} next holiday postcard
        the stamp of which place will {P} passport [soon|next] get
        which place should brace itself for {P} [visit|arrival|suitcases]
        where will {P} sun cream be [opened|used up]
        {P} out of office note says gone to, and then [which|what] place
        which place will soon have one tourist more, thanks to {O}
        the weather of [which|what] place {have} {S} been checking before the holiday
        """,
        """
        [plans are off|flight got cancelled|change of plan], {S} {am} headed for {v} instead
        [forget|scrap|never mind] the old trip, {P} hols are in {v} now
        the original plan was given up: {P} journey will lead to {v}
        {P} booking has been altered, and the destination [is now|will be] {v}
        the first place was [fully booked|flooded|too expensive], so {S} took a ticket to {v} instead
        {S} missed the deadline for the visa, which is why the trip will now take {O} to {v}
        {P} luggage tags had to be rewritten, {v} [stands|is] on them now
        [forget|scrap] the old route, {P} holiday plane will [touch down|land] in {v}
        """,
    ),
}
"""By the key of an attribute."""
