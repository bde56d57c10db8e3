"""What a question to the market model comes out as: draws, both states, rows with intervals."""
