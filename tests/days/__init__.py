"""The suite under another clock: `make test-days`, and what carries that clock to each process."""
