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
DIGIT_ROWS = tuple(tuple(row.split()) for row in _DIGITS.strip().splitlines())  # from nought, by language
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
# Initials and lesser networks: read first, and refused only beside an invitation.
MAYBE_NETWORKS = _words("""
sc tg dc tt wa bluesky yubo kakaotalk kakao threema linktree linktr mastodon jodel bumble
""")
APPS = (
    r"\b(?:ghost|fantome|fantasma|geist|gespenst|spook|spookje|camera|kamera|bird|oiseau|pajaro|uccello|vogel|vogeltje)"
    r"(?:[ -]\w+)?[ -](?:app|appli)\b"
    r"|\bapp(?:li)?\b[^.!?]{0,20}\b(?:camera|ghost|fantome|fantasma|geist|gespenst|spook\w*|bird|oiseau|pajaro|uccello"
    r"|vogel\w*)\b"
    r"|\b(?:yellow|pink|blue|green|jaune|rose|bleue?|verte?|amarilla|rosa|azul|verde|gialla|blu|gelben?|rosa|blauen?"
    r"|grunen?|gele|roze|blauwe|groene) app(?:li)?\b"
    r"|\bapp(?:li)? (?:jaune|rose|bleue|verte|amarilla|rosa|azul|verde|gialla)\b"
    r"|\bon (?:the |da )?gram\b|\bthe gram\b|\bsteam(?::| (?!oven|engine|iron|clean|room|bath|cook)[a-z0-9]+\W*$)"
    r"|\b(?:on|my|sur|mon|auf|mein|op|mijn|su|mio|mi) steam\b"
)
# Whoever asks for this beside the name of a network invites: words that say it all, and a verb beside "me".
INVITING = _words("""
dm pm hmu agregame sigueme escribeme buscame anademe aggiungimi seguimi scrivimi cercami aggiungetemi
""")
VERBS = _words("""
add follow find text write message msg contact hit ping ajoute ajoutez rajoute ecris ecrivez cherche trouve contacte
schreib schreibe adde folge such suche finde kontaktier voeg volg zoek stuur vind app trovi cerca busca escribe agrega
""")
ME = _words("""
me moi mi mir mich mij
""")
MINE = _words("""
my mon ma mes mio mia mi mein meine meinem mijn our notre nuestro unser ons
""")
USER_WORDS = _words("""
username nickname handle pseudo pseudonyme usuario nick nutzername benutzername gebruikersnaam utente nomeutente
""")
NAME_WORDS = USER_WORDS | _words("""
number numero nummer telefoonnummer telefono telephone telefon phone whatsappen
""")
# Said aloud they may be digits.
SOUNDS = _words("""
won to too tu two tree tri free for fore four ate sicks fife wan sero
""")
ARTICLES = (
    "un|une|le|la|el|il|lo|du|au|al|del|the|a|ce|cet|ein|einen|der|den|dem|het|een|this|that|some|any|no|my|one|which"
    "|what|quel|mon|cierto|este|ese|kein|welcher|welk|geen|op|di|en|in|at"
)
NEW_ENDS = "dev|ai|chat|social|blog|shop|store|world|live|life|art|studio|space|website|cafe|me|sh|so"

_STREET = r"(?:rue|calle|via|viale|avenue|avenida|plaza|street|road|strada)"
_IN_STREET = r"(?:strasse|str|straat|laan|weg|gasse|platz|plein)"

