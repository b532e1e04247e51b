"""The ceilings of the library in one value. Each has a unit in its name, a default, and the reason for it.

A ceiling is the largest size that is still accepted: at N it passes, at N + 1 it is refused.
"""

from attrs import Factory, asdict, frozen

from mxinbound.errors import ConfigurationError, RequestTooLarge

KiB = 1024
MiB = 1024 * KiB


@frozen(kw_only=True)
class Limits:
    """How much of anything is accepted. All sizes are bytes."""

    # The archive's limit and 1 MiB of fields beside it.
    max_body_bytes: int = 17 * MiB
    # Past this a body goes to a temporary file. Most messages are 30 kB to 1 MB and never touch the disk.
    spool_bytes: int = 1 * MiB
    # Web servers stop between 8 kB (node, nginx) and 64 kB (h11's default event size, Apache's ceiling).
    max_query_bytes: int = 64 * KiB
    # The gateway gives up at 60 s; what has not come by half of that is a stalled sender.
    max_read_seconds: float = 30.0
    # Recipients repeat; everything else comes once. Werkzeug and Django allow 1,000 form fields.
    max_fields: int = 256
    # The longest concatenated SMS is under 40 kB. Werkzeug allows 500 kB for all fields together.
    max_field_bytes: int = 256 * KiB

    # Carriers stop at 0.3 to 1.5 MB, the largest limit a provider prints is 5 MB; three times that.
    max_archive_bytes: int = 16 * MiB
    # What inflates past the archive's own ceiling is not media: pictures, sound and video do not shrink.
    max_part_bytes: int = 10 * MiB
    max_total_bytes: int = 20 * MiB
    # Handsets make tens of slides with three parts each. Apache POI allows 1,000 entries, clamav 10,000.
    max_parts: int = 128
    # The directory and one name are bounded before they are read.
    max_directory_bytes: int = 1 * MiB
    max_name_bytes: int = 1024
    # 128 lines of a manifest, with room to spare; a SMIL of 128 slides is under 64 kB.
    max_manifest_bytes: int = 256 * KiB
    max_smil_bytes: int = 256 * KiB
    # 128 slides need under 700 elements, nested 6 deep.
    max_smil_elements: int = 2000
    max_smil_depth: int = 32
    # An early no to a bomb; the absolute limits do the work. Apache POI refuses a ratio past 100.
    max_ratio: int = 200
    ratio_grace_bytes: int = 1 * MiB
    # A manifest can name thousands of files that are not there.
    max_defects: int = 200
    # What a retrieval may download: an archive.
    max_retrieve_bytes: int = Factory(lambda limits: limits.max_archive_bytes, takes_self=True)

    def __attrs_post_init__(self) -> None:
        for name, value in asdict(self).items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            may_be_zero = name == "spool_bytes"
            if not is_number or not (value > 0 or (may_be_zero and value == 0)):
                least = "not below" if may_be_zero else "above"
                raise ConfigurationError(f"Limits: {name} must be a number {least} zero")

    def refuse_over(self, limit: str, size: int, sentence: str) -> None:
        """Refuse a request something of which has `size`.

        Args:
            limit: The name of the ceiling.
            size: In the unit of the ceiling.
            sentence: What to say of it, up to the ceiling's name.

        Raises:
            RequestTooLarge: if that is over the ceiling.
        """
        allowed: int = getattr(self, limit)
        if size > allowed:
            unit = " bytes" if limit.endswith("_bytes") else ""
            raise RequestTooLarge(f"{sentence} {limit} ({allowed}{unit})", limit=limit, allowed=allowed)
