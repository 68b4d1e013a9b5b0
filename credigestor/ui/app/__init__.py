"""What stands around every page: the script of each run, logins, the first run, and failures."""
