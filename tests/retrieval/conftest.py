"""Reading the hundreds of authorities that browsers trust takes longer than most of these tests."""

import pytest
import trustme


@pytest.fixture(scope="package", autouse=True)
def _one_authority(tmp_path_factory):
    path = tmp_path_factory.mktemp("authority") / "one.pem"
    trustme.CA().cert_pem.write_to_path(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield
