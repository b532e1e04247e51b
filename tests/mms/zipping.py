"""A zip writer that writes whatever it is told: every field of every record can be made to lie.

In: entries and the fields to overwrite. Out: bytes, the same on every run of one zlib. It checks nothing.
"""

import struct
import zlib
from itertools import count

import attrs

MiB = 1024 * 1024
SENTINEL = 0xFFFFFFFF

LOCAL = {
    "signature": "4s",
    "version": "H",
    "flags": "H",
    "method": "H",
    "time": "H",
    "date": "H",
    "crc": "L",
    "compressed_size": "L",
    "size": "L",
    "name_length": "H",
    "extra_length": "H",
}
CENTRAL = {
    "signature": "4s",
    "made_by": "B",
    "system": "B",
    **{name: code for name, code in LOCAL.items() if name != "signature"},
    "comment_length": "H",
    "disk": "H",
    "internal": "H",
    "external": "L",
    "offset": "L",
}
END = {
    "signature": "4s",
    "disk": "H",
    "directory_disk": "H",
    "entries_here": "H",
    "entries": "H",
    "directory_size": "L",
    "directory_offset": "L",
    "comment_length": "H",
}
RECORD = {
    "signature": "4s",
    "record_size": "Q",
    "made_by": "H",
    "version": "H",
    "disk": "L",
    "directory_disk": "L",
    "entries_here": "Q",
    "entries": "Q",
    "directory_size": "Q",
    "directory_offset": "Q",
}
LOCATOR = {"signature": "4s", "disk": "L", "record_offset": "Q", "disks": "L"}
DESCRIPTORS = {
    12: {"crc": "L", "compressed_size": "L", "size": "L"},
    16: {"signature": "4s", "crc": "L", "compressed_size": "L", "size": "L"},
    20: {"crc": "L", "compressed_size": "Q", "size": "Q"},
    24: {"signature": "4s", "crc": "L", "compressed_size": "Q", "size": "Q"},
}


def pack(layout, fields):
    return struct.pack("<" + "".join(layout.values()), *(fields[name] for name in layout))


def extra_field(number, data):
    return struct.pack("<HH", number, len(data)) + data


def zip64_field(*numbers):
    return extra_field(0x0001, struct.pack(f"<{len(numbers)}Q", *numbers))


def unicode_path(header_name, name, *, version=1, crc=None):
    crc = zlib.crc32(header_name) if crc is None else crc
    return extra_field(0x7075, struct.pack("<BL", version, crc) + name)


def deflated(data):
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(data) + squeezer.flush()


