"""From a document to proposed entries, each on the exact characters it rests on.

Nothing here is record: a proposal becomes an entry when a person accepts it.
"""
