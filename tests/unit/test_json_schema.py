"""The schemas in docs/schema are those of the models, and say what authors may write."""

from __future__ import annotations

from pathlib import Path

from bot.content.checker import outdated_schemas
from bot.content.json_schema import schema_of, schemas

FOLDER = Path(__file__).parents[2] / "docs" / "schema"


def test_the_schemas_for_editors_are_those_of_the_models() -> None:
    written = {file.stem: file.read_text("utf-8") for file in FOLDER.glob("*.json")}
    assert written == schemas(), "run `compagnon content schema docs/schema`"


def test_the_content_check_warns_of_schemas_that_are_behind(tmp_path: Path) -> None:
    for name, text in schemas().items():
        (tmp_path / f"{name}.json").write_text(text, "utf-8")
    assert list(outdated_schemas(tmp_path)) == []
    (tmp_path / "quizzes.json").write_text("{}", "utf-8")
    (found,) = outdated_schemas(tmp_path)
    assert found.where.endswith("quizzes.json")
    assert "run `compagnon content schema" in found.what


def test_what_the_place_of_a_file_gives_is_not_asked_for() -> None:
    quiz = schema_of("quizzes")
    assert "path" not in quiz["properties"]
    assert set(quiz["required"]) == {"title", "minutes", "questions"}


def test_a_text_may_be_plain_or_have_plurals() -> None:
    plain, plural = schema_of("texts")["properties"]["body"]["anyOf"]
    assert plain["type"] == ["string", "integer"]
    assert plural["required"] == ["other"]


def test_texts_of_the_interface_may_be_nested() -> None:
    assert {"$ref": "#/$defs/Texts"} in schema_of("interface")["additionalProperties"]["anyOf"]
