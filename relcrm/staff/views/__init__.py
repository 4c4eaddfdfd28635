"""The pages of the staff, one file a room; importing this package binds them all to the blueprint."""

from relcrm.staff.views import account, door, join, people, roles, stores, trail
from relcrm.staff.views.blueprint import bp

__all__ = ["account", "bp", "door", "join", "people", "roles", "stores", "trail"]
