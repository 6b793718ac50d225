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

PAST = """
sc: leabaker
my tg is leabaker
Write me on WA, I am the only Mila Muestra
bluesky leabaker
yubo leabaker
kakaotalk leabaker
steam leabaker
dc leabaker
tt leabaker
Threema-ID leabaker
linktree leabaker
add me on the yellow ghost app, leabaker
on the gram as lea baker
lea7.dev
x7.ai
m1.chat
l.dev
lea punto es
zerosixonetwothreefourfivesixseveneight
nullsechseinszweidreivierfuenfsechs
zerosixundeuxtroisquatrecinqsix
ceroseisunodostrescuatrocincoseis
zeroseiunoduetreseiseiotto
nulzeseentweedrieviervijfzes
ноль шесть один два три четыре пять шесть
Ⅵ Ⅰ Ⅱ Ⅲ Ⅳ Ⅴ Ⅵ Ⅶ
🕕🕐🕑🕒🕓🕔🕕🕖
oh six won too free for five six seven
Come to bar Garlochi on Saturday at nine
¿Nos vemos?
Ci vediamo?
Wollen wir uns mal sehen?
Kunnen we elkaar zien?
Can we hang out?
Tu veux boire un verre avec moi ?
send me a pic of yourself
envoie une photo
manda una foto
schick ein Foto
stuur een foto
Do you have a boyfriend?
Tu as un copain ?
¿Tienes novio?
Hai il ragazzo?
Hast du einen Freund?
Heb je een vriend?
don't tell the coordinator
ne le dis pas a la coordinatrice
no le cuentes a nadie
non raccontarlo a nessuno
erzähl es keinem
zeg het tegen niemand
Ich wohne in der Lindenstrasse, klingel bei Mueller
J'habite rue de la Paix au 12, sonne a Dupont
""".strip().splitlines()

INNOCENT = """
Prends les lignes 2, 13, 21 et 32
Take lines 2, 13, 21 and 32
Coge las líneas 2, 13, 21 y 32
Prendi le linee 2, 13, 21 e 32
Nimm die Linien 2, 13, 21 und 32
Neem de lijnen 2, 13, 21 en 32
Bus 100, 200, 300
10:30-14:00 and 17:00-20:30
Work 6:00-14:00, break 10:00-10:30
Horario: 9.00-14.00 y 17.00-20.00
Lundi 8h-12h et 14h-18h, samedi 8h-12h
geboren am 12.05.2007
exams on 12/03 and 19/03 and 26/03
How much is the rent? 300? 400? 500?
50, 100, 150 oder 200 Euro?
Oven 240 then 220 then 180 degrees
Hay un punto info en la plaza
Le point info est ouvert
C'è un punto info in stazione
I found my flatmates' group on WhatsApp
Is Instagram the way to find flats?
uno, dos, tres, cuatro, cinco, seis, siete
uno, dos, tres … siete
""".strip().splitlines()

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
What's the best bus?
Open 6.30-14.30, 16-20
1998 2004 2010
""".strip().splitlines()


@pytest.mark.parametrize("words", REFUSED)
def test_ways_to_reach_somebody_are_refused_in_any_disguise(words: str) -> None:
    assert read(words).verdict is Verdict.REFUSE


@pytest.mark.parametrize("words", READ_FIRST)
def test_what_only_might_be_one_or_speaks_of_meeting_is_read_first(words: str) -> None:
    assert read(words).verdict is Verdict.HOLD


@pytest.mark.parametrize("words", PAST)
def test_no_way_past_the_coordinators_passes_unread(words: str) -> None:
    assert read(words).verdict is not Verdict.PASS


@pytest.mark.parametrize("words", INNOCENT)
def test_buses_hours_days_prices_and_counting_are_never_refused(words: str) -> None:
    assert read(words).verdict is not Verdict.REFUSE


def test_the_own_surname_is_read_first() -> None:
    assert read("I am Mila Muestra, look me up", names=("Muestra",)).verdict is Verdict.HOLD
    assert read("my name is m u e s t r a", names=("Muestra",)).why == "name"
    assert read("Mila van Dam", names=("van Dam",)).verdict is Verdict.HOLD
    assert read("The van was late", names=("van Dam",)).verdict is Verdict.PASS


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
