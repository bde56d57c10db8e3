"""A client for the HTTP API, with the method names of `comity.open()`.

    import comity

    with comity.Client("http://127.0.0.1:8000", token="comity_…") as client:
        client.brief("CHN", "JPN", as_of="2023-11-16")

Answers are plain data: what the same method of the library gives, or its `as_dict`. Errors are
those of the library, with the same what, where and mend.
"""

from comity.client.client import Client

__all__ = ["Client"]
