"""`python -m bbbmig`: the same program as the `bbbmig` command."""

from bbbmig.cli.main import main

if __name__ == "__main__":
    main()
