"""Masking: customers by stable pseudonyms instead of ids and names, from the first reading of the tables on.

A pseudonym is a keyed hash (HMAC-SHA256) of the customer's id: the same key gives the same pseudonym in every month
and report, and without the key nobody can compute it. What else is said of a customer (region, sales) stays.
"""

import base64
import hashlib
import hmac
import os

from helpers.errors import WorkbookError

ON, KEY = "WORKBOOK_MASK", "WORKBOOK_MASK_KEY"
#: Columns of the standard tables that hold a customer's id, or that of a group of them.
ID_COLUMNS = ("customer_id", "parent_id", "converted_customer_id", "same_as", "group_id")
#: Columns of the customers table that tell who a customer is as plainly as its name does.
SENSITIVE = ("tax_number", "phone", "address", "town")
#: Columns that hold the number of an order, an invoice or a quote.
DOCUMENTS = ("order_id", "invoice_id", "quote_id")
_SHORTEST_KEY = 16


def is_masked() -> bool:
    """Whether customers are to be masked (``WORKBOOK_MASK=1``)."""
    return os.environ.get(ON, "") not in ("", "0")


def mask_key() -> str:
    """Return the key if customers are to be masked, else nothing.

    Raises
    ------
    WorkbookError
        As of `usable_key`, where they are.
    """
    return usable_key() if is_masked() else ""


def usable_key() -> str:
    """Return the key that masking takes.

    Raises
    ------
    WorkbookError
        There is none, or one that can be guessed.
    """
    key = os.environ.get(KEY, "").strip()
    if len(key) < _SHORTEST_KEY:
        raise WorkbookError(
            f"Masking needs a secret key of at least {_SHORTEST_KEY} characters in the environment variable {KEY}. "
            "Keep it: another key gives other pseudonyms. "
            'One is made by: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    return key


def fingerprint(key: str) -> str:
    """Return a fingerprint that tells keys apart without disclosing them; empty without a key."""
    return hmac.new(key.encode(), b"fingerprint", hashlib.sha256).hexdigest()[:32] if key else ""


def pseudonym(key: str, customer_id: str) -> str:
    """Return a customer's pseudonym: ``C-`` and ten letters and digits (50 bits of the hash)."""
    digest = hmac.new(
        key.encode(), b"customer\0" + customer_id.encode("utf-8", "surrogatepass"), hashlib.sha256
    )
    text = base64.b32encode(digest.digest()).decode()[:10]
    return f"C-{text[:5]}-{text[5:]}"
