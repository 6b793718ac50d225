"""What the papers between organisations may name: fields in groups, lists with columns, and who signs.

A template writes `{{ learner.first_name }}`; a text of the catalogues, whose placeholders are plain names, writes
`{learner_first_name}`. The group is what stands before the first underscore.
"""

from __future__ import annotations

from collections.abc import Mapping

GROUPS: Mapping[str, tuple[str, ...]] = {
    "learner": ("name", "first_name", "last_name", "code", "birth_date", "status", "trade", "email", "phone"),
    "guardian": ("name", "phone"),
    "home": ("organisation", "city", "country", "contact_name", "contact_phone", "contact_email"),
    "host": ("organisation", "city", "country", "phone", "tutor_name", "tutor_email", "contact_name", "contact_phone"),
    "stay": ("departure", "arrival", "return", "days", "accommodation"),
    "assessment": ("mid_by", "mid_on", "end_by", "end_on", "comment"),
    "cohort": ("code", "name"),
    "project": ("code", "name", "organisation", "arrival", "return", "flows", "learners"),
    "country": ("name",),
    "paper": ("date",),
}
LISTS: Mapping[str, tuple[str, ...]] = {
    "outcomes": ("number", "unit", "text", "mid", "end", "verdict"),
    "hosts": ("organisation", "city", "country"),
    "places": ("city", "country"),
    "rules": ("question", "answer", "source", "checked"),
    "numbers": ("line", "source", "checked"),
}
FIELDS = frozenset(f"{group}.{name}" for group, names in GROUPS.items() for name in names)
PARTIES = ("learner", "guardian", "home", "host", "tutor", "employer", "intermediary", "first_assessor",
           "second_assessor")  # fmt: skip
SIGNED_BY: Mapping[str, str] = {"learner": "learner.name", "guardian": "guardian.name", "tutor": "host.tutor_name"}
EMPTY_ROWS = 4  # of a list that nobody has filled yet


def field_of(placeholder: str) -> str:
    """`learner_first_name` → `learner.first_name`."""
    group, _, name = placeholder.partition("_")
    return f"{group}.{name}"
