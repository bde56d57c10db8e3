"""A record kept open for many callers: what stays in memory between questions, tokens, runs.

The doors that serve (the HTTP API, the pages) share one `Service`; the answers are those of
`comity.opened`.
"""
