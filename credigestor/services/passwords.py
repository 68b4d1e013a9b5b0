"""Passwords: what makes one acceptable, its bcrypt hash, and the comparison.

bcrypt reads at most 72 bytes, so a longer password is refused rather than cut. Length is asked
for instead of a mix of character classes (NIST SP 800-63B, 5.1.1.2).
"""

from __future__ import annotations

import secrets
import unicodedata

import bcrypt

from credigestor.errors import InvalidInput

MIN_CHARACTERS = 10
MAX_BYTES = 72
ROUNDS = 12

#: Hash of a random password that nobody knows: compared against when there is no such user, so
#: that an unknown login costs as much time as a known one.
DUMMY_HASH = "$2b$12$echmn5Mj4zVv/cKS/8z8ZeWWl0JGEatm.b50MrGCMnCoszJ10BTcW"

#: Without characters that look alike when a password is dictated or copied by hand.
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


def hash_password(password: str, *, login: str, name: str, field: str = "password") -> str:
    """Hash a password with bcrypt; raise InvalidInput when it may not be used by this person."""
    check_password(password, login=login, name=name, field=field)
    return bcrypt.hashpw(_normal(password).encode(), bcrypt.gensalt(ROUNDS)).decode()


def check_password(password: str, *, login: str, name: str, field: str = "password") -> None:
    """Raise InvalidInput when a password is too short, too long or too plain for this person."""
    plain = _normal(password)
    if len(plain) < MIN_CHARACTERS:
        raise InvalidInput(
            f"A senha precisa ter pelo menos {MIN_CHARACTERS} caracteres.", field=field
        )
    if len(plain.encode()) > MAX_BYTES:
        raise InvalidInput(
            f"A senha é longa demais: o limite é de {MAX_BYTES} bytes (letras com acento contam "
            "como dois).",
            field=field,
        )
    if any(unicodedata.category(c) == "Cc" for c in plain):
        raise InvalidInput("A senha tem um caractere invisível. Digite de novo.", field=field)
    if len(set(plain)) < 4:
        raise InvalidInput("A senha repete sempre os mesmos caracteres.", field=field)
    if plain.casefold() in (_normal(login).casefold(), _normal(name).casefold()):
        raise InvalidInput("A senha não pode ser igual ao usuário nem ao nome.", field=field)


def password_matches(password: str, password_hash: str) -> bool:
    """Tell whether a password has this hash; takes as long whatever the answer."""
    plain = _normal(password).encode()
    usable = len(plain) <= MAX_BYTES and b"\0" not in plain
    matches = bcrypt.checkpw(plain if usable else b"-", password_hash.encode())
    return matches and usable


def generate_password() -> str:
    """Make a random password of 16 characters (about 92 bits), easy to dictate."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


def _normal(text: str) -> str:
    # One keyboard writes "ã" as one code point, another as two; lone surrogates cannot be UTF-8.
    return unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode()
