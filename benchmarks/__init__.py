"""What the shop's work costs, each time beside a floor measured in the same run.

Run as `python -m benchmarks`; `make bench` does it with everything set up.
"""
