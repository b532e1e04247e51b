import os
import sys

from mxinbound import RETRIEVE_URL, Credentials, Retriever

with Retriever(Credentials.from_env(), endpoint=os.environ.get("MXINBOUND_ENDPOINT", RETRIEVE_URL)) as retriever:
    print(retriever.retrieve(sys.argv[1]).text)
