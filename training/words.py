"""Invented words, in several manners, so that whatever a name is built from was copied before.

A model that only copied words of random syllables learns which pieces follow each other in those, and breaks
on the first English name. So here are syllables, clusters of English letters, pieces of English words glued
together, and plain strings of letters: every token of the vocabulary comes to stand behind every other.
"""

from __future__ import annotations

from random import Random

from benchmarks.exam_questions.vocabulary import RESERVED_WORDS


def _listed(text: str) -> list[str]:
    return text.split()


_ONSETS = [
    *_listed(
        """
        b c d f g h j k l m n p r s t v w z b d k l m n r s t b d g k l m n p r s t v y br ch cl dr fl fr
        gl gr kr pl pr sh sk sl sm sn sp st str sw th tr tw wh qu ts zh kh gw mb nd ph x
        """
    ),
    *[""] * 5,
]
_VOWELS = [*"aeiou"] * 7 + _listed("ai au ea ee ei eo ia ie io oa oo ou ua ue y ae")
_CODAS = [""] * 30 + _listed(
    """
    n r s l m t d k n r s l ck ng nd nt st th rt rd rn lt ld ll ss sh x z mp rk b g v w nn tt h
    """
)
_STARTS = _listed(
    """
    al ald alex am an and ang ar arch as au bal bar bel ben ber bern bil blan bon bor bran bren bri brook
    bur cal cam can car cas cat cel cham chan char chel chi christ clar cle con cor cran cres crim cro
    dal dam dar del den des di dol don dor dra dun ed el em en er es ev fal far fen fin flor fo for fran
    fre ga gal gar gen ger gil glen gor gran gre gwen hal ham har has hel hen her hol hor hum il im in
    ir is ja jas jen jo jor jul ka kal kan kar kel ken kil kin kir kor lam lan lar lau len les li lin
    lo lon lor lu lyn ma mad mal man mar mat max mel mer mil min mir mon mor mur na nan nat nel ner nor
    ob od ol om on op or os ot over pal pan par pas pat pel pen per phil pic pla pol por pre pri pro
    ra ran ras re red ren ric rob rod rol ron ros row ru rus sa sal sam san sas scar sel sen ser shel
    sher sil sim sol som son spen stan star ste sul sum sun syl tal tam tan tar tem ter the thorn til
    tim tor tra tren tri tro tur un up ur val van ver vic vin vir vol wal wan war wat wel wen wes whit
    wil win wol wood wor yan yor za zan ze zel
    """
)
_MIDDLES = _listed(
    """
    a ab ac ad ag al am an ap ar as at av e eb ec ed eg el em en ep er es et ev i ib ic id ig il im in
    ip ir is it iv o ob oc od og ol om on op or os ot ov u ub uc ud ug ul um un up ur us ut ber bi bri
    ca ci con da den der di dra fa fer fi ga ge gi gra ha he ho ja ka ke ki la le li lo ma me mi mo na
    ne ni no pa pe pi po ra re ri ro ru sa se si so ta te ti to tra va ve vi vo wa we wi za ze zi ll mm
    nn pp rr ss tt ck ng nd nt mp mb st sp
    """
)
_ENDS = _listed(
    """
    a able aby ac ace ach ack ad ade ador ae age aid ail aine air ake al ale alia all ally am ament an
    ana ance and ane ang ania ano ant ar ard are aria ark arn art ary as ash ason ast at ate ath aton
    ave ay bell berg berry bert beth bey bird board bone book born bourne box bridge brook burg burn
    bury by can chen chester chin cliff cock combe corn cott craft cross dale dan dell den der dine
    dith dog dom don dor dorf dow drake e eck ed ee een ei el ele ell ella elle ello ely en ence end ene
    ent eon er era ere eria erie ern ers ert erva ery es esh esia ess est et eta ete eth etta ette eus
    ever ew ey fall far feld fer field fish flower folk ford fort foss fox gan gard gate gen ger gill
    gram grove guay ham han hart hat haven head heim hill hold holm horn house hurst ia iah iam ian ica
    ice ich icia ick id ida ide ie iel ier ies iff ig igh ight ijah ik ila ild ile ill ille illa im imo
    in ina ind ine ing ingham inho ini ink inn ino inson io ion ior ique ir is isa ise ish isk ism iss
    ist ita ite ith itz ity ius ive ix ja jan ka kan ke kel ken key kin kins kirk la lain lake lan land
    las law le lee leigh ler less let ley lia lie lin line ling lisle lock lon lope lor low ly lyn ma
    man mar mas mere mi mill min mond mont moor mor more mouth na nam nant nath neck nell ner ness net
    ney ni nie nor nos o ock od off oid oja ok ol ola old on ona one ong onica oo ood ook ool oon oor op
    or ora ord ore oria orn ory os ose oss ost ot oth otte ough ould oun our ous out ow owe owl own ox
    oy pan per phan pole pool port quet ra rad rah ram ran rana rat red rell ren rey ri ria ric rich rie
    riel rin ris rith ro rod ron rose ross roy ry sa san say scha sen set sey sham shaw shi shire sia sie
    sin ski sky smith so son song sor stair stan star stead stein ster stock ston stone stow sy ta tail
    tan ted tel ter tha thal thew thorn thy tia tie til tin tis to ton tor tree tri tta tte ty ua ubel
    uce uel ugh uis ule ulf um umber un und ung unn ur ura ure uri urn us ush uss ust ut uth uz vale van
    vel ven ver via vid vie vil ville vin vita von wall ward ware way well wen wick win wing wood worth
    wright xa yan yd yer yl yle ym yn yna ynn yon yor yr yra ys yth za zia zio zo zy
    """
)
_ENGLISH = _listed(
    """
    absence abstract accident account actress adventure advice afternoon agreement airplane alarm album
    alphabet ambulance anchor ancient angel angle animal ankle anniversary antenna anxiety apology apple
    apricot arcade argument armchair arrival arrow article artist asphalt athlete atlas audience autumn
    avalanche avenue avocado backbone balcony balloon bamboo banquet barrel basement battery beetle
    behaviour benefit between bicycle billion biology biscotti blanket blossom bottle boulevard bracelet
    branch breeze brilliant broccoli brother brush bubble bucket buffalo builder bullet bundle business
    butterfly button cabin cactus camel campaign candle canyon capital caramel caravan cardigan carnival
    carpet cascade castle catalogue cathedral cauliflower ceiling celery ceramic ceremony certificate
    chamber champion channel chapter charcoal cheerful chemistry cherry chimney chocolate cinnamon circus
    citizen clarinet classic climate cloudy cobweb coconut collar comedy comfort comma community computer
    concert conference confidence constellation container continent contract cottage cotton courage
    crayon creature cricket crystal cucumber culture cupboard curtain cushion cylinder daffodil daughter
    daylight decade december decision delicate delivery democracy desert dictionary difference dinosaur
    diploma direction disaster discovery distance document dolphin domestic donkey dragon drawing drizzle
    earring earthquake eclipse economy education eggplant electric elegant elephant elevator embassy
    emerald emotion emperor energy engine enormous envelope episode equator evidence exchange exercise
    exhibition expedition experience experiment expert explosion express fabric familiar famous fantasy
    feather festival fiction fireplace flamingo flavour flourish fortune fountain fragile freckle freedom
    freight frequent friendly frontier furniture galaxy gallery garage garlic gathering general generous
    genius geography giraffe glacier glimpse glitter glorious goblet gorgeous government graceful
    grammar granite gravity guitar hammock handsome happiness harmony harvest haystack headline helicopter
    heritage hesitate highway holiday horizon horrible hospital household hundred hurricane hygiene
    iceberg identity illness imagination immediate important incident incredible infant influence
    inspector instrument insurance intention interest invisible invitation isolate jacket january jealous
    jellyfish jewel journey jungle justice kangaroo keyboard kingdom kitchen knowledge laboratory ladder
    landscape language lantern laughter lavender leather lecture legend leisure lemonade leopard letter
    liberty lightning limestone liquid literature lobster location logic lottery luggage magazine magic
    magnet mammal mandarin mango manner manuscript marathon marble margin maximum meadow measure medicine
    melody memory merchant message meteor microphone midnight million mineral minister mirror mischief
    mission mixture moisture monument mosquito mountain movement multiply muscle museum mushroom mystery
    narrow national necklace neighbour nephew neutral nickel nonsense normal notebook notice november
    number nutmeg obedient object obstacle occasion october octopus office olive omelette opera opposite
    optimist orange orchard orchestra orchid ordinary organ ornament ostrich outside oxygen oyster package
    paddle palace pancake panther paper parachute paradise paragraph parallel parliament parsley particle
    passage passenger patience pattern pavement peaceful peanut pelican penguin pepper perfume permanent
    persuade petition phantom philosophy phoenix phrase physics pigeon pilgrim pillow pineapple pioneer
    pistachio planet plastic platform pleasant plumber pocket poetry politics pollen popcorn popular
    porcelain possible potato poverty practice precious prescription pressure previous prince printer
    prisoner privilege procedure professor profit programme project pronounce property prosper protein
    province puddle pullover pumpkin puppet purchase purple pyramid quality quantity quarrel quarter
    question quilt rabbit radiator radish railway rainbow raspberry rattle recipe recommend rectangle
    reference reflection refuge regular relative religion remarkable remedy remote republic reputation
    resource restaurant rhinoceros rhythm ribbon riddle rocket rollercoaster romance rooster rosemary
    rubber ruler saddle sailor salmon sample sandal sandwich sapphire satellite saturday saucer sausage
    scaffold scandal scarecrow scenery schedule scholar science scissors scorpion scratch sculpture
    season secretary security selection semester senator sentence september sequence serious servant
    session shadow shampoo shelter shepherd shoulder shower shrimp silence silver similar simple sister
    skeleton sketch slipper snowflake society soldier solution somewhere soprano soup spaghetti sparkle
    sparrow special spectacle spider spinach splendid sponge squirrel stadium stapler starfish station
    statue stomach strategy strawberry structure student subject suburb success sugar suitcase summit
    sunday sunflower surface surgeon surprise suspect swallow sympathy symphony syrup tablet talent
    tangerine target teapot telescope temperature temple tennis terrace theatre theory therapy thermometer
    thirteen thousand threshold throne thunder thursday tiger timber tissue tobacco tomato tomorrow
    tongue tornado tortoise tourist tractor tradition tragedy trampoline transfer transport treasure
    treatment tremble triangle triumph trombone tropical trousers trumpet tuesday tunnel turkey turnip
    twilight typical umbrella uncle uniform universe university utensil vacation vaccine vacuum valley
    vanilla variety vehicle velvet verdict version vessel victory village vinegar violet violin vitamin
    volcano volume voyage waistcoat walnut warehouse warrior waterfall wealth weapon weather wednesday
    weekend whisper whistle wilderness wildlife window winner winter wisdom witness wonder woodpecker
    workshop wrestle wrinkle xylophone yesterday yoghurt younger zebra zeppelin zigzag zucchini
    """
)
_COMMON_LETTERS = "eeeeeaaaaaoooiiiiuuunnnrrrssstttlllddmmcckkhhggbbppffvvwwyyzxjq"