def deflated_zeros(mebibytes):
    """So many MiB of zeros: after a full flush the same bytes mean the same again."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = squeezer.compress(bytes(MiB)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    return once * mebibytes + deflated(b"")


@attrs.frozen(kw_only=True, eq=False)
class Entry:
    """One entry; what is not given is true.

    `local`, `central` and `trailer` overwrite fields of the local header, the directory's header and the descriptor,
    by the names of the layouts above. `crc`, `size` and `compressed_size` overwrite them in all three.
    """

    name: bytes = attrs.field(kw_only=False)
    data: bytes = attrs.field(default=b"", kw_only=False, repr=False)
    method: int = 8
    stream: bytes | None = attrs.field(default=None, repr=False)
    flags: int | None = None
    crc: int | None = None
    size: int | None = None
    compressed_size: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    descriptor: int = 0
    local_name: bytes | None = None
    local_extra: bytes = b""
    local: dict = attrs.field(factory=dict)
    central: dict = attrs.field(factory=dict)
    trailer: dict = attrs.field(factory=dict)
    before: bytes = b""
    written: bool = True
    listed: bool = True

    @property
    def packed(self):
        if self.stream is not None:
            return self.stream
        return deflated(self.data) if self.method == 8 else self.data

    @property
    def fields(self):
        return {
            "version": 20,
            "flags": (8 if self.descriptor else 0) if self.flags is None else self.flags,
            "method": self.method,
            "time": 0x8C10,
            "date": 0x3D15,
            "crc": zlib.crc32(self.data) if self.crc is None else self.crc,
            "size": len(self.data) if self.size is None else self.size,
            "compressed_size": len(self.packed) if self.compressed_size is None else self.compressed_size,
        }

    @property
    def local_header(self):
        name = self.name if self.local_name is None else self.local_name
        zeros = {"crc": 0, "size": 0, "compressed_size": 0} if self.descriptor else {}
        lengths = {"name_length": len(name), "extra_length": len(self.local_extra)}
        fields = {"signature": b"PK\3\4", **self.fields, **zeros, **lengths, **self.local}
        return pack(LOCAL, fields) + name + self.local_extra

    @property
    def descriptor_bytes(self):
        if not self.descriptor:
            return b""
        return pack(DESCRIPTORS[self.descriptor], {"signature": b"PK\7\x08", **self.fields, **self.trailer})

    @property
    def local_bytes(self):
        return self.local_header + self.packed + self.descriptor_bytes

    def central_bytes(self, offset):
        fields = {
            "signature": b"PK\1\2",
            "made_by": 20,
            "system": 0,
            **self.fields,
            "name_length": len(self.name),
            "extra_length": len(self.extra),
            "comment_length": len(self.comment),
            "disk": 0,
            "internal": 0,
            "external": 0,
            "offset": offset,
            **self.central,
        }
        return pack(CENTRAL, fields) + self.name + self.extra + self.comment


@attrs.frozen(kw_only=True, eq=False)
class Archive:
    """A whole file; `end`, `record` and `locator` overwrite fields of the records at its end.

    Offsets count from the file's first byte, or from behind the prefix if not `shifted`. `order` is the directory's
    order of the entries, by number. `extensible` stands at the end of the Zip64 record, `between` behind it.
    """

    entries: tuple[Entry, ...] = attrs.field(kw_only=False, converter=tuple)
    prefix: bytes = b""
    shifted: bool = True
    before_directory: bytes = b""
    order: tuple[int, ...] | None = None
    before_end: bytes = b""
    zip64: bool = False
    extensible: bytes = b""
    between: bytes = b""
    record: dict = attrs.field(factory=dict)
    locator: dict = attrs.field(factory=dict)
    end: dict = attrs.field(factory=dict)
    comment: bytes = b""
    trailing: bytes = b""

    def to_bytes(self):
        file = bytearray(self.prefix)
        base = 0 if self.shifted else len(self.prefix)
        offsets = []
        for entry in self.entries:
            file += entry.before
            offsets.append(len(file) - base)
            file += entry.local_bytes if entry.written else b""
        file += self.before_directory
        start = len(file) - base
        order = range(len(self.entries)) if self.order is None else self.order
        listed = [(self.entries[number], offsets[number]) for number in order if self.entries[number].listed]
        directory = b"".join(entry.central_bytes(offset) for entry, offset in listed)
        file += directory + self.before_end
        facts = {
            "disk": 0,
            "directory_disk": 0,
            "entries_here": len(listed),
            "entries": len(listed),
            "directory_size": len(directory),
            "directory_offset": start,
        }
        if self.zip64:
            file += self._zip64_records(facts, len(file) - base)
            facts |= {"entries_here": 0xFFFF, "entries": 0xFFFF}
            facts |= {"directory_size": SENTINEL, "directory_offset": SENTINEL}
        fields = {"signature": b"PK\5\6", **facts, "comment_length": len(self.comment), **self.end}
        return bytes(file + pack(END, fields) + self.comment + self.trailing)

    def _zip64_records(self, facts, offset):
        sizes = {"record_size": 44 + len(self.extensible), "made_by": 45, "version": 45}
        record = pack(RECORD, {"signature": b"PK\6\6", **sizes, **facts, **self.record})
        locator = {"signature": b"PK\6\7", "disk": 0, "record_offset": offset, "disks": 1, **self.locator}
        return record + self.extensible + self.between + pack(LOCATOR, locator)


def build(entries, **options):
    """The bytes of an archive; the options are those of `Archive`."""
    return Archive(entries, **options).to_bytes()


def quoted_entries(number, kernel):
    """Entries that each hold the next one whole: its local header quoted in a stored block, then its data.

    Every size, checksum and name is true; the kernel stands in the file once and inflates once for each entry.
    """
    data, stream = kernel, deflated(kernel)
    entries = []
    for index in reversed(range(number)):
        entry = Entry(b"quoted-%03d" % index, data, stream=stream, written=index == 0)
        entries.insert(0, entry)
        header = entry.local_header
        stream = b"\0" + struct.pack("<HH", len(header), len(header) ^ 0xFFFF) + header + stream
        data = header + data
    step = len(entries[0].local_header) + 5
    return [attrs.evolve(entry, central={"offset": offset}) for entry, offset in zip(entries, count(0, step))]
