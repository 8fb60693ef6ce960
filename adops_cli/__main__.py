"""`python -m adops_cli` is the same as `adops`."""

from adops_cli.cli.app import main

if __name__ == "__main__":
    main()
