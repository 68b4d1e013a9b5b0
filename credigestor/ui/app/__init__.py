"""What stands around every page: the script of each run, logging in, first run, and failures."""
