"""What is said for training and for measuring: the phrase, its neighbours, and ordinary talk.

Neighbours are found in a pronouncing dictionary: words that differ from "basket" or "hey" by a sound or two make the
pairs that a detector confuses. HELD_CONFUSERS are never trained on, with any voice.
"""

import random
from pathlib import Path

PHRASE = "hey basket"
SPELLINGS = ["hey basket", "hey, basket", "Hey basket!", "hey basket.", "hey basket?"]
DICTIONARY = Path("/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict")

# Confusers that training sees, spoken by training voices.
CONFUSERS = """hey jacket|hey biscuit|hey basil|a basket|the basket|hey casket|hey basic|hey pastor|hey bucket|hey market
hey baskin|hey bass|hey bash it|hey pass it|hey mask it|hey ask it|hey bask|hey ask|hey best cat|hey mascot|hey brisket
okay biscuit|okay casket|hi basket|my basket|your basket|this basket|that basket|in the basket|one basket|big basket
add a basket|say basket|they basket|gray basket|the day basket|play basket|basket|baskets|hey|hey there|hey you|hey man
hey basically|hey bascom|hey vast kit|hey fast cat|hey bad cat|hey back it|hey bag it|hey back kit|hey packet|hey racket
hey bracket|hey ticket|hey pocket|hey rocket|hey gadget|hey budget|hey badger|hey bandit|hey bonnet|hey ballot|hey Barrett
hey bastion|hey pasta|hey plaster|hey master|hey faster|hey Casper|hey Jasper|hey Pascal|hey Oscar|hey Baxter|hey Bosco
ask it|bask it|he asked it|he basked in it|a bass kit|hay bale|hey bassist|hey bask in it|hey bus kit|hey best kit
hey, let us go|hey what is in it|hey Google|hey Alexa|hey computer|hey kitchen|hello basket|oh basket|no basket|to basket
a casket|a gadget|a jacket|a biscuit|the casket|the gasket|tisket a tasket|wicker basket|bread basket|waste basket
picnic basket|laundry basket|shopping basket|fruit basket|gift basket|basket of fruit|basket case|hey boss get it""".replace("\n", "|").split("|")

# Confusers that only measuring hears.
HELD_CONFUSERS = """hey gasket|hey bastard|okay basket|hey trinket|hey asking|hey blanket|hey past it|hey dusk it|hey bass cat
hey bask at it|bay basket|her basket|eight basket|hey bassoon|hey cast it|hey bucket list|Easter basket|hey jasmine
hey Bianca|hey musket""".replace("\n", "|").split("|")

COUNTS = "a|one|two|three|four|five|six|a dozen|some|a few".split("|")
GOODS = """coffee beans|oat milk|dark chocolate|a desk lamp|green tea|olive oil|bread|dish soap|paper towels|batteries|pasta
tomatoes|honey|rice|headphones|a notebook|candles|hand soap|butter|eggs|flour|sugar|apples|bananas|yoghurt|cheese|shampoo
a phone charger|light bulbs|a water bottle|running shoes|a rain jacket|socks|a bicycle helmet|dog food|cat litter""".replace("\n", "|").split("|")
FRAMES = """add {g} to my cart|order {g}|i need {g}|find me {g}|remove {g} from the cart|how much is {g}|do you have {g}
buy {g} under twenty dollars|put {g} in my basket|what is in my basket|take {g} out of the basket|show me {g}
add {g} to the basket please|is {g} in the basket|empty my basket|compare {g} and {h}|get {g} and {h} by friday
i would like {g}|we are out of {g}|can you bring {g} tomorrow|hey can you find {g}|hey we need {g}|hey add {g}
the basket with {g} is full|a basket of {g} please|reorder {g}|is there a cheaper one than {g}|never mind the {g}""".replace("\n", "|").split("|")
SMALL_TALK = """what time is it|did you feed the dog today|the door is open again|dinner is nearly ready|where did you leave my keys
turn the light on please|he said he would call later|hey how was your day|hey come here for a second|hey look at that
they play basketball on saturday|she bought a wicker basket at the market|the laundry basket is upstairs
put the bread in the basket on the table|i asked her and she asked him|the children went to bed early|it is raining again
hey stop that|hey wait for me|hey that is mine|could you pass me the salt|who won the game last night|i will be back at nine
the meeting was moved to thursday|please close the window|this is the best soup i ever had|my sister lives in boston
the train was late again this morning|hey guess what happened|hey do you want some tea""".replace("\n", "|").split("|")
TAILS = """order coffee beans|add milk|what is in my cart|find me a desk lamp|stop|how much is it|add two bags of rice
remove the last one|show me the cheaper ones|where is my order|i need dish soap|buy it|help|put honey on the list""".replace("\n", "|").split("|")


