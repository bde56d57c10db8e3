"""A client for the HTTP API, with the method names of `comity.open()`."""
