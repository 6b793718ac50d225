"""What coordinators call the columns of a list, in six languages: header text → column of the contract.

Compared without case, accents, punctuation and hints in brackets. The first name of each language is the one that the
template writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.rules.fold import plain

LANGUAGES = ("en", "fr", "es", "it", "de", "nl")

_N = Mapping[str, tuple[str, ...]]
NAMES: Mapping[str, _N] = {
    "code": {
        "en": ("code", "learner code", "id"), "fr": ("code", "identifiant", "matricule"),
        "es": ("código", "identificador"), "it": ("codice", "matricola"), "de": ("Kürzel", "Code", "Kennung"),
        "nl": ("code", "leerlingnummer"),
    },
    "role": {
        "en": ("role",), "fr": ("rôle", "fonction"), "es": ("función", "rol"), "it": ("ruolo", "funzione"),
        "de": ("Rolle", "Funktion"), "nl": ("rol", "functie"),
    },
    "first_name": {
        "en": ("first name", "given name", "forename"), "fr": ("prénom", "prénoms"), "es": ("nombre", "nombre de pila"),
        "it": ("nome",), "de": ("Vorname", "Vornamen"), "nl": ("voornaam", "voornamen"),
    },
    "last_name": {
        "en": ("last name", "surname", "family name"), "fr": ("nom", "nom de famille"), "es": ("apellidos", "apellido"),
        "it": ("cognome",), "de": ("Nachname", "Familienname", "Zuname"), "nl": ("achternaam", "familienaam"),
    },
    "language": {
        "en": ("language",), "fr": ("langue",), "es": ("idioma", "lengua"), "it": ("lingua",), "de": ("Sprache",),
        "nl": ("taal",),
    },
    "birth_date": {
        "en": ("birth date", "date of birth", "birthday"), "fr": ("date de naissance", "né le", "née le", "né(e) le"),
        "es": ("fecha de nacimiento",), "it": ("data di nascita", "nato il", "nata il"),
        "de": ("Geburtsdatum", "geboren am", "Geburtstag"), "nl": ("geboortedatum",),
    },
    "status": {
        "en": ("status",), "fr": ("statut",), "es": ("situación", "estatus"), "it": ("stato", "qualifica"),
        "de": ("Status",), "nl": ("status",),
    },
    "trade": {
        "en": ("trade", "occupation"), "fr": ("métier", "filière", "formation"), "es": ("oficio", "especialidad"),
        "it": ("mestiere", "indirizzo di studi", "settore"), "de": ("Beruf", "Ausbildungsberuf"),
        "nl": ("beroep", "vak"),
    },
    "fewer_opportunities": {
        "en": ("fewer opportunities",), "fr": ("moins d'opportunités",), "es": ("menos oportunidades",),
        "it": ("minori opportunità",), "de": ("geringere Chancen", "geringere Teilhabechancen"),
        "nl": ("minder kansen", "kansarm"),
    },
    "phone": {
        "en": ("phone", "telephone", "mobile", "mobile phone"),
        "fr": ("téléphone", "tél", "portable", "numéro de téléphone", "mobile"), "es": ("teléfono", "móvil"),
        "it": ("telefono", "cellulare"), "de": ("Telefon", "Handy", "Handynummer", "Mobil", "Telefonnummer"),
        "nl": ("telefoon", "telefoonnummer", "mobiel", "gsm"),
    },
    "email": {
        "en": ("email", "e-mail", "email address", "mail"),
        "fr": ("courriel", "e-mail", "adresse e-mail", "mél", "email"),
        "es": ("correo electrónico", "correo", "e-mail"), "it": ("e-mail", "posta elettronica", "indirizzo e-mail"),
        "de": ("E-Mail", "E-Mail-Adresse"), "nl": ("e-mail", "e-mailadres"),
    },
    "home_city": {
        "en": ("home city", "home town"), "fr": ("ville d'origine", "ville de départ"), "es": ("ciudad de origen",),
        "it": ("città di origine", "città di partenza"), "de": ("Heimatort", "Wohnort", "Heimatstadt"),
        "nl": ("woonplaats",),
    },
    "home_country": {
        "en": ("home country",), "fr": ("pays d'origine", "pays de départ"), "es": ("país de origen",),
        "it": ("paese di origine",), "de": ("Heimatland", "Herkunftsland"), "nl": ("thuisland", "land van herkomst"),
    },
    "home_timezone": {
        "en": ("home timezone", "home time zone"), "fr": ("fuseau horaire d'origine",),
        "es": ("zona horaria de origen",),
        "it": ("fuso orario di origine",), "de": ("Zeitzone zu Hause",), "nl": ("tijdzone thuis",),
    },
    "host_city": {
        "en": ("host city", "destination", "destination city"),
        "fr": ("ville d'accueil", "destination", "ville de stage"),
        "es": ("ciudad de acogida", "ciudad de destino", "destino"),
        "it": ("città ospitante", "città di destinazione", "destinazione"), "de": ("Gaststadt", "Zielort", "Gastort"),
        "nl": ("gaststad", "bestemming", "plaats van bestemming"),
    },
    "host_country": {
        "en": ("host country", "destination country"), "fr": ("pays d'accueil", "pays de destination"),
        "es": ("país de acogida", "país de destino"), "it": ("paese ospitante", "paese di destinazione"),
        "de": ("Gastland", "Zielland"), "nl": ("gastland", "land van bestemming"),
    },
    "host_timezone": {
        "en": ("host timezone", "host time zone"), "fr": ("fuseau horaire d'accueil",),
        "es": ("zona horaria de acogida",), "it": ("fuso orario ospitante",), "de": ("Zeitzone im Gastland",),
        "nl": ("tijdzone gastland",),
    },
    "host_organisation": {
        "en": ("host organisation", "host company", "host organization", "company"),
        "fr": ("structure d'accueil", "entreprise d'accueil", "entreprise", "lieu de stage"),
        "es": ("organización de acogida", "empresa de acogida", "empresa"),
        "it": ("struttura ospitante", "azienda ospitante", "azienda"),
        "de": ("Gastbetrieb", "Betrieb", "Praktikumsbetrieb"), "nl": ("gastorganisatie", "stagebedrijf", "bedrijf"),
    },
    "host_phone": {
        "en": ("host phone", "company phone"), "fr": ("téléphone de la structure d'accueil", "téléphone entreprise"),
        "es": ("teléfono de la empresa",), "it": ("telefono dell'azienda", "telefono azienda"),
        "de": ("Telefon des Gastbetriebs", "Telefon Betrieb"), "nl": ("telefoon gastorganisatie", "telefoon bedrijf"),
    },
    "tutor": {
        "en": ("tutor", "tutor code"), "fr": ("code du tuteur", "tuteur", "tutrice"),
        "es": ("código del tutor", "tutor"),
        "it": ("codice del tutor", "tutor"), "de": ("Kürzel der Betreuungsperson",),
        "nl": ("code praktijkbegeleider",),
    },
    "tutor_name": {
        "en": ("tutor name", "name of the tutor"),
        "fr": ("nom du tuteur", "nom de la tutrice", "nom du tuteur ou de la tutrice"),
        "es": ("nombre del tutor", "nombre de la tutora"), "it": ("nome del tutor", "nome tutor"),
        "de": ("Betreuungsperson", "Name der Betreuungsperson"),
        "nl": ("praktijkbegeleider", "naam praktijkbegeleider"),
    },
    "tutor_email": {
        "en": ("tutor email", "tutor e-mail"), "fr": ("courriel du tuteur", "e-mail du tuteur", "mail du tuteur"),
        "es": ("correo del tutor", "correo de la tutora"), "it": ("e-mail del tutor",),
        "de": ("E-Mail der Betreuungsperson",), "nl": ("e-mail praktijkbegeleider",),
    },
    "accommodation": {
        "en": ("accommodation", "housing", "accommodation address"),
        "fr": ("hébergement", "logement", "adresse du logement"),
        "es": ("alojamiento",), "it": ("alloggio", "sistemazione"), "de": ("Unterkunft",),
        "nl": ("verblijf", "accommodatie", "verblijfsadres"),
    },
    "departure_date": {
        "en": ("departure date", "departure"), "fr": ("date de départ", "départ"), "es": ("fecha de salida", "salida"),
        "it": ("data di partenza", "partenza"), "de": ("Abreise", "Abreisedatum", "Abfahrt"),
        "nl": ("vertrekdatum", "vertrek"),
    },
    "arrival_date": {
        "en": ("arrival date", "arrival", "start date"), "fr": ("date d'arrivée", "arrivée", "date de début"),
        "es": ("fecha de llegada", "llegada", "fecha de inicio"), "it": ("data di arrivo", "arrivo", "data di inizio"),
        "de": ("Ankunft", "Ankunftsdatum", "Anreise"), "nl": ("aankomstdatum", "aankomst"),
    },
    "return_date": {
        "en": ("return date", "return", "end date"), "fr": ("date de retour", "retour", "date de fin"),
        "es": ("fecha de regreso", "regreso", "fecha de vuelta", "fecha de fin"),
        "it": ("data di ritorno", "ritorno", "data di fine"), "de": ("Rückkehr", "Rückreise", "Rückreisedatum"),
        "nl": ("terugkeerdatum", "terugreis", "terugkeer"),
    },
    "referent": {
        "en": ("referent", "contact person"),
        "fr": ("référent", "référente", "référent·e", "référent(e)", "référent·e (code)"),
        "es": ("persona de referencia", "referente"), "it": ("referente",), "de": ("Ansprechperson", "Ansprechpartner"),
        "nl": ("contactpersoon",),
    },
    "backup_referent": {
        "en": ("backup referent", "backup", "second contact person"),
        "fr": ("référent suppléant", "suppléant", "suppléante", "référent·e suppléant·e", "second référent"),
        "es": ("persona de referencia suplente", "suplente"), "it": ("referente sostituto", "sostituto"),
        "de": ("Vertretung", "zweite Ansprechperson"), "nl": ("vervangende contactpersoon", "tweede contactpersoon"),
    },
    "local_contact": {
        "en": ("local contact",), "fr": ("contact local", "contact sur place"), "es": ("contacto local",),
        "it": ("contatto locale",), "de": ("Kontakt vor Ort",), "nl": ("lokale contactpersoon", "lokaal contact"),
    },
    "partner": {
        "en": ("partner", "pair"), "fr": ("binôme", "partenaire"), "es": ("pareja", "compañero"),
        "it": ("compagno", "partner"), "de": ("Partner", "Tandem", "Zweierteam"), "nl": ("partner", "duo"),
    },
    "group": {
        "en": ("group", "travel group"), "fr": ("groupe", "groupe de voyage"), "es": ("grupo", "grupo de viaje"),
        "it": ("gruppo", "gruppo di viaggio"), "de": ("Gruppe", "Reisegruppe"), "nl": ("groep", "reisgroep"),
    },
    "telegram": {
        "en": ("telegram", "has telegram"), "fr": ("telegram", "a telegram"), "es": ("telegram", "tiene telegram"),
        "it": ("telegram", "ha telegram"), "de": ("telegram", "hat telegram"), "nl": ("telegram", "heeft telegram"),
    },
    "guardian_name": {
        "en": ("guardian name", "guardian", "parent", "parent name"),
        "fr": ("responsable légal", "nom du responsable légal", "parent", "représentant légal"),
        "es": ("tutor legal", "nombre del tutor legal", "padre o madre"),
        "it": ("genitore", "nome del genitore", "tutore legale"),
        "de": ("Sorgeberechtigte", "Erziehungsberechtigte", "Eltern", "gesetzliche Vertretung"),
        "nl": ("ouder", "ouder of voogd", "naam ouder", "wettelijk vertegenwoordiger"),
    },
    "guardian_phone": {
        "en": ("guardian phone", "parent phone"),
        "fr": ("téléphone du responsable légal", "téléphone parent", "téléphone des parents"),
        "es": ("teléfono del tutor legal",), "it": ("telefono del genitore", "telefono genitore"),
        "de": ("Telefon der Sorgeberechtigten", "Telefon Eltern"), "nl": ("telefoon ouder",),
    },
    "guardian_email": {
        "en": ("guardian email", "guardian e-mail", "parent email"),
        "fr": ("courriel du responsable légal", "e-mail parent"),
        "es": ("correo del tutor legal",), "it": ("e-mail del genitore",),
        "de": ("E-Mail der Sorgeberechtigten", "E-Mail Eltern"),
        "nl": ("e-mail ouder",),
    },
    "guardian_language": {
        "en": ("guardian language", "parent language"), "fr": ("langue du responsable légal", "langue parent"),
        "es": ("idioma del tutor legal",), "it": ("lingua del genitore",),
        "de": ("Sprache der Sorgeberechtigten", "Sprache Eltern"),
        "nl": ("taal ouder",),
    },
    "guardian_telegram": {
        "en": ("guardian telegram", "guardian has telegram"), "fr": ("telegram du responsable légal",),
        "es": ("telegram del tutor legal",), "it": ("telegram del genitore",),
        "de": ("Telegram der Sorgeberechtigten",),
        "nl": ("telegram ouder",),
    },
    "emergency_contact_name": {
        "en": ("emergency contact name", "emergency contact"),
        "fr": ("contact d'urgence", "personne à prévenir", "personne à contacter en cas d'urgence"),
        "es": ("contacto de emergencia",), "it": ("contatto di emergenza",), "de": ("Notfallkontakt",),
        "nl": ("contact in noodgeval", "noodcontact"),
    },
    "emergency_contact_phone": {
        "en": ("emergency contact phone", "emergency phone"),
        "fr": ("téléphone du contact d'urgence", "téléphone d'urgence"),
        "es": ("teléfono de emergencia",), "it": ("telefono di emergenza",),
        "de": ("Telefon des Notfallkontakts", "Notfallnummer"),
        "nl": ("telefoon noodcontact",),
    },
    "duty": {
        "en": ("duty", "duty hours"), "fr": ("permanence", "heures de permanence"),
        "es": ("guardia", "horario de guardia"),
        "it": ("reperibilità", "orario di reperibilità"), "de": ("Dienstzeiten", "Erreichbarkeit"),
        "nl": ("bereikbaarheid", "diensttijden"),
    },
    "timezone": {
        "en": ("timezone", "time zone"), "fr": ("fuseau horaire",), "es": ("zona horaria",), "it": ("fuso orario",),
        "de": ("Zeitzone",), "nl": ("tijdzone",),
    },
    "learners": {
        "en": ("learners", "learner codes", "children"), "fr": ("apprenants", "codes des apprenants", "enfants"),
        "es": ("participantes", "alumnado"), "it": ("partecipanti", "allievi"), "de": ("Lernende", "Kinder"),
        "nl": ("leerlingen", "deelnemers"),
    },
}  # fmt: skip

ROLES: Mapping[str, tuple[str, ...]] = {
    "learner": ("learner", "learners", "participant", "participants", "apprenant", "apprenante", "apprenants", "élève",
                "élèves", "participante", "alumno", "alumna", "alumnos", "aprendiz", "partecipante", "partecipanti",
                "allievo", "allieva", "allievi", "Lernende", "Teilnehmende", "Schüler", "leerling", "leerlingen",
                "deelnemer", "deelnemers", "liste", "list"),
    "staff": ("staff", "staff participant", "staff participants", "personnel", "enseignant", "enseignante",
        "enseignants",
              "personal docente", "docente", "docenti", "personale", "Personal", "Lehrkraft", "Lehrkräfte", "personeel",
              "docenten"),
    "referent": ("referent", "referents", "contact person", "contact persons", "référent", "référente", "référent·e",
                 "référents", "referente", "referentes", "persona de referencia", "referenti", "Ansprechperson",
                 "Ansprechpersonen", "contactpersoon", "contactpersonen"),
    "coordinator": ("coordinator", "coordinators", "coordinateur", "coordinatrice", "coordinador", "coordinadora",
                    "coordinatore", "Koordinator", "Koordinatorin", "Koordination", "coördinator"),
    "local-contact": ("local contact", "local contacts", "contact local", "contact sur place", "contacto local",
                      "contatto locale", "Kontakt vor Ort", "lokale contactpersoon", "lokaal contact"),
    "accompanying": ("accompanying", "accompanying person", "accompagnateur", "accompagnatrice", "accompagnant",
                     "acompañante", "accompagnatore", "Begleitung", "Begleitperson", "begeleider", "begeleidster"),
    "safeguarding": ("safeguarding", "safeguarding lead", "protection des mineurs", "référent protection",
                     "protección de menores", "tutela dei minori", "Kinderschutz", "Schutzbeauftragte",
                     "jeugdbescherming",
                     "vertrouwenspersoon"),
    "host-tutor": ("host tutor", "host tutors", "tutor", "tutors", "tuteur", "tutrice", "tuteurs", "tutora", "tutores",
                   "tutor aziendale", "Betreuungsperson", "Betreuung im Betrieb", "praktijkbegeleider", "host", "hosts",
                   "host organisation", "host organisations", "structures d'accueil", "structure d'accueil", "empresas",
                   "aziende", "Gastbetriebe", "gastorganisaties", "tutors at work"),
    "family": ("family", "families", "guardian", "guardians", "parent", "parents", "famille", "familles",
               "responsable légal", "responsables légaux", "familia", "familias", "tutor legal", "famiglia", "famiglie",
               "genitore", "genitori", "Familie", "Familien", "Eltern", "Sorgeberechtigte", "ouder", "ouders", "gezin"),
}  # fmt: skip
STATUSES: Mapping[str, tuple[str, ...]] = {
    "pupil": ("pupil", "student", "élève", "lycéen", "lycéenne", "estudiante", "alumno", "alumna", "studente",
        "studentessa",
              "Schüler", "Schülerin", "leerling", "scholier"),
    "apprentice": ("apprentice", "apprenti", "apprentie", "aprendiz", "apprendista", "Auszubildende", "Auszubildender",
                   "Azubi", "Lehrling", "leerling-werknemer"),
    "graduate": ("graduate", "diplômé", "diplômée", "graduado", "graduada", "titulado", "titulada", "diplomato",
                 "diplomata", "Absolvent", "Absolventin", "afgestudeerde"),
}  # fmt: skip
YES = ("yes", "y", "true", "1", "oui", "vrai", "sí", "si", "sì", "ja", "wahr", "waar", "x", "verdadero", "vero")
NO = ("no", "n", "false", "0", "non", "faux", "nein", "nee", "falsch", "onwaar", "falso", "phone", "by phone",
      "téléphone", "kein telegram", "-")  # fmt: skip


def folded(text: str) -> str:
    """As `plain`, and without hints in brackets."""
    return plain(re.sub(r"\([^)]*\)", " ", text))


def _index(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {folded(name): key for key, found in names.items() for name in (*found, key)}


_COLUMNS = {
    folded(name): column
    for language in reversed(LANGUAGES)  # where two languages disagree, the first of LANGUAGES is right
    for column, names in NAMES.items()
    for name in names.get(language, ())
} | {folded(column): column for column in NAMES}
_ROLES, _STATUSES = _index(ROLES), _index(STATUSES)
_TRUE, _FALSE = {folded(word) or word for word in YES}, {folded(word) or word for word in NO}


def column_of(header: str) -> str | None:
    """The column that a header means, None for one that nobody knows."""
    return _COLUMNS.get(folded(header))


def role_of(word: str) -> str | None:
    """The role that a cell or the name of a sheet means, as the command line spells it."""
    return _ROLES.get(folded(word))


def status_of(word: str) -> str | None:
    """pupil, apprentice or graduate, from a word in one of six languages."""
    return _STATUSES.get(folded(word))


def truth_of(word: str) -> bool | None:
    """Yes or no, in one of six languages."""
    plain = folded(word) or word.strip()
    return True if plain in _TRUE else False if plain in _FALSE else None


def header_in(column: str, language: str) -> str:
    """What the template calls a column."""
    return NAMES[column].get(language, (column,))[0] if language != "en" else column


def all_headers() -> Mapping[str, str]:
    """Every known header, folded → column."""
    return _COLUMNS
