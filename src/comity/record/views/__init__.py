"""Views: what the record says of a relation, a measure, an entry, ready for the doors to show.

Every function takes a `Reading` and returns rows of plain values (JSON): the doors only lay them
out. Days are ISO text in the notation of `comity.words.time`, None is unknown.
"""
