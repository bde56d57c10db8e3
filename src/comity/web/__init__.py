"""The pages: a door to `comity.opened`, with no logic of its own.

`comity.web.routes.pages` gives the routes; the application of the API includes them.
"""