# The words that most of any talk is made of: what runs together in it sounds like neither a dictionary nor a request.
COMMON = """the a an and or but so if because when while before after until since as than that which who what where why how
i you he she it we they me him her us them my your his our their this these those there here then now today later soon again
be is are was were been being am have has had do does did will would can could should may might must let make made go goes
went come came take took get got give gave put say said tell told ask asked think thought know knew want wanted need needed
like liked look looked see saw hear heard find found keep kept leave left call called pay paid play played try tried use used
work worked wait waited start started stop stopped turn turned open opened close closed bring brought buy bought sell sold
meet met eat ate read write wrote run ran sit sat stand stood walk walked talk talked help helped show showed move moved send
sent stay stayed change changed book booked check checked pick picked cost cut set in on at by for from of to up down out off
over under about with without into through between around back away near along not no yes please maybe just only even still
already also too very really quite much many more most some any all each every both few little less another other same next
last first second new old good bad big small long short early late easy hard right left best better nice ready sure happy
time day week month year morning evening night hour minute meeting party dinner lunch breakfast table bank account card
ticket money market shop store street city house home room door kitchen car train bus bike friend family mother father sister
brother children people person man woman boy girl name number phone letter paper book school office doctor water coffee tea
food bread milk cake fish meat apple bag box bottle glass basketball music film game weather rain summer winter world thing
way place part side end question answer idea problem reason price order size color black white red blue green brown""".split()


def request(rng):
    g, h = rng.sample(GOODS, 2)
    return rng.choice(FRAMES).format(g=g, h=h)


def common(rng, count):
    """Common words in any order: no sense, and the sound of talk."""
    for _ in range(count):
        yield " ".join(rng.choices(COMMON, k=rng.randint(6, 14)))


def dictionary():
    """Words and their sounds, stress left out, in the order of the file."""
    words = {}
    for line in DICTIONARY.read_text().splitlines():
        word, *sounds = line.split()
        if word.isalpha() and len(word) > 1 and sounds:
            words.setdefault(word, tuple(s.rstrip("012") for s in sounds))
    return words


def distance(a, b, most):
    """Sounds that differ; `most + 1` where there are more."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, before = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
        if min(row) > most:
            return most + 1
    return row[-1]


def neighbours(words):
    """Words near "basket", nearest first, without the word itself and what begins with it."""
    target = words["basket"]
    found = []
    for word, sounds in words.items():
        # "baskett" and "basketball" are the word itself to whoever listens.
        if sounds[: len(target)] == target or word.startswith("basket") or word == "baskette":
            continue
        apart = distance(sounds, target, 3)
        if apart <= 3:
            found.append((apart, word))
    return [word for _, word in sorted(found)]


def openers(words):
    """Words that sound like "hey" but for its first sound or its vowel."""
    near = [w for w, s in words.items() if len(s) == 2 and (s[1] == "EY" or s[0] == "HH")]
    return sorted(w for w in near if words[w] != words["hey"])


def negatives(rng, count):
    """Sentences without the phrase, the hard ones first in number."""
    words = dictionary()
    near, before, any_word = neighbours(words), openers(words), sorted(words)
    bright = [w for w in any_word if words[w][-1] in ("EY", "IY")]
    held = {c.lower() for c in HELD_CONFUSERS}
    while count:
        kind = rng.random()
        if kind < 0.16:
            text = rng.choice(CONFUSERS)
        elif kind < 0.30:
            # The nearest neighbours oftener than those that are further off.
            text = "hey " + near[int(len(near) * rng.random() ** 2)]
        elif kind < 0.35:
            text = f"{rng.choice(before)} basket"
        elif kind < 0.38:
            text = f"{rng.choice(any_word)} basket"
        elif kind < 0.41:
            text = f"hey {rng.choice(any_word)}"
        elif kind < 0.54:
            text = request(rng)
        elif kind < 0.58:
            text = rng.choice(SMALL_TALK)
        elif kind < 0.74:
            # In the middle of a sentence: a word that ends as "hey" does, then a neighbour.
            few = lambda least, most: rng.choices(any_word, k=rng.randint(least, most))
            text = " ".join(few(1, 3) + [rng.choice(bright), near[int(len(near) * rng.random() ** 2)]] + few(1, 3))
        else:
            text = " ".join(rng.choices(any_word, k=rng.randint(4, 12)))
        if any(h in text.lower() for h in held):
            continue
        count -= 1
        yield text
