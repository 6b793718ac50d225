"""Words by which people give away how to reach them, in the six languages, without accents."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# One digit each, then what stands for two.
_DIGITS = """
zero one two three four five six seven eight nine
zero un deux trois quatre cinq six sept huit neuf
cero uno dos tres cuatro cinco seis siete ocho nueve
zero uno due tre quattro cinque sei sette otto nove
null eins zwei drei vier funf sechs sieben acht neun
nul een twee drie vier vijf zes zeven acht negen
"""
_PAIRS = """
ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety
dix onze douze treize quatorze quinze seize vingt vingts trente quarante cinquante soixante septante huitante octante
nonante
diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres
veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve treinta cuarenta cincuenta sesenta setenta
ochenta noventa
dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti trenta quaranta cinquanta
sessanta settanta ottanta novanta
zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreissig vierzig funfzig sechzig
siebzig achtzig neunzig
tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig zestig
zeventig tachtig negentig
"""
ONE = _words("""
one un une uno una ein eine een
""")  # which are articles, too
DIGIT_WORDS = frozenset(_DIGITS.split()) | ONE | {"zwo", "ziro", "fuenf", "oh", "cinc"}
PAIR_WORDS = frozenset(_PAIRS.split()) | {"dreiig", "zwoelf", "fuenfzehn", "fuenfzig"}
# "einundzwanzig", "vierenvijftig", "ventidue", "trentacinque": a ten and a unit in one word.
COMPOUND = (
    r"(?:ein|zwei|drei|vier|funf|fuenf|sechs|sieben|acht|neun)und(?:zwan|drei|vier|funf|fuenf|sech|sieb|acht|neun)\w*ig"
    r"|(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen)en(?:twin|der|veer|vijf|zes|zeven|tach|negen)tig"
    r"|(?:vent|trent|quarant|cinquant|sessant|settant|ottant|novant)[ai]?"
    r"(?:uno|un|due|tre|quattro|cinque|sei|sette|otto|nove)"
)
# What may stand between the parts of a number that is said aloud.
JOINTS = _words("""
and et y e und en plus mas piu then puis luego poi dann dan
""")
TWICE = _words("""
double triple doble doppio doppia doppel dubbel
""")

DOTS = "dot|point|punto|punkt|punt"
AT_SIGNS = r"arobase|arobas|arroba|chiocciola|klammeraffe|affenschwanz|apen?staart\w*|at\s?sign"
MAIL = _words("""
gmail hotmail outlook yahoo icloud protonmail proton gmx googlemail webmail ymail
""")
MAIL_WORDS = _words("""
email mail courriel correo mel emailadres emailadresse
""")
SURE_ENDS = _words("""
com net org info io eu fr gg tv app link page site online xyz club biz
""")
MAYBE_ENDS = _words("""
me es it de nl be ch at pt pl si lv mt uk co us ru to ly cc
""")

NETWORKS = _words("""
instagram instagramm whatsapp watsapp whatsap whattsapp snapchat telegram tiktok discord facebook linkedin
messenger pinterest wechat signalapp
""")
SHORT_NETWORKS = _words("""
insta ig snap snapp fb vk kik viber skype signal twitter bereal twitch psn xbox roblox gamertag tiktok watsap wattsap
wasap guasap whatsap wapp
whats wsp wsap threads onlyfans tinder zangi
""")
# Beside the name of a network they make an invitation of it.
INVITING = _words("""
add follow find text dm pm my me mine us ajoute ajoutez suis ecris cherche mon ma moi mi mis mio mia agregame
sigueme escribeme buscame anademe aggiungimi seguimi scrivimi cercami mein meine mir mich schreib adde folge
such mijn voeg volg stuur zoek
""")
NAME_WORDS = _words("""
username nickname handle pseudo pseudonyme usuario nick nutzername benutzername gebruikersnaam utente
nomeutente number numero nummer telefoonnummer telefono telephone telefon phone whatsappen
""")

_STREET = r"(?:rue|calle|via|viale|avenue|avenida|plaza|street|road|strada)"
_IN_STREET = r"(?:strasse|str|straat|laan|weg|gasse|platz|plein)"

# Not refused, but read by a coordinator first: meeting, pictures, secrets, age.
DELICATE = (
    rf"\b{_STREET}\b.{{0,30}}\d|\d.{{0,6}}\b{_STREET}\b|{_IN_STREET} \d",
    r"\boutside (?:this|the) (?:bot|chat|app)\b|\bsomewhere else\b|\ben (?:prive|privado)\b|\bin privato\b"
    r"|\bprivat schreiben\b|\b(?:another|other|otra|autre|altra|andere[rn]?) appl?i?\b|\bappel(?:le|er?)[ -]moi\b",
    r"\byou(?:re| are) (?:so |very )?(?:cute|pretty|hot|beautiful|handsome)\b|\btu es (?:belle|beau|mignon)"
    r"|\beres (?:muy )?(?:guap|bonit)|\bsei (?:molto )?(?:bell[ao]|carin[ao])\b"
    r"|\bdu bist (?:so )?(?:hubsch|suss|schon)\b"
    r"|\bje bent (?:zo )?(?:mooi|lief|knap)\b",
    r"\bmeet (?:me|up|you|us)\b|\bsee you alone\b|\bon se voit\b|\bse voir\b|\b(?:te|me|nous) rencontrer\b|\brdv\b"
    r"|\brendez.vous\b|\bquedamos\b|\bquedar contigo\b|\bvernos\b|\bconocerte\b|\bincontra(?:rci|moci|rti)\b"
    r"|\bincontriamoci\b|\bved(?:erci|iamoci|erti)\b|\b(?:dich|uns|mich) treffen\b|\btreffen wir\b|\bafspreken\b"
    r"|\bontmoeten\b|\bchez (?:toi|moi)\b|\b(?:a|en) (?:tu|mi) casa\b|\bcasa (?:tua|mia)\b|\bbei (?:dir|mir)\b"
    r"|\bbij (?:jou|mij)\b"
    r"|\b(?:your|my) (?:place|flat|house|room|address)\b|\b(?:ton|mon) adresse\b|\b(?:deine|meine) adresse\b"
    r"|\b(?:jouw|mijn) adres\b|\b(?:tu|mi) direccion\b|\b(?:tuo|mio) indirizzo\b",
    r"\bselfies?\b|\b(?:photos?|pics?|pictures?|fotos?|videos?|bilder|bild) (?:of you|de toi|tuyas?|di te|tue|von dir"
    r"|van jou|de ti)\b|\b(?:tua|your|deine|jouw|ta) (?:photo|foto|pic|picture)\b|\bnudes?\b|\bsexy\b|\bsexe?\b",
    r"\bsecrets?\b|\bsecreto\b|\bsegreto\b|\bgeheim(?:nis)?\b|\b(?:dont|do not|don.t) tell\b|\bdis rien\b|"
    r"\bno (?:se lo )?digas\b|\bnon dirlo\b|\bsag(?:s)? niemand|\bniet (?:door)?vertellen\b|\bhow old are you\b"
    r"|\bquel age\b"
    r"|\bcuantos anos tienes\b|\bquanti anni hai\b|\bwie alt bist\b|\bhoe oud ben\b|\balone\b|\btoute? seule?\b"
    r"|\b(?:single|celibataire|soltera?|fidanzata)\b",
)
