"""Who may do what in a service over a record: roles, and tokens kept as hashes."""

from comity.access.roles import ROLES, reaches
from comity.access.tokens import Token, create, find_token, revoke, tokens

__all__ = ["ROLES", "Token", "create", "find_token", "reaches", "revoke", "tokens"]
