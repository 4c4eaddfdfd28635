"""A kept value back into the inputs it came from, so that it can be corrected."""

from typing import Any

from relcrm import contact_values
from relcrm.consent.catalogue import Field


def raw(field: Field, value: Any) -> dict[str, list[str]]:
    """The inputs of values.parse that give this value again; empty for None."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        name = "text" if field.kind == "text" else "value"
        return {name: [str(one) for one in value] if isinstance(value, list) else [str(value)]}
    renamed = {"values": "value", "texts": "text", "like": "value", "label": "text"}
    return {renamed.get(str(name), str(name)): _inputs(name, part) for name, part in value.items()}


def _inputs(name: str, part: Any) -> list[str]:
    if isinstance(part, bool):
        return ["1"] if part else []
    return [str(one) for one in part] if isinstance(part, list) else ["" if part is None else str(part)]


def identity(form: Any) -> dict[str, Any]:
    """What the identity form holds, as columns of the customer. Raises BadValue for a name that is none."""
    return {
        "name": contact_values.person_name(form.name.data),
        "salutation": form.salutation.data or "",
        "address_as": " ".join((form.address_as.data or "").split()),
        "language": form.language.data or "",
    }
