"""`python -m dedupelab` is the command `dedupelab`."""

from dedupelab.commands.cli import main

if __name__ == "__main__":
    main()
