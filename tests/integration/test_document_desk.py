"""Papers between organisations: filled from the database for one, for all, from templates of one's own; and what is
refused with nothing half-written."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import BadInput, NotFound
from bot.papers.paper_filling import DOTS
from bot.service import document_desk
from bot.service.core import Core
from bot.service.document_desk import Filled, Order
from bot.store.tables import Audit, CohortPartner, Organisation, Project
from tests.support.cohort import START, Small, add_learner
from tests.support.command_line import CommandLine
from tests.support.docx_files import texts_of, word_file
from tests.support.looking import rows


def fill(core: Core, order: Order, folder: Path | None = None) -> list[Filled]:
    return list(document_desk.filled(core, document_desk.order(core, order, START), folder))


def test_a_learning_agreement_holds_who_when_where_and_what_is_to_be_learnt(core: Core, small: Small) -> None:
    (paper,) = fill(core, Order("learning-agreement", learner="L01", language="fr"))
    words = texts_of(paper.data)
    assert words[0] == "Contrat pédagogique"
    assert words[1].startswith("Ceci est un modèle à adapter.")
    known = {"Lea Beispiel", "1 mai 2006", "apprenti·e", "Claire Exemple", "Panadería de Ejemplo", "Séville", "Espagne"}
    assert {*known, "1 mars 2026", "21 mars 2026", "21"} <= set(words)
    assert "host.tutor_name" in paper.missing
    assert any(f"{DOTS} (Tuteur ou tutrice)" in one for one in words)
    assert "guardian.name" not in paper.missing  # of age


def test_each_learner_of_a_cohort_has_a_paper_in_their_language_and_each_filling_is_noted(
    core: Core, small: Small
) -> None:
    add_learner(
        core, small, "tom", "Tom", "Beispiel", "L02", birth_date=date(2009, 5, 1), guardian_name="Anna Beispiel"
    )
    papers = fill(core, Order("release-agreement", cohort="SPRING"))
    assert [(one.sheet.name, one.sheet.language) for one in papers] == [
        ("release-agreement-spring-l01", "en"), ("release-agreement-spring-l02", "en"),
    ]  # fmt: skip
    assert "Anna Beispiel" in texts_of(papers[1].data)
    noted = rows(core, Audit, Audit.action == "document_filled")
    assert [(one.person_id, one.detail) for one in noted] == [
        (small.people[name], {"document": "release-agreement"}) for name in ("lea", "tom")
    ]


def test_papers_about_a_project_name_nobody_and_count_no_few(core: Core, small: Small) -> None:
    for document in ("memorandum-of-understanding", "partnership-charter", "flyer", "project-page"):
        (paper,) = fill(core, Order(document, cohort="SPRING"))
        assert not any("Beispiel" in words or "Claire" in words for words in texts_of(paper.data))
    assert "project.learners" in paper.missing
    assert rows(core, Audit, Audit.action == "document_filled") == []


def test_the_memorandum_names_project_number_lead_and_who_receives(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        lead, project = session.scalars(select(Organisation)).one(), session.scalars(select(Project)).one()
        lead.name, project.name, project.grant_number = "Lycée Exemple", "Away", "2026-1-FR01-KA121-1"
        partner = Organisation(name="Mediador de Ejemplo", country="ES", kind="host")
        session.add(partner)
        session.flush()
        session.add(CohortPartner(cohort_id=small.cohort_id, organisation_id=partner.id, part="host"))
    (paper,) = fill(core, Order("memorandum-of-understanding", project="default"))
    named = {"Lycée Exemple", "2026-1-FR01-KA121-1", "Panadería de Ejemplo", "Mediador de Ejemplo"}
    assert named <= set(texts_of(paper.data))


def test_the_sheet_on_minors_says_where_from_or_that_nobody_has_looked(core: Core, small: Small) -> None:
    (france,) = fill(core, Order("minors-at-work", country="FR"))
    words = " ".join(texts_of(france.data))
    assert "At most 35 hours." in words
    assert "travail-emploi.gouv.fr" in words
    assert "Directive 94/33/EC, Article 7" in words
    (kosovo,) = fill(core, Order("minors-at-work", country="XK", language="it"))
    assert any(words.startswith("Al massimo 30 ore.") for words in texts_of(kosovo.data))
    assert any(words.startswith("Niente lavoro notturno") for words in texts_of(kosovo.data))
    for country in ("RS", "CH"):
        (other,) = fill(core, Order("minors-at-work", country=country))
        words = " ".join(texts_of(other.data))
        assert "Not looked up yet for" in words
        assert "Directive" not in words


def test_what_the_home_school_said_stands_only_where_the_learner_shows_it(core: Core, small: Small) -> None:
    (paper,) = fill(core, Order("assessment-grid", learner="L01"))
    assert all(row["verdict"] is None for row in paper.sheet.facts.lists["outcomes"])


def test_a_template_of_ones_own_counts_before_ours_and_one_in_the_language_before_one_for_all(
    core: Core, small: Small, tmp_path: Path
) -> None:
    own = tmp_path / "documents"
    own.mkdir()
    (own / "tutor-role.docx").write_bytes(word_file("For all: {{ learner.first_name }}"))
    (own / "tutor-role.de.docx").write_bytes(word_file("Auf Deutsch: {{ learner.first_name }}"))
    found = {
        language: texts_of(fill(core, Order("tutor-role", learner="L01", language=language), tmp_path)[0].data)
        for language in ("de", "nl")
    }
    assert found == {"de": ["Auf Deutsch: Lea"], "nl": ["For all: Lea"]}
    (own / "flyer.docm").write_bytes(b"x")
    with pytest.raises(BadInput, match=r"flyer\.docm is not read: save it as \.docx"):
        fill(core, Order("flyer", cohort="SPRING"), tmp_path)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (Order("learning-agrement", learner="L01"), "did you mean 'learning-agreement'"),
        (Order("learning-agreement", learner="L09"), "There is no learner “L09”"),
        (Order("learning-agreement", learner="L01", language="pl"), "There are no papers in “pl”"),
        (Order("learning-agreement", country="FR"), "is about a learner"),
        (Order("flyer", learner="L01"), "is about a project"),
        (Order("flyer", project="KA9"), "There is no project “KA9”"),
        (Order("minors-at-work", country="ZZ"), "is not a country"),
    ],
)
def test_an_order_that_cannot_be_filled_says_why(core: Core, small: Small, order: Order, told: str) -> None:
    with pytest.raises((BadInput, NotFound), match=told):
        fill(core, order)


def test_the_commands_write_all_papers_or_none(run: CommandLine, core: Core, small: Small) -> None:
    add_learner(core, small, "tom", "Tom", "Beispiel", "L02")
    listed = run.good("documents", "list", "--language", "it", "--json").json
    assert len(listed) == len(core.content.documents)
    named = [row["field"] for row in run.good("documents", "fields", "flyer", "--json").json]
    assert "project.name" in named
    assert not any(name.startswith("learner") for name in named)
    said = run.good("documents", "fill", "tutor-role", "--cohort", "SPRING", "--to", "papers.zip").out
    assert "2 papers of tutor-role" in said
    with zipfile.ZipFile(run.folder / "papers.zip") as packed:
        assert packed.namelist() == ["tutor-role-spring-l01.en.docx", "tutor-role-spring-l02.en.docx"]
    assert "add --force" in run.refused("documents", "fill", "tutor-role", "--cohort", "SPRING", "--to", "papers.zip")
    folder = run.folder / "out"
    folder.mkdir()
    (folder / "tutor-role-spring-l02.en.docx").write_bytes(b"mine")
    assert "add --force" in run.refused("documents", "fill", "tutor-role", "--cohort", "SPRING", "--to", "out")
    assert [(file.name, file.read_bytes()) for file in folder.iterdir()] == [("tutor-role-spring-l02.en.docx", b"mine")]
    assert "do not fit into one.docx" in run.refused("documents", "fill", "tutor-role", "--cohort", "SPRING",
                                                     "--to", "one.docx")  # fmt: skip
    assert "choose one" in run.refused("documents", "fill", "flyer", "--cohort", "SPRING", "--project", "default")
    assert "Say for whom" in run.refused("documents", "fill", "flyer")


def test_our_template_can_be_adapted_and_put_back(
    run: CommandLine, core: Core, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = run.folder / "content" / "documents"
    own.mkdir(parents=True)
    run.good("documents", "template", "learning-agreement", "--language", "de", "--to",
             str(own / "learning-agreement.de.docx"))  # fmt: skip
    monkeypatch.setenv("COMPAGNON_CONTENT_DIR", str(run.folder / "content"))
    listed = run.good("documents", "list", "--json").json
    assert [one["own"] for one in listed if one["id"] == "learning-agreement"] == [["learning-agreement.de.docx"]]
    told = run.good("documents", "fill", "learning-agreement", "--learner", "L01", "--language", "de",
                    "--to", "l01.docx", "--json").json  # fmt: skip
    assert "home.organisation" in told["papers"][0]["missing"]
    ours = fill(core, Order("learning-agreement", learner="L01", language="de"))[0]
    assert texts_of((run.folder / "l01.docx").read_bytes()) == texts_of(ours.data)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(run: CommandLine, core: Core, small: Small) -> None:
    said = run.refused("documents", "fill", "flyer", "--cohort", "SPRING", "--to", "/dev/full/flyer.docx")
    assert said.startswith("The file /dev/full/flyer.docx cannot be written")
    said = run.refused("documents", "fill", "flyer", "--cohort", "SPRING", "--to", "/dev/full/papers")
    assert said.startswith("The folder /dev/full/papers cannot be written to")
