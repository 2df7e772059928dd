"""Plans are carried out here, through ports: one outcome for each action, and the ledger written after each effect.

`run` takes the actions one after another or side by side, `links` and `claims` know the steps of one, `limits` say
when to begin no more, `ports` what is needed of the adapters.
"""
