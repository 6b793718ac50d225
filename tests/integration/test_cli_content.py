"""The author's way on the command line: journeys, kits, content."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import CommandLine

STAY = ("--arrival", "2026-03-01", "--return", "28/03/2026")


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """These commands open no database: one kind is enough."""
    return f"sqlite:///{tmp_path}/none.sqlite3"


def test_journeys_are_listed_and_shown(run: CommandLine) -> None:
    assert "learner-short" in [row["id"] for row in run.good("journey", "list", "--json").json]
    steps = run.good("journey", "show", "learner-short", "--json").json["steps"]
    assert {step["stage"] for step in steps} == {"before", "during", "after"}
    assert "choose one of" in run.refused("journey", "show", "nope")


def test_a_simulation_gives_every_message_in_local_time_and_utc(run: CommandLine) -> None:
    rows = run.good(
        "journey", "simulate", "learner-short", *STAY, "--host-city", "seville",
        "--home-timezone", "Europe/Riga", "--json",
    ).json  # fmt: skip
    assert rows == sorted(rows, key=lambda row: row["utc"])
    offsets = {(row["stage"], row["timezone"], row["local"][-6:]) for row in rows if row["stage"] == "before"}
    assert ("before", "Europe/Riga", "+02:00") in offsets
    assert all(row["utc"].endswith("+00:00") for row in rows)
    assert any(row["timezone"] == "Europe/Madrid" for row in rows)


def test_a_simulation_refuses_what_cannot_be(run: CommandLine) -> None:
    simulate = ("journey", "simulate", "learner-short")
    assert "--host-country" in run.refused(*simulate, *STAY, "--host-city", "Graz")
    assert "wrong way round" in run.refused(
        *simulate, "--arrival", "2026-03-28", "--return", "2026-03-01", "--host-city", "lyon"
    )
    assert "not a time zone" in run.refused(*simulate, *STAY, "--host-city", "lyon", "--home-timezone", "Paris")
    run.good(*simulate, *STAY, "--host-city", "Graz", "--host-country", "AT")


def test_a_host_lives_by_the_clock_of_the_host_city(run: CommandLine) -> None:
    rows = run.good("journey", "simulate", "host-tutor", *STAY, "--host-city", "faro", "--json").json
    assert {row["timezone"] for row in rows} == {"Europe/Lisbon"}


def test_kits_are_listed_and_shown_in_a_language(run: CommandLine) -> None:
    assert {"seville", "lyon"} <= {row["id"] for row in run.good("kit", "list", "--json").json}
    found = run.good("kit", "show", "Séville", "--topic", "emergency_numbers", "--lang", "fr", "--json").json
    assert (found["kit"], found["language"]) == ("seville", "fr")
    assert "112" in found["topics"]["emergency_numbers"]["text"]
    assert "There is no topic" in run.refused("kit", "show", "seville", "--topic", "nope")
    assert "There is no kit for “Graz”" in run.refused("kit", "show", "Graz")


def test_a_kit_is_written_as_one_pdf_in_a_language(run: CommandLine) -> None:
    file = run.folder / "kit.pdf"
    assert f"{file}: " in run.good("kit", "pdf", "Sevilla", str(file), "--language", "fr").out
    assert file.read_bytes().startswith(b"%PDF")
    assert "There is no kit" in run.refused("kit", "pdf", "Atlantis", str(file))
    assert "cannot be written" in run.refused("kit", "pdf", "lyon", str(run.folder / "no" / "kit.pdf"))


def test_a_question_is_answered_with_the_public_fields(run: CommandLine) -> None:
    found = run.good("kit", "ask", "seville", "what number do I call in an emergency?", "--json").json
    assert set(found) == {"outcome", "topic", "text", "alternatives", "language"}
    assert (found["outcome"], found["topic"], found["language"]) == ("answer", "emergency_numbers", "en")
    assert "112" in found["text"]
    assert "<" not in found["text"]


def test_questions_of_a_file_are_answered_line_by_line(run: CommandLine) -> None:
    questions = "what number do I call in an emergency?\nfr\tquel numéro appeler en cas d'urgence ?\n\nhello\n"
    out = run.good("kit", "ask", "seville", "--file", run.file("q.tsv", questions.encode())).out
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["language"] for row in rows] == ["en", "fr", "en", "en"]
    assert {row["topic"] for row in rows[:2]} == {"emergency_numbers"}


def test_a_blank_line_of_a_file_is_declined_so_that_answers_stand_where_questions_stood(run: CommandLine) -> None:
    file = run.file("questions.txt", b"hello\n\nwhere can i wash my clothes\n")
    lines = run.good("kit", "ask", "seville", "--file", file).out.splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["smalltalk", "decline", "answer"]


@pytest.mark.parametrize("words", ["hello", "Bonjour !", "thx", "who are you"])
def test_small_talk_is_no_question_on_how_to_greet(run: CommandLine, words: str) -> None:
    assert run.good("kit", "ask", "seville", words, "--json").json["outcome"] == "smalltalk"


def test_a_kit_question_needs_exactly_one_source(run: CommandLine) -> None:
    assert run("kit", "ask", "seville").status == 2


def test_statistics_have_the_public_fields(run: CommandLine) -> None:
    found = run.good("content", "stats", "--json").json
    assert set(found) >= {
        "journeys", "challenges", "reflections", "quizzes", "safety_modules", "kits", "language_tests", "translations",
    }  # fmt: skip
    assert found["journeys"]["learner-short"] > 0
    assert set(found["translations"]["fr"]) == {"translated", "missing", "fuzzy"}


def test_a_broken_script_is_told_with_file_and_line(run: CommandLine) -> None:
    folder = run.folder / "mine" / "journeys"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text("title: [\n", encoding="utf-8")
    found = run("content", "check", str(run.folder / "mine"), "--json")
    assert found.status == 1
    assert any("own.yaml:" in str(fault) for fault in found.json["faults"])


def test_a_folder_that_is_not_there_is_named(run: CommandLine) -> None:
    assert "nowhere is no folder" in run.refused("content", "check", "nowhere")


# --- documents --------------------------------------------------------------------------------------


def test_sheets_are_listed_in_the_order_of_a_stay_and_written_in_a_language(run: CommandLine) -> None:
    rows = run.good("content", "sheets", "--language", "it", "--json").json
    phases = [row["phase"] for row in rows]
    assert phases == sorted(phases, reverse=True)
    assert {"id", "title", "phase", "minutes", "group", "competences"} == set(rows[0])
    pdf, html = run.folder / "one.pdf", run.folder / "one.html"
    run.good("content", "sheets", "cv", "--language", "de", "--pdf", str(pdf), "--html", str(html))
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert '<html lang="de"' in html.read_text("utf-8")


def test_a_guide_and_a_journey_become_documents(run: CommandLine) -> None:
    html = run.folder / "page.html"
    run.good("content", "guide", "learner", "--language", "fr", "--html", str(html))
    assert "Papiers" in html.read_text("utf-8")
    run.good("journey", "export", "family", "--html", str(html))
    assert "For parents and guardians" in html.read_text("utf-8")
    assert {row["id"] for row in run.good("content", "guide", "--json").json} == {"learner", "staff"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("content", "sheets", "icebreg"), "did you mean 'iceberg'"),
        (("content", "sheets", "--language", "pl"), "choose one of de, en"),
        (("content", "guide", "teacher"), "choose from learner, staff"),
        (("content", "guide", "learner"), "--pdf FILE"),
        (("journey", "export", "family", "--pdf", "no/such/folder.pdf"), "choose another place"),
    ],
)
def test_a_document_that_cannot_be_made_is_refused_in_one_sentence(run: CommandLine, words, said: str) -> None:
    assert said in run.refused(*words)


def test_schemas_for_editors_are_written_a_file_a_kind(run: CommandLine) -> None:
    run.good("content", "schema", str(run.folder / "schema"))
    assert (run.folder / "schema" / "quizzes.json").read_text("utf-8").startswith("{")
