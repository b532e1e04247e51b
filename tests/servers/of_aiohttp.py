"""The same endpoints in aiohttp's own server: `python -m servers.of_aiohttp --bind 127.0.0.1:8000`, or `unix:/path`."""

import sys

from aiohttp import web
from servers.application import PATHS

from mxinbound.adapters.aiohttp import endpoint

if __name__ == "__main__":
    kind, _, rest = sys.argv[2].partition(":")
    application = web.Application()
    application.add_routes(web.route("*", path, endpoint(*each)) for path, each in PATHS.items())
    web.run_app(
        application,
        **({"path": rest} if kind == "unix" else {"host": kind, "port": int(rest)}),
        access_log=None,
        # By default a request line ends at 8190 bytes, and a long text with escapes is longer.
        max_line_size=2**20,
        # Otherwise it takes ten seconds to read what is left of a body that was refused.
        lingering_time=0,
        shutdown_timeout=1,
    )
