"""Fetching the contents of an MMS by its id, without ever showing the password.

client.py has the two retrievers, exchange.py judges what the gateway answers, retry.py says when to try again,
transport.py, which alone imports httpx, is where the credentials join, and network.py keeps its sockets to the time.
"""
