"""The package that Pod's own code lives in, as far as bbbmig can tell from outside."""