# Not refused, but read by a coordinator first: meeting, pictures, secrets, age.
DELICATE = (
    rf"\b{_STREET}\b.{{0,30}}\d|\d.{{0,6}}\b{_STREET}\b|{_IN_STREET} \d",
    r"\boutside (?:this|the) (?:bot|chat|app)\b|\bsomewhere else\b|\ben (?:prive|privado)\b|\bin privato\b"
    r"|\bprivat schreiben\b|\b(?:another|other|otra|autre|altra|andere[rn]?) appl?i?\b|\bappel(?:le|er?)[ -]moi\b",
    r"\b(?:youre|you are|are you) (?:so |very )?(?:cute|pretty|hot|beautiful|handsome)\b|\btu es (?:belle|beau|mignon)"
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
    # Going out together, in the six languages.
    r"\bnos vemos\b|\bci vediamo\b|\bvediamoci\b|\bsehen wir uns\b|\bwir sehen uns\b|\buns (?:\w+ )?(?:wieder)?sehen\b"
    r"|\belkaar (?:\w+ )?(?:zien|treffen|spreken)\b|\bzien we elkaar\b|\bhang(?:ing)? out\b|\bse capter\b"
    r"|\b(?:verre|cafe|coup|biere|the) (?:avec (?:moi|toi)|ensemble)\b|\bboire un (?:verre|coup|cafe)\b"
    r"|\b(?:coffee|drinks?|beer|tea|walk) (?:together|with (?:me|you|us))\b|\bgo for a (?:drink|coffee|walk|beer)\b"
    r"|\b(?:tomamos|tomar) (?:un|una|algo)\b|\bcaffe insieme\b|\bbere (?:qualcosa|un caffe)\b"
    r"|\b(?:wir|gehen) (?:\w+ )?(?:was|etwas) trinken\b|\b(?:wat|iets) (?:gaan )?drinken\b"
    r"|\b(?:come (?:to|over|by|along|and|with)|viens|venez|ven|venid|vieni|venite|komm|kom)\b.{0,60}"
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tonight|tomorrow|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|ce soir|demain|lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|esta noche|lunedi|martedi|mercoledi"
    r"|giovedi|venerdi|sabato|domenica|domani|stasera|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|heute|morgen"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag|vanavond)\b",
    # Pictures.
    r"\b(?:send|show|envoie|envoyez|montre|manda|mandame|envia|enviame|ensename|invia|inviami|mandami|mostrami|schick"
    r"|schicke|zeig|stuur|laat) (?:(?:me|moi|us|nous|mir|mij|eens|mal|a|an|one|une?|una|uno|ein|eine|einen|een|your|ta"
    r"|ton|tes|tu|tua|dein|deine|je|jouw|some|des|la|le|l|the|nice) ){0,3}"
    r"(?:pics?|pictures?|photos?|fotos?|bild|bilder|images?|videos?|imagen|immagine)\b"
    r"|\b(?:pics?|pictures?|photos?|videos?) of yourself\b",
    # Who is with whom.
    r"\b(?:boy|girl)friends?\b|\bpetite?s? (?:copain|copine|amie?)\b|\bas une? (?:copain|copine|mec|meuf)\b"
    r"|\bnovi[oa]s?\b|\bfidanzat[oa]\b|\bhai (?:gia )?(?:il|la|un|una) ragazz[oa]\b|\bfeste[rn]? freund(?:in)?\b"
    r"|\bhast du (?:schon |auch )?eine?n? freund(?:in)?\b|\bvriend(?:innet)?je\b"
    r"|\bheb je (?:al |een |ook )*vriend(?:in)?\b"
    r"|\bverkering\b|\bin love\b|\bdating\b|\bverliebt\b|\bverliefd\b",
    # Secrets.
    r"\b(?:dis|dites|raconte|racontez|parle) (?:le |la |lui )?(?:pas|rien|a personne)\b"
    r"|\bno (?:se |le |lo |les |te |la )*(?:digas|cuentes|hables)\b|\bnon (?:dirlo|dire|dirgli|raccontar\w+|parlarne)\b"
    r"|\b(?:sage?|erzahle?|verrate?) (?:das |es |bitte )*(?:niemand\w*|keine[mr]|nicht|nichts)\b"
    r"|\b(?:zeg|vertel) (?:het |dit |dat |dit )*(?:niet|niks|niemand|tegen niemand|aan niemand)\b"
    r"|\bbetween (?:us|you and me)\b|\bentre (?:nous|nosotros|tu y yo)\b|\btra (?:di )?noi\b|\bunter uns\b"
    r"|\bonder ons\b",
    # Where somebody lives, and at whose door to ring.
    r"\b(?:i live|we live|jhabite|j habite|vivo|abito|ich wohne|ik woon)\b.{0,60}"
    r"\b(?:street|road|avenue|lane|rue|quai|boulevard|place|impasse|allee|calle|plaza|avenida|via|viale|corso|piazza"
    r"|\w*(?:strasse|straat|gracht|weg|gasse|platz|plein|laan|kade))\b"
    r"|\bring (?:the bell|twice|at)\b|\bklingel[nt]?\b|\bklingle\b|\bsonne[zr]? (?:a|chez|au)\b|\btimbre\b"
    r"|\bsuona(?:re)? (?:a|il|al|da)\b|\bcitofon\w+\b|\bbel aan\b|\baanbellen\b",
    # Being looked for.
    r"\b(?:look me up|google me|search (?:for )?me|find me|add me|follow me)\b|\b(?:cherche|ajoute|trouve|suis) moi\b"
    r"|\b(?:buscame|agregame|sigueme|anademe|cercami|aggiungimi|seguimi)\b|\b(?:such|google|finde?) mich\b"
    r"|\b(?:zoek|volg|vind) (?:me|mij)\b|\bvoeg (?:me|mij) toe\b",
)
