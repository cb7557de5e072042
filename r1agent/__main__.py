"""Run the command line with `python -m r1agent`."""

from r1agent.cli import main

if __name__ == "__main__":
    main()