def acceptable(text: str) -> bool:
    """No word of `text` belongs to the exam."""
    return RESERVED_WORDS.isdisjoint(text.casefold().split())


def english(random: Random) -> str:
    """A common English word."""
    while True:
        word = random.choice(_ENGLISH)
        if acceptable(word):
            return word


def syllables(random: Random, least: int = 2, most: int = 3) -> str:
    """A made-up lower-case word of about `least` to `most` syllables, in a random manner."""
    manner = random.random()
    while True:
        if manner < 0.3:
            word = _of_syllables(random, random.randint(least, most))
        elif manner < 0.68:
            word = _of_clusters(random, random.randint(least, most))
        elif manner < 0.91:
            word = _of_pieces(random, random.randint(max(1, least), most))
        elif manner < 0.95:
            word = _of_repeats(random)
        else:
            word = _of_letters(random, random.randint(least, most))
        if 3 <= len(word) <= 14 and acceptable(word):
            return word


def _of_syllables(random: Random, count: int) -> str:
    return "".join(
        random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_CODAS) for _ in range(count)
    )


def _of_clusters(random: Random, count: int) -> str:
    middle = "".join(random.choice(_MIDDLES) for _ in range(random.randint(0, max(0, count - 1))))
    return random.choice(_STARTS) + middle + random.choice(_ENDS)


def _of_pieces(random: Random, count: int) -> str:
    """Stretches of two to six letters, each out of the middle of some English word."""
    pieces: list[str] = []
    for _ in range(count):
        word = random.choice(_ENGLISH)
        at = random.randint(0, max(0, len(word) - 3))
        pieces.append(word[at : at + random.randint(2, 6)])
    return "".join(pieces)


def _of_repeats(random: Random) -> str:
    """A word in which a piece comes twice, where copying could go round in circles."""
    piece, other, end = (
        random.choice((_of_syllables(random, 1), random.choice(_MIDDLES), random.choice(_ENDS)))
        for _ in range(3)
    )
    return random.choice(
        (piece + piece + end, other + piece + piece, piece + other + piece, other + piece + end + piece)
    )


def _of_letters(random: Random, count: int) -> str:
    return "".join(random.choice(_COMMON_LETTERS) for _ in range(2 * count + random.randint(0, 3)))
