"""One module for each framework, all with the same four verbs: read, receive, reply, endpoint.

Each imports its framework and nothing else of the kind; importing this package imports none of them.
"""
