"""Ways to give away how to reach somebody: refused, read first, or plain words that pass."""

from __future__ import annotations

import pytest

from bot.content.languages import COMPLETE
from bot.i18n import Text
from bot.rules.contact_words import Verdict, read
from tests.support.shipped import library

REFUSED = """
call me 06 12 34 56 78
+34 612-345-678
06.12.34.56.78
(0612) 34/56 78
zéro six douze trente-quatre cinquante-six
soixante-douze quarante onze vingt
cero seis uno dos tres cuatro cinco seis
zero sei uno due tre quattro cinque
null sechs eins zwei drei vier fünf sechs
einundzwanzig vierunddreißig fünfundsechzig achtundachtzig
nul zes een twee drie vier vijf
six one two three four five six
six, one; two and three - four / five … six
zero double six one double two three four
６１２３４５６７８
0️⃣6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣
⓪⑥①②③④⑤⑥
٠٦١٢٣٤٥٦٧٨
०६१२३४५६७८
0\u200b6\u200b1\u200b2\u200b3\u200b4\u200b5
0\u00ad6\u20601\ufeff2345678
O6 l2 34 5b 78
0612 345678 euro
six 1 deux 3 vier 5 sei
nul6 een2 drie4 vijf6
0six1two3four5
zerosixonetwothreefourfive
nullsechseinszweidreivierfünf
double zero four nine one seven six
ⅥⅠⅡⅢⅣⅤⅥ
🕕🕐🕑🕒🕓🕔🕕
⚅⚀⚁⚂⚃⚄⚅
𝟎𝟔𝟏𝟐𝟑𝟒𝟓𝟔
零六一二三四五六
06👍12👍34👍56
lea.b@gmail.com
lea＠example.org
lea at gmail dot com
lea at example dot com
lea arobase orange point fr
lea chiocciola libero punto it
lea [at] example [dot] com
lea(at)example.de
g m a i l: lea
my insta is lea_b
my insta is leab
add me on 1nst4gr4m
i n s t a lea
i-n-s-t-a
find me on $napchat
sn\u200bapchat me
Іnstаgram me
schreib mir auf insta
ajoute-moi sur Snap
agrégame en WhatsApp
scrivimi su Telegram
voeg me toe op Discord
insta: leab
wʜᴀᴛsᴀᴘᴘ me
ｉｎｓｔａ me
🅸🅽🆂🆃🅰 me
𝓲𝓷𝓼𝓽𝓪 me
what's app me
t.me/lea
T . me / lea
https://x.y
h t t p : //x
hxxp://x.y
tg://resolve
www.lea.com
w w w lea
lea . com
lea(dot)com
lea dot com
wa . me
vernacular_lea
lea__b
""".strip().splitlines()  # fmt: skip

READ_FIRST = """
is WhatsApp common at work?
look for lea2008
0 cats 6 dogs 1 bird 2 fish 3 ants 4 bees 5 cows 6 pigs
zero cats six dogs three birds two fish four ants five bees seven cows eight pigs
can we meet up?
on se voit samedi ?
¿quedamos?
ci vediamoci
treffen wir uns?
zullen we afspreken
don't tell anybody
c'est un secret
how old are you?
quel âge as-tu ?
a photo of you
send a selfie
hola.gracias
my code is 41001
what is your email?
your address?
my nickname there is blue
VI I II III IV V
ig leab
bit ly slash abc
06 hello 12 hello 34 hello 56
I live at 5 rue de la Paix
come to Calle Feria 12 at 8
Lindenstraße 12
write me outside this bot
let's talk somewhere else
on another app?
you're cute
gib mir deine Nummer
""".strip().splitlines()

PLAIN = """
How much did you spend in a week, about 150 or 200 euros?
I arrive on 01/03/2026 at 08:30 and leave on 21/03/2026 at 17:00
Was it hard in the first two weeks?
Is 1000 euros enough for two months in 2026?
Work begins at 7 and ends at 15:30, with 30 minutes for lunch.
J'ai 2 questions : le bus 32 et le tram 1 vont-ils au centre ?
L'installation dans l'atelier a pris un instant, à quel point est-ce dur ?
Ik werkte er van 8 tot 5, een week of drie.
My level was B1 after 3 weeks
Do they say vale? It means ok.
¿Cuántas horas trabajabas al día? Ocho o nueve, ¿no?
Il pane si fa alle quattro, poi si torna a casa alle dodici.
Ich war dort zwei oder drei Monate, es war gut.
At that point I could speak a little.
I like it. Net pay was fine.
Quatre-vingts euros le pass, ça va.
The boss was strict, but she helped me a lot...
Via libera! Ho lavorato sei ore, poi sette.
On a marché dans la rue le soir.
Appel d'air : on travaille à six heures.
e.g. bread, z.B. Brot
""".strip().splitlines()


@pytest.mark.parametrize("words", REFUSED)
def test_ways_to_reach_somebody_are_refused_in_any_disguise(words: str) -> None:
    assert read(words).verdict is Verdict.REFUSE


@pytest.mark.parametrize("words", READ_FIRST)
def test_what_only_might_be_one_or_speaks_of_meeting_is_read_first(words: str) -> None:
    assert read(words).verdict is Verdict.HOLD


@pytest.mark.parametrize("words", PLAIN)
def test_plain_words_pass(words: str) -> None:
    assert read(words).verdict is Verdict.PASS


def test_a_number_in_several_messages_is_one_number() -> None:
    assert read("56 78", ["my lucky ones: 06 12", "34"]).verdict is Verdict.REFUSE
    assert read("drei vier fünf", ["null sechs", "eins zwei"]).verdict is Verdict.REFUSE
    assert read("and nine", ["Bus 612", "Room 345", "Page 78"]).verdict is Verdict.HOLD
    assert read("About 200 euros", ["Two weeks", "It was fine"]).verdict is Verdict.PASS


def test_the_questions_that_are_offered_pass_in_every_language() -> None:
    found = library()
    for theme, asked in found.questions.items():
        for one in asked.questions:
            text = Text(f"questions/{theme}/questions/{one.id}/text")
            for language in COMPLETE:
                assert read(found.catalogues.plain(text, language, "UTC")).verdict is Verdict.PASS


def test_there_are_twenty_questions_and_more_on_seven_themes() -> None:
    found = library().questions
    assert set(found) == {"work", "housing", "town", "people", "language", "money", "free_time"}
    assert sum(len(one.questions) for one in found.values()) >= 20
