"""Words that only the exam uses.

The training generator imports `RESERVED_WORDS` and never emits one of them, so a right answer shows that the
model copied the word from its prompt. Two-word values reserve both of their words.
"""

from __future__ import annotations

PERSONAS = (
    "Paige", "Quillon", "Isolde", "Thaddeus", "Ondine", "Caspian", "Verity", "Lysander", "Ottoline",
    "Fenwick", "Marigold", "Zebulon",
)  # fmt: skip
ROLES = (
    "a companion who remembers what people tell it",
    "a lighthouse keeper who listens well",
    "the archivist of this household",
    "a beekeeper with time for everybody",
    "an apprentice cartographer",
    "the steward of a small observatory",
    "a retired clockmaker",
    "the night porter of an old hotel",
)
PEOPLE = (
    "Oluwaseun", "Thandiwe", "Siobhan", "Xiomara", "Bartholomew", "Guadalupe", "Yevgeny", "Ngozi",
    "Anneliese", "Hyacinth", "Ravindra", "Sigrid", "Cuauhtemoc", "Philippa", "Desmond", "Eilidh",
    "Ferdinand", "Giovanna", "Harrison", "Ingeborg", "Jocelyn", "Katarzyna", "Leopold", "Mireille",
    "Nikolai", "Oswaldo", "Priyanka", "Quentin", "Rosalind", "Svetlana", "Tobias", "Ursula", "Valentina",
    "Winifred", "Yolanda", "Zachary", "Abimbola", "Beatrix", "Clementine", "Dominik",
)  # fmt: skip
PETS = (
    "Biscuit", "Pickles", "Rumpelstiltskin", "Mozart", "Waffles", "Pumpernickel", "Cleopatra", "Marmalade",
    "Sir Barksalot", "Lady Whiskers", "Sputnik", "Chewbacca",
)  # fmt: skip
PLACES = (
    "Ouagadougou", "Reykjavik", "Antananarivo", "Saskatoon", "Ljubljana", "Timbuktu", "Valparaiso",
    "Szeged", "Tegucigalpa", "Albuquerque", "Dunfermline", "Chattanooga", "Kuala Lumpur", "Buenos Aires",
    "Nova Scotia", "Addis Ababa", "Trondheim", "Bratislava", "Winnipeg", "Guayaquil",
)  # fmt: skip
THINGS = (
    "hydrangeas", "persimmons", "marzipan", "bouillabaisse", "accordion music", "paragliding",
    "calligraphy", "sauerkraut", "gingerbread", "kaleidoscopes", "artichokes", "bagpipes",
    "tiramisu", "rhubarb crumble", "snorkelling", "gnocchi", "falconry", "dandelions",
    "quinoa",
)  # fmt: skip
COLOURS = (
    "chartreuse", "vermilion", "cerulean", "burgundy", "turquoise", "maroon", "fuchsia", "mustard yellow",
)  # fmt: skip
TRADES = (
    "ornithologist", "glassblower", "veterinarian", "locksmith", "choreographer", "upholsterer",
    "anaesthetist", "stonemason", "puppeteer", "blacksmith", "midwife", "sommelier",
)  # fmt: skip
COMPANIES = (
    "Brightwater", "Hollowell Brothers", "Zephyr Avionics", "Marchbank", "Quicksilver Labs", "Underhill",
)  # fmt: skip
HIDING_PLACES = (
    "wicker basket", "biscuit tin", "linen cupboard", "toolbox",
    "greenhouse", "glove compartment",
)  # fmt: skip
VALUES = (PERSONAS, PEOPLE, PETS, PLACES, THINGS, COLOURS, TRADES, COMPANIES, HIDING_PLACES)

RESERVED_WORDS: frozenset[str] = frozenset(
    word.casefold() for group in VALUES for value in group for word in value.split()
) - {"lady", "sir", "music", "yellow", "labs", "brothers", "compartment", "basket"}
"""Every word of every value above, less the plain English ones that two-word values contain."""
