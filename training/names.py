"""Open sets of words: names, places, things and numbers.

Most are invented (training/words.py), so that the model cannot know them and has to copy; some are common
words, so that it also copies what it has seen before. Words of the exam are refused there.
"""

from __future__ import annotations

from random import Random

from training.words import acceptable, english, syllables


def _listed(text: str) -> list[str]:
    """Words of a block of text; an underscore stands for a space within one."""
    return [word.replace("_", " ") for word in text.split()]


COMMON_PEOPLE = _listed(
    """
    Anna Ben Clara David Emma Felix Grace Hannah Ian Julia Kevin Laura Mark Nina Oscar Paul Rosa Sam
    Tina Vera Will Yusuf Zoe Alice Bob Carol Dan Eva Frank Greta Hugo Iris Jack Kate Leo Maria Nick
    Olga Peter Ruth Simon Tom Uma Victor Wendy Amir Bella Chen Dora Emil Fatima George Helen Ivan Joe
    Karl Lisa Max Noah Omar Petra Ravi Sara Theo Ugo Vince Lily Mia Adam Ali Amy Joel Mike John Mary
    James Linda Susan Lucas Sofia Elena Jin Kenji Mei Ahmed Layla Diego Carmen Pablo Ines Otto Ella
    Finn Nora Lars Freya Sven Astrid
    """
)
COMMON_PLACES = _listed(
    """
    London Paris Berlin Rome Madrid Oslo Cairo Tokyo Lima Delhi Dublin Vienna Prague Lisbon Boston
    Chicago Denver Seattle Texas Ohio Florida Canada Spain Italy France Germany Norway Japan Brazil
    Kenya Egypt India China Peru Leeds Bristol York Bath Cork Lyon Nice Turin Milan Porto Seville
    Bremen Hamburg Munich Zurich Geneva
    """
)
COMMON_THINGS = _listed(
    """
    tea coffee bread cheese rice soup salad pizza pasta apples pears plums cherries bananas grapes
    onions garlic tomatoes potatoes carrots beans peas mushrooms honey butter milk chocolate cake
    cookies ice_cream pancakes eggs fish chicken lamb beef curry noodles dumplings sushi lemonade cider
    wine beer whisky cocoa peanuts almonds walnuts strawberries oranges lemons mangos coconuts spinach
    cabbage pumpkins roses tulips lilies daisies horses dogs cats birds owls wolves foxes bears rabbits
    whales dolphins turtles spiders snakes bees jazz rock opera chess cards football tennis golf rugby
    hockey swimming running sailing skiing hiking cycling climbing fishing knitting painting drawing
    singing dancing cooking baking gardening reading photography yoga boxing rowing surfing camping
    trains planes boats castles robots dragons puzzles poems novels comics spicy_food green_tea
    black_coffee folk_songs old_films country_music board_games long_walks fried_rice dark_chocolate
    summer_rain fresh_bread apple_pie hot_soup video_games card_tricks road_trips ghost_stories
    """
)
COMMON_COLOURS = _listed(
    """
    red blue green yellow black white grey brown purple pink orange gold silver violet beige navy cream
    dark_blue light_green pale_pink bright_red sky_blue dark_green
    """
)
COMMON_TRADES = _listed(
    """
    teacher doctor nurse baker farmer pilot sailor painter writer singer dancer cook waiter driver
    lawyer judge plumber carpenter mechanic engineer programmer chemist physicist librarian gardener
    tailor butcher hunter fisher soldier dentist surgeon architect accountant journalist translator
    photographer actor clown firefighter postman barber banker builder welder miner designer editor
    tutor coach referee detective guide tax_lawyer music_teacher bus_driver night_nurse pastry_cook
    truck_driver
    """
)
COMMON_WORKPLACES = _listed(
    """
    bakery hospital school library bank garage restaurant museum factory shop cafe hotel warehouse
    laboratory theatre nursery pharmacy brewery shipyard call_centre post_office gym supermarket
    hair_salon flower_shop town_hall law_firm car_wash zoo cinema church clinic kindergarten studio
    """
)
COUNTS = _listed("two three four five six seven eight nine ten eleven twelve")
MONTHS = _listed(
    """
    January February March April May June July August September October November December
    """
)
WEEKDAYS = _listed(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday
    """
)
CONTAINERS = _listed(
    """
    drawer box bag shelf wardrobe cellar attic garage kitchen desk closet bucket jar trunk shed
    backpack chest cabinet suitcase fridge pantry garden hallway bathroom bedroom office car boat barn
    """
)
ADJECTIVES = _listed(
    """
    old new big small red blue green black white brown wooden metal leather plastic yellow grey long
    round little upper lower left right second front back broken empty heavy
    """
)


def invented_name(random: Random) -> str:
    return syllables(random, 1 if random.random() < 0.1 else 2, random.choice((2, 2, 3, 3, 4))).capitalize()


def _mixed(random: Random, common: list[str], share_common: float, *, capital: bool) -> str:
    if random.random() < share_common:
        return random.choice(common)
    word = syllables(random)
    return word.capitalize() if capital else word


def person(random: Random) -> str:
    return _mixed(random, COMMON_PEOPLE, 0.25, capital=True)


def full_name(random: Random) -> str:
    name = person(random)
    return f"{name} {invented_name(random)}" if random.random() < 0.15 else name


def pet(random: Random) -> str:
    if random.random() < 0.12:
        return (
            f"{random.choice(('Mister', 'Captain', 'Lord', 'Old', 'Little', 'Miss', 'Sir', 'Lady'))}"
            f" {invented_name(random)}"
        )
    if random.random() < 0.2:
        return random.choice((random.choice(COMMON_THINGS).split()[-1], english(random))).capitalize()
    return invented_name(random)


def place(random: Random) -> str:
    if random.random() < 0.12:
        first = random.choice(("New", "Port", "Saint", "North", "San", "Lake", "East", "Fort", "Mount", "El"))
        return f"{first} {invented_name(random)}"
    if random.random() < 0.1:
        return f"{invented_name(random)} {invented_name(random)}"
    return _mixed(random, COMMON_PLACES, 0.25, capital=True)


def word(random: Random) -> str:
    """Lower case, English or invented."""
    return english(random) if random.random() < 0.35 else syllables(random)


def thing(random: Random) -> str:
    roll = random.random()
    if roll < 0.3:
        return random.choice(COMMON_THINGS)
    if roll < 0.52:
        return f"{random.choice((random.choice(ADJECTIVES), word(random)))} {word(random)}"
    noun = word(random)
    return noun + ("s" if roll < 0.65 and not noun.endswith("s") and acceptable(noun + "s") else "")


def colour(random: Random) -> str:
    if random.random() < 0.3:
        first = random.choice(("dark", "light", "pale", "deep", "dusty", word(random), word(random)))
        return f"{first} {_mixed(random, COMMON_COLOURS, 0.5, capital=False)}"
    return _mixed(random, COMMON_COLOURS, 0.35, capital=False)


def trade(random: Random) -> str:
    if random.random() < 0.1:
        return f"{word(random)} {random.choice(COMMON_TRADES).split()[-1]}"
    return _mixed(random, COMMON_TRADES, 0.35, capital=False)


def workplace(random: Random) -> str:
    return _mixed(random, COMMON_WORKPLACES, 0.6, capital=False)


def two_names(random: Random) -> str:
    first, second = invented_name(random), invented_name(random)
    if random.random() < 0.5:
        first, second = random.sample(COMMON_PEOPLE, 2)
    return f"{first} and {second}"


def count(random: Random) -> str:
    return random.choice(COUNTS) if random.random() < 0.5 else small_number(random)


def company(random: Random) -> str:
    name = invented_name(random)
    if random.random() < 0.25:
        name += " " + random.choice(
            (
                *("Works", "Tools", "Foods", "Systems", "Partners", "Group", "Media", "Sons", "Labs"),
                *("Brothers", "Electric", "and Sons", word(random).capitalize(), invented_name(random)),
            )
        )
    return name


def title(random: Random) -> str:
    roll = random.random()
    if roll < 0.35:
        return invented_name(random)
    if roll < 0.7:
        return f"The {random.choice(ADJECTIVES).capitalize()} {invented_name(random)}"
    noun = random.choice(("Nights", "Road", "Dreams", "House", "Song", "River", "Days"))
    return f"{invented_name(random)} {noun}"


def hiding_place(random: Random) -> str:
    container = random.choice(CONTAINERS) if random.random() < 0.5 else word(random)
    if random.random() < 0.5:
        return container
    return f"{random.choice(ADJECTIVES) if random.random() < 0.6 else word(random)} {container}"


def number(random: Random) -> str:
    digits = random.choice((1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6))
    if digits > 2 and random.random() < 0.2:
        # Digits that repeat are where copying loses its place.
        first, second = random.sample("123456789", 2)
        return first + "".join(random.choice((first, second)) for _ in range(digits - 1))
    return str(random.randint(10 ** (digits - 1), 10**digits - 1))


def small_number(random: Random) -> str:
    return str(random.randint(2, 99))


def secret(random: Random) -> str:
    word = syllables(random)
    return random.choice((word, f"{word}{random.randint(1, 999)}", word.capitalize() + number(random)))


def date(random: Random) -> str:
    month, day = random.choice(MONTHS), random.randint(1, 28)
    return f"{month} {day}" if random.random() < 0.5 else f"{day} {month}"


def weekday(random: Random) -> str:
    day = random.choice(WEEKDAYS)
    roll = random.random()
    if roll < 0.3:
        return f"{day} {random.choice(('morning', 'afternoon', 'evening', 'night'))}"
    if roll < 0.5:
        return f"{day} at {random.randint(1, 12)}"
    return day


def clock_time(random: Random) -> str:
    hour = random.randint(1, 12)
    return random.choice(
        (f"{hour}", f"{hour}:{random.randint(0, 59):02d}", f"{hour} {random.choice(('am', 'pm'))}")
    )
