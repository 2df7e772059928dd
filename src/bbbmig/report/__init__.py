"""How things are shown: colours for a person, one plain line an action for cron, JSON lines for programs, CSV.

`reporter` says what every way of showing offers and chooses one; `words` holds the sentences that they share.
"""
