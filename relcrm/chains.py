"""Founding a chain across features: store and owner, the notices people are told, the owner's assessment, the first categories."""

from typing import Any

from relcrm.consent import notices
from relcrm.consent import rules as consent_rules
from relcrm.db import write_tx
from relcrm.handover import rules as handover
from relcrm.products import founding as goods
from relcrm.staff import founding, settings


def profiling_text(lang: str) -> str:
    return founding.assessments()["profiling"][lang]


def found(settings_of: Any, answers: dict[str, Any]) -> None:
    """What `relcrm init` does after its questions. Raises SetupError when there is a chain already."""
    founding.found(settings_of, answers)
    with write_tx() as tx:
        publish_notices(tx)
        goods.start(tx, [settings_of.language])
        handover.start(tx)
        if answers["profiling"]:
            consent_rules.assess(tx, "profiling", profiling_text(settings_of.language), True, actor=None)


def publish_notices(tx: Any) -> None:
    slots = {key: settings.text(key) for key in ("legal_name", "legal_address", "privacy_contact")}
    notices.publish(tx, slots)
