"""How fast mxinbound is beside what one would take instead: `make bench`, or `python -m benchmarks`.

An area is a module. Both sides of a comparison are first shown to do the same job, then timed in turns; what counts is
the median of the paired ratios. The tests time nothing: they run `python -m benchmarks --check`.
"""
