"""A scenario is a baseline and changes to it: listed, or measures of the record on a day."""
