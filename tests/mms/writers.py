"""One small message in the zips of other writers, so that the reader is not tried on zips of our own making only.

Kept as text is what needs the writer to be made; the comment over each tells the writer, its version and the call, to
make it again. FILES stands for the files of `FILES`, in their order, as regular files of mode 0644 modified on
2008-01-02 at 03:04:06 UTC; a folder is the empty `media`, of the same time. What can be built by code is.
"""

import base64
import io
import struct
import zipfile
import zlib

#: The message: the manifest, and the parts in its order.
FILES = {
    "manifest": (
        b"demo.sml=application/smil\n"
        b"demo.txt=text/plain\n"
        b"demo.gif=image/gif\n"
        b"\\u00C5ng\\u00E5.txt=text/plain\n"
        b"empty.txt=text/plain\n"
    ),
    "demo.sml": b'<smil><body><par dur="5s"><img src="demo.gif"/><text src="demo.txt"/></par></body></smil>\n',
    "demo.txt": b"Row, row, row your boat gently down the stream. Row, row, row your boat.\n",
    "demo.gif": base64.b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="),
    "Ångå.txt": "Smörgåsbord\n".encode(),
    "empty.txt": b"",
}
_TYPES = {"demo.sml": "application/smil", "demo.gif": "image/gif"}

#: What is read from such a zip: the name, content type and bytes of each part.
PARTS = [(name, _TYPES.get(name, "text/plain"), data) for name, data in FILES.items() if name != "manifest"]

_TIME, _DATE, _UNIX_TIME = 0x1883, 0x3822, 1199243046

# Each is compressed by zlib; all but the first of Info-ZIP and of Java with these two as the dictionary, since they are
# so much alike.
_DICTIONARY = ("infozip-stored", "java")
_KEPT = {
    # Info-ZIP, zip 3.0.
    # zip -X -0 x.zip FILES
    "infozip-stored": """
eNp1Ur9Lw0AUvqRaagdndZAjXUvTpVAxyeKPUroUFYXicm3SGMglIbnSZlPEwcF/wE3Q2c1JUOjg4lL/GEfru/5KetAL7+7l3X3ve/e9azYya3nEx+2WUv37
Pv9g4HPLgVHiOV0rYqZF/VJEXZ0Eget0CHN8T42o4+YnO2zAdGYNmBq4xPGmMdvp6g4ltqWCl7/slcsHFc/m61FFBFg0YLEYbC5VNrr4OmuB35pVNq9I41UY
Wts3Y0MLSIjNXqgrlUgxNIfaOAo7ujKvR1ENjROkosDJoyogYZ5mmVzMEPjft/NPdfDraX5An/j9Ig5nE479XojbPmHYtjzmxtj0+x5mVxaOWGgRWsIrzpcE
uofXym8B/EKaDq5Qqx9X94iEJHSN0Hg8hq0ix/AIkuVDCe3PEuWmiT5HxnATDnDj6Yd3nj184ZWf0uFbCH7U9kNToEepsQG2aFCzIcm7mdUPZj6eb1Dq+Ygo
sZkJ6jHVWhEltiBB7UhJQ0SUqGSCupcSXReoFbIlqB8pLaLIJgqX4HLykozrWR7OwleDhKrM//4BnYnUDg==""",
    # zip x.zip FILES
    "infozip": """
ePkX7qqkg8QKyJmYQSsDD8zQEE4GZrX/Ve4gXFrBzcDIAtIMJqifd5FdhBptMvCIwuciquVjZIegpgQZeNzjcwg5eRrZTtR0JANPOfjsJCJ/465LZZCSGT5L
iK9nZRAJEJ+BkDoHV0KUYIC0B9Dr4NAQVoiJBExDTUTIpk1CyvvEmoaaEpBNk0YqE4g1DTWOJZBq136ksgK/abiiE9ltn1DKEILmYY1MZNe5IJctuI1DlDnX
gQ5oB5c5AOwAD/Q=""",
    # zip -X -fd x.zip FILES: the local headers have the true size, and zero for the rest
    "infozip-descriptors": """
ePkX7qqkg8YKA2qslAxM/kRzRRRd8yea5Z60yp9o9ijTJn/ykZU/ucBOIVBbsqMkaUhtgfAXttzJiKP2ROjCljshutowak+ELmy5E6KLGaP2ROjClTuXNGZj
1J74cyfErkNYa08OgrUn3tzpCM6dAE8x3oM=""",
    # zip -X - FILES | cat
    "infozip-streamed": """
ePkX7qqkg8YKA2qslAxM/kRzRRRd8yea5Z60yp9o9ijTJn/ykZU/ucBOIVBbsqMkaUhtgfAXttzJiKP2ROjCljshutowak+ELmy5E6KLGaP2ROjClTuXNGZj
1J74cyfErkNYa08OgrUn3tzpCM6dAE8x3oM=""",
    # zip -X -0 - FILES | cat: the local headers have both true sizes, and no CRC
    "infozip-streamed-stored": """
ePkX7qqkg5SRHEhZffDUlZA8XIKUh1FdSu+6E5Kto5CyNap7aFyXQnK7J1JuR7We7LoVkt+VkfI70GAOhMHE1bWQ3M6HlNtRnYej7mVHySCwuoeDrLqYg2Bd
vApLXcxBsC62wlIXcxCsi3diqYs5CNbFQkzY6mIOgnVxBL683g/O6wBz6NtL""",
    # zip -X -fz x.zip FILES
    "infozip-zip64": """
ePkX7qqkrZZNCsIwEIUThVp/KB7AjXRrN15CipvuhJ5D8A5uvKXXqHnJTH1JKIi0m3HRfvPIzMsTU2m8TD3aQZ7StdDDtGbvj9t/IXV+z7ISjIuV6ICgpBcF
F6mz+ZYFYPKZAHeMENBK47PUf7zLvbAvWS+3IehVS4+j1B/869F06St649DfNQK8EqjWPD+bKAaUtHakcbEASp+QIfFidQIozc6EfE8z1bq37xME9W9OeJJ/
QegnCOrlnLAlL4PQThDU10wISfggX4NQp4Qkg8M4WEOcwWBUmYo4j8MgWMWB/W7p6umuRXGS34oKd0FcXzbU22L8boX6XppRKt8jeH/wf9k+TK0o4w==""",
    # zip -X x.zip manifest - < demo.txt, where the manifest is `-=text/plain`
    "infozip-stdin": """
ePkX7qqkQy0j2aOv3eIFsnnR8qcueiWmC1YAC6H/UMAIdJUuI4MAOLhAwAhKk5O4UQshdJdBKgjshTKq42DRx4iiyxhI6gZ4s7HpQIUh2iCACY1OhdIz4CmS
jR1E/0UyEha8TECYClcLAC1QP94=""",
    # zip -X - manifest - < demo.txt | cat: one descriptor of 16 bytes, one of 24
    "infozip-stdin-streamed": """
ePkX7qqkg8YKA2qs8KLlz8tbdYFp/aL+Cc8zZx4zgWOIPfraLX6oUpAhuiiG/IcCRqA7dRkZBMABiAwoS+4M0CiBJQ85ZoQfkB0GC3xGHMU3wtHIEc2IossV
SOrCAo8JCFNBMQJWAACWEkEp""",
    # zip -X x.zip FILES, on a machine without the locale en_US.UTF-8: UTF-8 names that do not say so
    "infozip-unflagged": """
ePkX7qqkg8QKyJnYgpZ2+RPZVvSooXp+RLYMPUYpyX/I5qLHOQn5DbmWokndhjuCIfUs9roNdwQhdJVh1G24Qxqh6zEDet2GOxwRtY01trqNAXfdBrGricy6
bQcjnrxzH2Q2AwBHj9gi""",
    # echo A comment | zip -X -z x.zip FILES
    "infozip-comment": """
ePkX7qqkg8QKyJnYgpZ2+RPZVvSooXp+RLYMPUYpyX/I5qLHOQn5jeZ1G+4IhtSz2Os23BGE0FWGUbfhDmmErscM6HUb7nBE1DbWJNZtELuayKzbdjDiyTv3
GUHKHRWS83NzgY0iAAKQ248=""",
    # zip -X -r x.zip FILES media
    "infozip-folder": """
ePkX7qqkg8QKyJnYgpZ2+RPZVvSooXp+RLYMPUYpyX/I5qLHOQn5jaZ1Gy5loLSQm5qSmagPKe9xJwJIXYy9/sMdiQhdZRj1H+7YQOh6zIBe/+EOa0SNZE1i
/Qexq4nM+m8HI55mBHpgQ4AAw1vH+4yIoIfkSXYgrAaKMoPzJABUoOF0""",
    # zip -X -k x.zip manifest demo.sml demo.txt demo.gif, where the manifest has these three lines
    "infozip-dos": """
ePkX7qqkg8QKyJkgo3a+iJthDeQ5Qh3u6+jn6eYaHEJ2/tRDswA9Flxcff31gn19qJb1kC1DjzywZSERIeRkNWRz0aMXbC6wFiMia0FiDldwQ2o9GIAFProu
bCkZoisRKUTRdWFLyRBd55CCBl0X7pSsxojwOCxpsQDhDVAeBBsMAIurmYc=""",
    # cat demo.txt | zip -X x.zip manifest -: the mode of `-` is that of a pipe; its time was set to ours afterwards
    "infozip-pipe": """
ePkX7qqkQy0j2aOv3eIFsnnR8qcueiWmC1YAC6H/UMAIdJUuI4MAOLhAwAhKk5O4UQshdJdBKgjshTKq42DRx4ikq0HQGEjqBnizselAhSHaIIAJjU6F0jPg
KZKNHUT/RTISFrxMQJgKVwsA8P0/Sg==""",
    # zip -X -l - FILES | cat: the local headers have the sizes from before the change of line ends
    "infozip-crlf-streamed": """
ePkX7qqkg8YKA2qslBCdP596MXpORc2grJeRMmgcSg5dqArOoc4i4Eiekcd/OAhoSyVOd0TRIodWQrKo41axHg+g2dE4bfekLIt+LILk0VepD/YbA43xwmmR
Mm3yKB+BPBoHyaSmOYbPBIHK+KEGcYHdQqDKZEdJ15AqA+Ex5JiFKWTEUYUidCHHCKquDowqFKELOXhRdbFhVKEIXbiy6JLGfIwqFBGyyEHFhWLXMaxVKAfB
KpQfXxZ1A2dRAIKQ3ig=""",
    # zip -X -fz -fd x.zip FILES: the Zip64 end record is not written, the sentinel for it is
    "infozip-zip64-descriptors": """
ePkX7qqktVbBEcIwDHN4BY7j2KFvPnyZoCt0DvbgxwBdhNHAxjZRnQu0xzXPXisplqJUXDmxyAL1tJWZwoeZ6PgeN641zyyZvb8VunGicAgKVzjPZAmaKYzH
LsL6IOy/s06Wx5kaOGmioQsaFvUAWZiBMteUO6YsMRXSQ9z4l44giz5uiyqOLXN8Ii0UcXl71M/lViuz8qjprPakfxzxlk/89rWB4JmoEUZoFEEYGgjuaI1w
gXYRhL6B4AYhgt7ND2gaQegiQmgdNRA1nDc0sTODPa5i+oegBqGKOzZQgjLENrol/ZToBYwCLYw=""",
    # Java 17.0.15 and 25.0.3, which write the same: ZipOutputStream, setTimeLocal, putNextEntry, write, closeEntry.
    # new ZipOutputStream(file), new ZipEntry(name)
    "java": """
eNoL8GZmEWHg4OBgaJZQsmBAAhxAnJuYl5mWWlzi7Xn27HXtc2c3+uponDjp46dz8sz5y/rnzp556MV4ckrIlBvTloRNeSH+RCXtmeORS8aXc4yLhS8Hf23U
WTcjiJk5/fKeEoG3WV3rFE23L1giFCvAEODNzvHvTNj+AKAdJUAcgNcVKam5+XrFuTmbNYE2btzsecp/5ZbNmh46QR6auptCjXTDNm0+ecY3XEPPa1uoF8il
3ud9gi9t36zpuVbDUUh3pQZj5yvmUibPDs1fCco7wZZfDD8e4g40Ooo4y0sqSrhP6V8P1GgS4pr6c6krl+fPTlWulysrVS2ncmn+fFrJpSq5kuuoquvKzp1V
XI43rr4uZATbs0eSa6ER0BRP4uxJz0wr/l6yeYNPSkpCSkZCwo///+2ZmZv5BIwbXCRmzIiRkFzDCDK2d73pN0WgJmW8xnIB8eHWvPTDS8EeOGe7Z63G3w+X
Hi35s0hED+y8AxftDgsAVfHhNYcTiFNzC0oqQcYwgzWChJmg0gHejEwiDAityBHLwYAOYEkKXRdyjKDqakNKAui6kMMXVRczIyLu0HUhBx+qrmxGREyg60IO
LC4UXYcYkQMaXR9yWHGi6ONiQgrYAG9WNpAgGxC6Aw10BusBAJ4n1og=""",
    # setMethod(STORED), setSize, setCrc
    "java-stored": """
ePkX7qqkzdWxDQAgDAPBLy32HxhKE2RBBfT5LsnNn/VDK/XYSt21Um+t1IGVjbww+Ra9SlZCtdKrZCVUK71KVkK10qtkJaxWepesHAN7KzsL5cz2""",
    # setLevel(0): an empty file is five bytes
    "java-level0": """
ePkX7qqkIy5/MpYwdP8fmAoTkpErScrIjFEMS//TshaFZPB4kjI4oyfDtv9UrFohmd+PpMzPqMxw5z9R9S2kDNAgsQxg5GP4+B+9EoYUA8KkFQOMIKfBSgJW
PCVBJVklQTzWkmA9gZLAD2tJ4EKgJNDAWhKcIFASCGMtCdSYCJUErFhLgkJ8JcFacEkAAFdC31Y=""",
    # a folder first, new ZipEntry("media/"): it is deflated, two bytes and a descriptor
    "java-folder": """
ePkX7qqkwx0rIMW5qSmZifrYomQ0V4/maqrmamQ5NsxcDU6IxJcEZmSVBHvIKgksySoJFpJVEvwgsyRwwFYSsANhNdDASrAeADpj4Ok=""",
    # setLevel(0), a folder last: it is deflated, five bytes and a descriptor
    "java-folder-level0": """
ePkX7qqkIy5/MpYwdP8fmAoTkpErScrIjFEMS//TshaFZPB4kjI4oyfDtv9UrFohmd+PpMzPqMxw5z9R9S2kDNAgsQxg5GP4+B+9EoYUA8KkFQOMIKfBSgJW
eEmASy8oZeempmQm6uPQiFmEVJJVhMRjLULWEyhC/LAWIS4EihANrEXICQJFiDDWIkSNiVARwoq1CClkQmsp4dLGhqJtLRMsPmDFDjsQVgOd/gxc7AAAuWvr
Jw==""",
    # setComment on the zip and on demo.txt, neither in ASCII
    "java-comments": """
ePkX7qqkG82fo/lzGOVPdqz50zVPIenw0qGXTf2g2VSEwbWkRCGxKDuzTCEN2MJROLy0KL8IAHII4nE=""",
    # new ZipOutputStream(file, Charset.forName("IBM437"))
    "java-ibm437": """
ePkX7qqkg8YKw6DInwwDmT8Z6JQ/GWiTP3EY25+X3kZC7mQgP3cykJU7GcjKnQxk5U4GsnInA2bu5MDInbBgRteFO2/irDtdgcY5gvUAAPl90ug=""",
    # new ZipOutputStream(file, StandardCharsets.ISO_8859_1): bytes that no reader can tell from IBM437
    "java-latin1": """
ePkX7qqkg8YKw6DInwwDmT8Z6JQ/GWiTP3EYezQv/SkJuZOB/NzJQFbuZCArdzKQlTsZyMqdDJi5kwMjd8KCGV0X7ryJs+50BRrnCNYDACtG1BI=""",
    # setLastModifiedTime, setLastAccessTime, setCreationTime
    "java-times": """
ePkX7qqkw5doBOGBGRrCy8Cu9r/KHYYHMsMKwmMLw1kDkIMF4akAwzW0zdKC8ISEYTFV87ggUtLD9CIFmV4QkTYxzCW1FODEUQqEhrBCDMZfHCBrn45UHODU
jlouIGtXRSoXcGpHLSCQtc9DKiBwakctKZC1szExoEQXDgNQiwxkA+KRiwwk/YiyoxbowpVgzQDD/w4L""",
    # new JarOutputStream(file), JarEntry: the first entry has an extra field 0xCAFE of no bytes
    "java-jar": """
ePkX7qqkw5doWOCB+e8UA8NoHh3No2TmURYceRSUrIjPp11k5VN2svJpPln59BiZ+ZQPVz71BhroDtYDANwA2jw=""",
    # jar --create --no-manifest --file x.zip FILES: deflated with descriptors, the empty file stored without
    "java-jar-tool": """
ePkX7qqkw5doWOCB+e8UA8NoHh0ZeRRRYeCtMXHnSBYcORKUiIjPlV1k5Up2snJlPlm58hhGruRiwB14CMCHK1d6Aw00BedKAP+d2Ts=""",
    # Java 17.0.15 and 25.0.3: FileSystems.newFileSystem(URI.create("jar:file:..."), options), Files.write, setTimes.
    # create=true; Files.createDirectory("media") first
    "zipfs-folder": """
ePkX7qqkw11GsjEIMuSmpmQm6oeG8DKwq/2vcodhfClNEB4DGNoGMpcLwqMYw1kDkO0F4UkHwzW0LQcE4akPw2KqFgyCSOkV04sUlBSCiASNYS72ooOLAVf6
5kQvOqCpnRViLP5yB1mzKVK5g1M7agGErP0MUgGEUztqSYSsPQqpJMKpHbVIQtZ+GalIwqkdtWxC1m7NxIAS1zgMQC2kkA2YglxIIemHlFbsQLgL6MJ7YM0A
CH0gkw==""",
    # create=true, compressionMethod=STORED: stored, sizes in the descriptor only
    "zipfs-stored": """
ePkX7qqkg5SRHBwMWBKNIDwwQ0N4GdjV/le5w/DAVJ6QTF2ClKlxOx3mQgyn07J2hWT8KKSMT8CBQNMwHEjF6hdSQHgiFRAE3AP0M4Z7iKqfIWWGMlKZgd0m
LqBNiKSMYRd6BQ4pQviQihDsxnICjYUnGgxTYSUKA1KJwsWAMAm1xufEUaKEhrBCjEXXjlr1I2vfjVS04NSO2gZA1h6DVMbg1I7aGEDW/gapsMGpHbVVgKw9
jIkBJapwGIAaDcgGrEUufpD0I8qhWqALv4LLIQCrbgol""",
    # create=true, forceZIP64End=true: a Zip64 end record that nothing needs
    "zipfs-zip64": """
ePkX7qqkw5doBOGBGRrCy8Cu9r/KHYYHMsMKwmMLw1kDkIMF4akAwzW0zdKC8ISEYTFV87ggUtLD9CIFmV4QkTYxzCW1FODEUQqEhrBCDMZfHCBrn45UHODU
jlouIGtXRSoXcGpHLSCQtc9DKiBwakctKZC1szExoEQXDgNQiwxkA+KRiwwk/WxsOlAVukAItw6NrmWE0CuZYJHGxg6i1VggfEawGKIcAqmHqAUAMh4RQA==
""",
    # create=true, enablePosixFileAttributes=true, setPosixFilePermissions: modes without a kind of file
    "zipfs-posix": """
ePkX7qqkw5doBOGBGRrCy8Cu9r/KHYYHMsMKwmMLw1kDkIMF4akAwzW0zdKC8ISEYTFV87ggUtLD9CIFmV4QkTYxzMVRCjDjKgUQ6X4JI3IpEBrCCjEYXTtq
cYCsfTpScYBTO2q5gKxdFalcwKkdtYBA1j4PqYDAqR21pEDWzsbEgBJdOAxALTKQDYhHLjKQ9CPKjlqgC1eCNQMA7nQR+w==""",
    # infozip-zip64 with empty.txt deleted and written again: Zip64 in the local headers only, other versions
    "zipfs-updated": """
ePkX7qqkrZVBCsJADEWnFKlUFAWXbkRw100vUdy3Gw/gFQTBC3gO79lOYsL8OAREKpSsfv4nyXNoKw3H1NGO8ltGCx1mEbY8blZInZ9ZTELrwiS6IEpylQSd
1Nm4xQC0+SxAHCMFuIhxK/UfdtGL7iXzihdCXifxOEr9gV9uDX/62rqOrdMZUfONNNWav58esbt0WEO/DtV5fHT6OQiXe3NnCeF0tO8CER76RSip4bfcsozy
F7Dsyi3UKF8B1K7c0o3yO9Bt5LX7DKPcPsPW3+UdiT8g76SvPvoE/jNa3Fg8ARY7E4w=""",
    # Apache Commons Compress 1.22, ZipArchiveOutputStream: putArchiveEntry, write, closeArchiveEntry.
    # to a File, a folder first: a Zip64 field beside sizes that need none
    "compress-folder": """
ePkX7qqkg8QKAxaj2IBW5KamZCbqMzIIwI2EyTKj6USNFBF4NID0lsAiEkpTP7cjuwQ1okXgUQtySRTUBe5Qmmo5HtkBqGlGBJ5KQA7whFpsBKXJyfXIdqGm
NBF42gLZpQy1QxFKE5HzkY1GTY4iSAkQZDgf1FBYysDM/bjSFSfQLHiixJW0ICkce7LEyPHgRIquB3cpYYWllGAgWEocwVJKMBAsJVyxlBIMBEuJjVhKCQaC
pQQPE7ZSgoFgKRGBrZRgB8JqoDOmgvUAAOeM3o0=""",
    # to a stream, setUseZip64(Always): the Zip64 field has a disk number too, its header no sentinel for it
    "compress-zip64": """
ePkX7qqktZS7EcIwDIaVHJcAFQOoYADc0LInA7AIA9GxAFiOHn7FCcfFjRPH/qXo/yxyxSVSHx57H0KK2cGpKPSWdxbY3uUMxbhahhvcZ2CCVibmy15L7L+7
Dszjyhw8abUcfuoDwDC3Qx59SMO0+uONHgGMfjvGwcdQpGshyv4BUR9x4JI+YtU6RztpxdBHQxHKkasSKfOqhisqR8LVo6FK3i+ohnqgkiGk3Lp5VbJ3QTXQ
g2q+wPBsqJKhhkSuGgOCarj4eO3ndVMMct0ICtQPonZPZIfhws8kL2PI5pHPvHo9N9L83k3vXViznkr7p71fRyVXCQ==""",
    # to a stream, setUseZip64(AlwaysWithCompatibility)
    "compress-zip64-compatible": """
ePkX7qqktVVBEoIwDAyMU8UTX/BuL1x9gD/0ARz9hA/yEdqVpA0lrTgOuRQY2E2z2wWq+BnUi+sQKGSYDfWLQW95Zonl/d6hCGd1uMF5JnbQysbC2K3G/jvr
xH5c2UNwmtXDTzlAbOY65TFQJpuaG69kBLH16xxd4IiWtiiW+UEqRzz5WY7oadk5Ao5oxQIS3GEjjSpbgCTeuRaQoLGNdFF5AyRxwFBAgnQ20kNlEJBE2FMB
CQJpiVMNLWWCi4B9ASuXMtVNZ5UWNv0GnDvzNSClXLZie6hnG7/bY73vpvvm8yxlId6f3n0D0V4/tw==""",
    # to a stream, setEncoding("ISO-8859-1"), setCreateUnicodeExtraFields(ALWAYS)
    "compress-unicode-paths": """
ePkX7qqkg8YKA7ZEIwgPzNICXgZGh4xfy+icYXE4CxZbYGe9v8FxlD45GJ9rgAEMdo3GhnlPqJ6l8VkMTEhgiyP/z4uiNI9jtUeY4Whe+lOIB/kZGKd2bL5F
cqZnwJbphRBps7SAj4HRXG3iBGKKAQZsxYAgjmIAI+WiG4NaLiAbMx2pXMBIaejGoBYUyMaoIhUUGEkE3RjUkgPZmHlIJQdGhKMbgxwFoBhEADZgcOKJT3SD
UMsWISSD4pHLFsz4Qy5t1gGdvgpsCgCYlyeR""",
    # to a stream, setEncoding("US-ASCII"), setCreateUnicodeExtraFields(NOT_ENCODEABLE): %U00C5ng%U00E5.txt
    "compress-ascii": """
ePkX7qqkg8YKw6DInwwDmT8Z6JQ/GWiTP7EYK8QgzKAaCmmkgGhII6W0gJ+B8fms4tckZ10G8rMuA1lZl4GsrMtAVtZlICvrMmBmXVCoo2ZdouIA3UjcuVoV
V65OAtoVB9YDAM9E6Gk=""",
    # to a File, setAlignment(64)
    "compress-aligned": """
ePkX7qqkrZSxDoJAEEQPSCzN1RQYY2MrjYWNsSHY2tn5R/4Cf+S3+AW6cMzNyhqFQEMgDPNyOzvdVJx5tDkOM3G+fdcqwr1oUnd0828u8+ihnTEm4bkGjgo8
5Ztn7DXbzjO2Ts0FORHsOhiXwD5MwMY1pTYYVUd1i3AK6iZ4rIHqB6h/1Anb6YzvKdViuAw/9TBc/TqbYeuwnV6NOi5DAo/4QdHsxk8iQz3ZO7T4Uk/d9nxq
dd5Ze6eSsrU6dKytqKpsrU4Ba59UWLZWj5S1t5Rry1brCbH6weXVi2OFSZOeMnl6AVOA5Ic=""",
    # Other writers on Java.
    # zip4j 2.11.5, ZipOutputStream, setEntrySize: the local headers have the true size, and zero for the rest
    "zip4j": """
ePkX7qqkwx4rJYMif0YNZP70pFP+VKZN/uSjb/40ZiacPzHrT2RduPLnkkb0/ImsC1f+XNKInj+RdeHKn0sa0fMnsi5c+XNJI2b+RNaHK38uaSQifwIAsODf
eg==""",
    # zip4j 2.11.5, the same with CompressionMethod.STORE: stored, one true size and one of zero
    "zip4j-stored": """
ePkX7qqkg5SRHByoWX1w1JWQPFyClIcxXUrPuhOSraOQsjWme2hYl0JyuydSbse0nqy6FZLflZHyO6bBhOtaSG7nQ8rtmKZgqXvZUTIIKG0bMyM0El8XI+vC
XRevQsvryLpw18VWaHkdWRfuungnWl5H1oW7LhZiQs/ryPpw18UR+PJ6PzivAwBo0trR""",
    # Apache Ant 1.10.13, org.apache.tools.zip.ZipOutputStream to a File, setUnixMode(0100644)
    "ant": """
ePkX7qqkg5Ws2IJWBB6YjAwCYDGwDihN/TyL7BLU6BKBRxDIJVFQF7hDaarlW2QHoMa8CDyuQQ7whFpsBKXJybvIdqGmFxF4CgHZpQy1QxFKE5F/kY1GTVQi
SMkIZDgf1FABmEcw8jCyWagJTQSRtBjhBiAUMEPyLTOuxIWvXkXWhSvfLmnsQs+3zLhiD1kXN3q+ZcYVD8i6ytHzLTOuIMZfryLrw5VvlzTK4cu30WA9AG1Q
3Bo=""",
    # 7-Zip 26.01 on Linux: 7z a -tzip, which sorts the files.
    # -mx0 x.zip FILES
    "7z-stored": """
ePkX7qqko3YRPTKrNjx1yyBvipBcpTIy2eOsiVSgQaDQAKkrYS7lYlBggCQXCQaG8HNKb3xOMKLnW3STUVMQssmeSOmJHJNR0wayySeRUgo5JqMmA2STLRiR
EgU5RqMmHWSj4xkRCYkkk7FGPbLJP1GKHeLMRpQx8kywNgAAJDfvEA==""",
    # -mx9 -mcu=on x.zip FILES; with -mcu=off it writes the same
    "7z-cu-on": """
ePkX7qqkg8QKyJnYHI430TALICcaZGPQw5rqGQzZMlAUGWKpxUjIUBZXIPmJyOoC2XZQYvTH0rrAXaIxnSarQCOvAmRksmfGFb0qUN8pNEBqNlhkczEoMEDq
XwkGhvBzSm98TjCi5zJ0k1FjHNlkd6T4J8dk1OhFNnkLUmQTbzKuGEY2mZsRKb7JcTRqqkA22ogRkUZIcjTWqEc2eTlKIUGc2YgSQR5YGtwFqwAAqd/wWQ==
""",
    # -mcl=on x.zip FILES: a Unicode path that repeats the name
    "7z-cl-on": """
ePkX7qqko2oRLQLWBgttXyxVm2+PIV+DAg9DebzjL4aZd7z+L2pqOcJ2+RpLvf6rR0WHVctXxJQdWnqs+8OMo0eDmXy4Wlo3B0cyHzlSeiaV2T9j5c3zUZuP
/4orqxP/r9cujWolKKrMsdRmpac28jIICLBeuCdSz2DYw9vBzapnqV50O3vLrPC9J447yxncazrjGZiZZS5iJ3yLw7v1EsePPw/0iK48kN0ASpqBWNoasd27
uQ4o8LiW2y/bZWE19Z/r9AvLhDxMEri+vf99a867pzLn+oKWq81xmJrJvDiqRjjpu+TraTy7K1MXfNrs467U2POvMs/WeUbyyfd6hTwBV9YJ3kN1HWrJLoyU
VkoL+BkYJ1RNiMZdRzIy2eOsWlSgXlZogFR+sPTAxaDAAIl/CQaG8HNKb3xOMKJnRIjJuJIEssmeSAmEHJNRYx7Z5D1I6YB4k3FFO7LJkoxIiYAcR6MmFWSj
HRgRCYccR6OmBnMkk7ejlCPEmI0l/SCXI0ZMsLIHABuZAHw=""",
    # -mtp=1 x.zip FILES
    "7z-unix-times": """
ePkX7qqkw1dEc8KdGhrCysCo9r/KnciyWgSsHxbsvvBg54QHNNxE3x5DvgYFHobyeMdfDDPveP1f1NRyhO3yNZZ6/VePig6rlq+IKTu09Fj3hxlHjwYz+XC1
tG4OjmQ+cqT0TCqzf8bKm+ejNh//FVdWJ/5fr10a1W5Q5JnDI48THl1wu0tPbeRlEBBgvXBPpJ7BsIe3g5tVz1K96Hb2llnhe08cd5YzuNd0xjMwM8tcxE74
Fod36yWOH38e6OGrVzgRAQ63BtVVoOQbCE++nPAEC1ce272b64ACj2u5/bJdFlZT/7lOv7BMyMMkgevb+9+35rx7KnOuL2i52hyHqZnMi6NqhJO+S76exrO7
MnXBp80+7kqNPf8q82ydZySffK9XyBNwZZ3gPXy1JydSwoK7AL0aZWSyZ8adSCBAoQFSP2IkGYh23CkCoT0IKSPi1I4eqQjt55BKUzTtuGMLod2EkQFr3KFa
jx57CP0pjAyYcQm3HkfgI7Q/QcnjSAYgcm0tUIkyONcCALcA+p8=""",
    # -so x FILES | cat
    "7z-streamed": """
ePkX7qqkg8YKA/5EI3rioCCDgADLwZvd7gxT1i9qURSeqX/9fFz1tbKWHQnSGjWWLjwX5WEpRw015TDgz3W+PYZ8DQo8DOXxjr8YZt7x+r+oqeUI2+VrLPX6
rx4VHVYtXxFTdmjpse4PM44eDWby4Wpp3RwcyXzkSOmZVGb/jJU3z0dtPv4rrqxO/L9euzQs7/mi5j0G/Hmv9NRGXqD3WC/cE6lnMOzh7eBm1bNUL7qdvWVW
+N4Tx53lDO41nfEMzMwyF7ETvsXh3XqJ48efB3qwDGiOmgEZCKRwRlAtB0vkrPBEjs+hsEQd272b64ACj2u5/bJdFlZT/7lOv7BMyMMkgevb+9+35rx7KnOu
L2i52hyHqZnMi6NqhJO+S76exrO7MnXBp80+7kqNPf8q82ydZySffK9XyBNwZZ3gPVhBGUiwoETN7Ix8DB//o9e2kPwuDM/vjEz2zAg/IacMDgYVqLEKDZBq
FZbSuBgUGCCVvwQDQ/g5pTc+JxjRszi6ycgRjmpyDFI6I8dk5NhFNfk+UvIhx2TkuOdEMdmHESmtkGM0cnyiOrqDEZGUSDIZqYQShpdQyCbzMyGnDuLMRhRH
8kDdUeDiCADQcAMH""",
    # x.zip FILES media
    "7z-folder": """
ePkX7qqko2oRLQLWBgttXyxVm2+PIV+DAg9DebzjL4aZd7z+L2pqOcJ2+RpLvf6rR0WHVctXxJQdWnqs+8OMo0eDmXy4Wlo3B0cyHzlSeiaV2T9j5c3zUZuP
/4orqxP/r9cujWolKKrMsdRmpac28jIICLBeuCdSz2DYw9vBzapnqV50O3vLrPC9J447yxncazrjGZiZZS5iJ3yLw7v1EsePPw/0iK48kN0ASpqBWNoasd27
uQ4o8LiW2y/bZWE19Z/r9AvLhDxMEri+vf99a867pzLn+oKWq81xmJrJvDiqRjjpu+TraTy7K1MXfNrs467U2POvMs/WeUbyyfd6hTwBV9YJ3oNZi+k6UBzn
pqZkJuqTW2kyMtnjrGtUoLYoNEBqQ1gC4WJQYIAkCAkGhvBzSm98TjCi50yIybjSCLLJnkgphhyTUZMCssl7kBIG8SbjSgfIJksyIqUKchyNmnaQjXZgRKQk
0kzGljxgJgs0vHXczghLLCQFBtYkhezi2ygFFnFmQ0ondiAsB5ZMguDSCQAmK/78""",
    # bsdtar 3.6.2 of libarchive: bsdtar --format zip -cf x.zip @FILES.tar, a ustar of the files with no owner's name.
    # the local headers have the true size, and zero for the rest
    "bsdtar": """
ePkX7qqkg8YKA2qsQIJWAh6YoSGsDIxq/6vcSyu4GRhZQErABJ3yLZrroqCug0UaLtfRNj+jOcoT2VHA4MblKKrlczT7lZHtB6YuXPZTKf9DEqkEUrLE6WHi
ygUGbOWCBCL54jIeR3nBjDAStbyQwFGf4zIf3TTUcgTZtHlI5QixpqGWL8imGSOVL8SahlruIJu2GancIWga1vII2TQlJgYiIh7ddajlFLJ5TcjlFG7jEOXX
daB3LoPNAgAeVQww""",
    # --options zip:compression=store
    "bsdtar-stored": """
ePkX7qqkxZZBCsJADEVnWoVSwXV2LgSvIu7rxiO4FAXxeJ7AncfRtsH5P4PBWShuCgPlJ5lJ3o8ysqFRB/okXea2m4a4elzWp/MsxMnw2/j5j4fqbB9ptm0F
wLCkDL0Kfum1ioEdYcDmCfBLaiUvzy96slJjQ9SwacFZJPWql1aRdytPlsSTPmCDgDAloTb3QuYer5SZE2VsOaCMYBg88Rd7ArGnrSFodwNxdgNf3arZnYHV
rjRcpWp2l2C1PbGqVM3uGKwWq/CxL5La292D1Q5VKHj0PLv8YaF3Y+b5cmDhvb+cRT2cnpA8B5Q=""",
    # --options zip:zip64: the local Zip64 fields have the true size, and zero for the other
    "bsdtar-zip64": """
ePkX7qqkA8WKLtCRCKP+QwEHsBSGBWZoCCsDo9r/KvfSCm4GRhaQMhZIES0AjgZkQMu8zACNdsIuh0UoPpdHobmcBvmfAZriiHQwMJrwOdgTzcGUlRkM0HRN
pNuAKRaf25TR3EZSOcMAzSxITuHAdAoX0CmIbIDPMXzoAYWnbGKAZjn8wcAJtBuelfBZjQ4wyzMGpHJNlxlhHWq5JoGj3YHLbnTTUMs7ZNN2IZV3xJqGWg4i
m5aNVA4Saxpq+YhsGjsTA8HUBjcNa7mJbNokJgYiEgy661DLU2Tz+JgZCCeCAG82Nh2oFl0ghAE2NPo6I4SuZoYlBzZ2EB3ECuEzgsUQZTZIPUQtACkAQX4=
""",
    # --options zip:zip64,zip:compression=store
    "bsdtar-zip64-stored": """
ePkX7qqkA8WKLtiRMKP+QwEHsBSGBWZoCCsDo9r/KvfSCm4GRhaQMhZIES0AjgYGaHQwIAUlfetVSH5Hdwt+38Fcis93UVCTYDQt62ZIsYFuIxF+AJqKzw+e
UJNgNBXrd0gJhG4BEU4GBg8+JytDTYLRRLURIOUWulaoYzgwHcMFNAORrfA5hw9qFoxGb2dASjp0VbiDgRNoMzwh47MYHcDKRkxxRiZdZoRlqG0YCRxtGFw2
o5uG2rZBNu0eUoYn1jTUNg+yaYuQylRiTUNtCyGbFsrEQDCtwU3D2kZCNu0REwMRiQXddajVHLJ5McwMhJNAgDcbmw5Uiy4QwgAbGn2dEUIfZ4YlBzZ2ED2P
FcJnBIshyn+QeohaAKN4QCw=""",
    # --options zip:experimental: an extra field 0x6C78 in the local headers only
    "bsdtar-experimental": """
ePkX7qqkg8YKA2qsQIJWFR6YoSGsDIxq/6vcSyu4GRhZQErAREUOJwO7CDOkNKBTJkZzahTUqbAYJMqptM3paC70RHYhMCKIciHVigM0xygjOwaYCIlyDJXK
DEjCVkVKysQFBXEFCwO2gkUVkf6JsgtH6cOMMB+19JHA0TrAZRm6aailErJpq5FKJWJNQy2tkE3zRSqtiDUNtRRDNu0WUilG0DSspRuyaWFMDEQkCXTXoZZ6
yOYdRi71cBuHKA2vA72jCE4AAAcXGbA=""",
    # --options zip:hdrcharset=CP437
    "bsdtar-cp437": """
ePkX7qqkg8YKA2qsQIJWAh6YoSGsDIxq/6vcSyu4GRhZQErABJ3yLZrroqCug0UaLtfRNj+jOcoT2VHA4MblKKrlczT7lZHtB6YuXPaTm//RrOODWtefl96G
17vElQoM2EoFCUTixWU8jtKCGWEkamkhgaM2x2U+ummopQiyafOQShFiTUMtXZBNM0YqXYg1DbXUQTZtM1KpQ6xpyJGEapoSMKgJRTu6aahlFLJpDchlFG7j
EGXXVaBnLoLNAgABOgjg""",
    # a folder last in the tar
    "bsdtar-folder": """
ePkX7qqkg8YKA2qsQIJWAh6YoSGsDIxq/6vcSyu4GRhZQErABJ3yLZrroqCug0UaLtfRNj+jOcoT2VHA4MblKKrlczT7lZHtB6YuXPZTKf9DEqkEUrLE6WHi
ygUGbOWCBCL54jIeW3kBMhBb7cUGStKpKZmJ+rhMA+ctZoRzUMsaCRxtAWJNQy2DkE2bh1QGEWsaatmEbJoxUtlErGmoZRayaZuRyiyCpmEty5BNU2JiICLR
oLsOtYxDNq8JuYwjZByuRAEDbx0vA40jlEQg5Sg7ECoDVfMzg3gA0vcb7g==""",
    # -cf - @FILES.tar | cat: filled with NUL bytes up to 10240
    "bsdtar-piped": """
ePkX7qqk7dW9DcIwEIbhS4CKBVyDxAIMgeihYQ8kRMkgLMEoFIwDhiT4zsoJF4GG9ylSoS8X/3y0uyJ2V5qlDe/F3G4mUi3ux9X+MJVq/PzJ6/Gje5tNt2un
6zbNm+679zkbaq2HisvtDTXYPc/eP9fvj6fLe/9A9785pEEdS/eDy3pB+nohpOPrxTt9MUqRti+C83/u5edptkd02ln1SGma7RedtlT9Uppme0enXVTvfEzr
7SOdNqulYOPz6WxP6byT7ik/LvXXLX7OtRYAAAAAAAAAAAAAAADgzz0A03gMMA==""",
    # Perl 5.36.
    # Archive::Zip 1.68: addFile, addDirectory, zipfileComment, writeToFileHandle(pipe, 0)
    "archive-zip-streamed": """
ePkX7qqkg8YKw6DInwwDmT8Z6JQ/GWiTPxmokz+JqC1xKQOlrtzUlMxEfXAKZUY4CluOZcRaoyLrwpZjIbowciySLmw5FqILI8ci6cKVY5c0YuRYJF3YcizE
Liw5llkEb40K0YeWY3FrY4OzBBjeOhoyIYIeksvZgbAaaGYoE8gKR4Xk/NxcYPMNAP0B6TU=""",
    # Archive::Zip 1.68: addString, desiredZip64Mode(ZIP64_HEADERS): a sentinel for the offset only
    "archive-zip-zip64": """
ePkX7qqkvZW9DQIxDIV9gA6DEGIGaM8tA9CxAjOwBBMwBh0lGzAXxDk7ifMjUQBprDs5X15iy4+rQmb0vWShO0Ifs4ONf26QZ4fkyf7tn2RGbqpWFbHak6jU
+FtPJTPQC01uN2s6ihaNX/VZMu5QSHDXYgk7OVrjh94b4dykCl86eGxLxq8Fq7H0YzK2oqSFI4WCMyhfvuen1PDoVch7XBgX2xabBOvXOSG2EsK9QbDeXSX4
2yAcujrB+niV4OuG8GwQrKfnhLQ4CNtJnWFHcc5IyoJwDoi+HySNgMKWPotXkX2L++Yc97Pxu/P/4lzi/DH3DdJtIzc=""",
    # IO::Compress::Zip 2.106: Zip64 => 1; Zip64 in the local headers and the end record only
    "io-compress-zip64": """
ePkX7qqktZZBEoIwDEUDOlVceRDZsPV0vQQHcHIPD+QhMMXUhrQpOA7ddIBJ80l+HoSu9CQyHTXxOlOKWMwGrlmh95xZ4PauK4yNKyncYZ6BHbRRGJW9JOy/
WQf240YN5LSShp84AGzmesoLpUw2Lb54hRHA1q/n6CjH19KlFDk/QHCkP6RjLY7k33kZZXEE/UNxREZZHEF/VxyRURZH0D8VR2SUxRH0Q6s5IuMsjqAflxxx
7saPQnhcTu2BMWG92lh+dwr7cPxcN/O9JZOm+ffvDaUqF0M=""",
    # IO::Compress::Zip 2.106: Stream => 1, exTime, exUnix2; a field 0x7855 of no bytes in the directory
    "io-compress-extras": """
ePkX7qqkg8YKA7ZEIwkPzNAQXgZ2tf9V7jAcWsECLJ2ZGOiUcXE4DxZrOJ1H2xyNz1XAAMfpKqpldXwOACYwnA4gtwxgwFYGSCIlTdxeJq5wYMBWOEgi0jBO
83GUGswIM1FLDV4ctXpoCCsDI8RgTCNQixBkI+YjFSF4jUAtT5CNMEUqT/AagVq4IBuxDalwwWsEakmDbIQaEwNKdOIxBLXYQTakHbnYQTMDUQZNBbr2JtgA
AE8nH0U=""",
    # Node.js 20.
    # JSZip 3.10.2: generateAsync({type: 'nodebuffer'})
    "jszip": """
ePkX7qqkCxitK/HXlRzYCmoBeNSXJvMwME7T2/fPNU8h6fDSIVZ3CiMlq9ICfgbGCVUToqlQnYowEK5OsWVXwtUpA8MsjOyKO5bY4bqQq1P0OINS6E7AVcsy
MMzEyMW4AxgBHqHkYizBje4AXBUvA4M2rowNrBYYgsAZGwBRgO3G""",
    # JSZip 3.10.2: compression: 'DEFLATE', streamFiles: true
    "jszip-streamed": """
ePkX7qqkg5SRHAwDnz9xu4IO+ZMLR74RgMdxaTIPA+M0vX3/XPMUkg4vpVJ+JeBpcvMrF478KoyUjEoL+BkYJ1RNiCYtC3OBXUegQmVHSfWQBIvwKikZGKGL
lAzMhSMDCzCwY83A6JELpdCdgDtfV2Pkay4c+VoYSRdqvYslQhAOwF8VMzDo4srqhSCXgbM6ADnR9os=""",
    # JSZip 3.10.2: encodeFileName to ISO-8859-1: the name is in the Unicode path
    "jszip-latin1": """
ePkX7qqkCxitK8moKwXgUV+azMPAuOZjaLhrnkLS4aWDt+5kwKwEOBiEGY7mpT8F+6OAn4FxasfmW1SoTEUYCFem2DIr4cqUgWEWRmbFHUdscF3IlSl6jIGo
pxguwFXFMjDMxMjCuEMXAR4BdeEJa3SDcNW5DAyauPJ0HtCGAHCeBgCID+wH""",
    # JSZip 3.10.2: compression: 'DEFLATE', platform: 'UNIX', a folder last
    "jszip-folder": """
ePkX7qqkg5WR2IOWdvkT2Vb0qKF6fkS2DD1GKcl/yOaixzkJ+Q1St2FLBMJI0V5awM/AOKFqQjS+LEdkhYdLGSiB5KamZCbqIyoB/JluCSP2ShF/plvCWIa1
UsSf6ZYwPmbAViniz3RLGK2xVorYwxuhqwkl02EJfaLrScazjHiaG+jhDwECDG8ZvzAiYgOSd9mBsA8oKgHOuwClEfCU""",
    # fflate 0.8.3: zipSync({..., media: {}}): the folder is deflated, two bytes
    "fflate-folder": """
ePkX7qqkg8QKyJmwoPXHUlfizp9Mp8nKnsiWoscM1bMjsmWgCDXEUueRkP0srkByH7KxoBhXwlK3Yc9tzD97eHh8fPR6eK7BzMGRBvBlL2T70dMASnbCpRCU
HHJTUzIT9ZnhmQxXSsCfyXBFJQKUYslkuOIEAR4xYGYyXEGOAJZYMhkDwUzWiDWT4QpgBNjJiNaWwKWNDdVrjLDAh2VMdiCsBopygDUAANy52tk=""",
    # yazl 3.3.1: addBuffer, addEmptyDirectory, end({comment}) with a comment in IBM437
    "yazl": """
ePkX7qqkg8QKA1LQBmKpK8nMn5eNL+9I8uLlmeP7+ZLjltWau9qu3Gma5FXiiGYtKG68sFSElGRIcRWxmzdfOPtcZJc+yYpmH3qsUpIHkc3FVcNhzXPMQODR
0th5snXiQSk0g9CTAr5chqwPPSmg5CqIQswyHZQqclNTMhP1QSnLnhlXcuDEUROGhrAyMKv9r3JH144arcjay5EiGad21FhC1v4cKc5wakeNDGTt9kiZEKd2
1ChA1t6BkhtxGoAaF8gGHGBEihks+rFFEUL/X8eXjLAIQ9IMydzsQLgLKM3LBNLkmqeQ1FYCABF0/6c=""",
    # yazl 3.3.1: addReadStream, forceZip64Format: every sentinel in the directory, none in the local headers
    "yazl-zip64": """
ePkX7qqko2n+vGx8eUeSFy/PHN/Plxy3rNbc1XblTtMkrxJHeAYNhFpWAo9rWmdUcRWxmzdfOPtcZJc+yQrPq15QW6KIdwfFeZYBmq4YKMu7zEDg0dLYebJ1
4kEpBljuVYZqVyZoAfG5mAGaOBkoyc0MSLnanlkXJVf/hwIOBlWkWgYkAkuIoSGsDMxq/6uACVgCnmgCCRgNimDcRsMSFYrRsHQASxf9OIwGxSUBo4GhgGI0
LMphSUCcEbvRoFgkYDQwSaAYjR7p7TiMBkUozGguDKMRiQHFcFjMw1LCCxyGg8RghnNiGA5PGShmwwAskVgwwcxmY9OBioHsgAE2NFoVqr4SoY8dRM9jgfAZ
wWKQ8u8/EmBgAADHAkxU""",
    # archiver 8.0.0: append of buffers, then of a folder; descriptors for known sizes
    "archiver": """
ePkX7qqkg8YKA03y52XjyzuSvHh55vh+vuS4ZbXmrrYrd5omeZU4wjNoIGoGZaBdBhVXEbt584Wzz0V26ZOs8DzqhZpHGeiURxnIyKPMQODR0th5snXiQSkG
WC5Vpk0uJVxnsqMkbNxVLSjN5aamZCbqg9KtLjPC98jxjzBMAUs9i6wLOdZQdbWj5WNkXdjzMUgXO1o+RtaFvZ4F6cpHy8dgXXjzMUjXCYx8DLENXz0L0ifA
hNZc0WXGHdgQIMDw1tGdCRH0kLzPDoTVQEdkg/M+AMS67ZU=""",
    # archiver 8.0.0: append of streams, forceZip64: in the end record only; a comment
    "archiver-zip64": """
ePkX7qqkg8YKA03y52XjyzuSvHh55vh+vuS4ZbXmrrYrd5omeZU4wjNoIGoGZaBdBhVXEbt584Wzz0V26ZOs8DzqhZpHGeiURxnIyKPMQODR0th5snXiQSkG
WC5Vpk0uZSArl+oyI7Qixy4iDyhgqUWRdSHHCaqudrRciqwLey4F6WJHy6XIurDXoiBd+Wi5FKwLby4F6TqBkUuRbcOeS0H6BFBzKRubDlRSFwhhgA2NBuVg
EPBkggU/GzuInsAM4TOCxSA5/j8S4GRwVEjOz80FNuUAGJj1rw==""",
    # adm-zip 0.6.1: addFile with comments; sorted, the folder among them
    "adm-zip": """
ePkX7qqkg8QKAw4n4ItdZH24inasiY0ZCDxaGjtPtk48KIVmECiWvLBUiZRkTXEVsZs3Xzj7XGSXPsmKZh96/FKSG5GrKDyVDbL1oKQciKVtQmZ5eNn48o4k
L16eOb6fLzluWa25q+3KnaZJXiWOeFwHShO5qSmZifrgdMWMOzGwo9SDiKThmqeQdHhpCbp29DSB0G6BlEJwaEZPBwjNjUipAodm9EhFaP6IFMUomnHHHEKz
JyNSPOKwGj1CEboLGBHRS4TVbHCWAMNbx+eMiEiC5GJ2IFwKFOUG52IAa1P7mg==""",
    # C libraries.
    # minizip 1.1 of zlib: minizip -o x.zip FILES; made by version 0.0
    "minizip": """
ePkX7qqktdXBDYAgEERRqcu+LMCybIdGFOfyGXdJiHoms2sYXlQr7TOjq/3PJ7d6NZ975DJv9I0/zvXOJ7xxjD+CkS/m/BF0nsp1kpesf23kh6nIj1Kb+WEq
8qNUXXo/TOV+VvPDVORHu/aHH+ZyP0cZ+Kn37BMfCNMF""",
    # libzip 1.7.3: ziptool -n x.zip add_file ..., set_file_mtime, add_dir media; some with flag bit 1
    "libzip": """
ePkX7qqkg8QKEwP2oKVd/kS2FT1qqJ4fkS1Dj1FK8h+yuehxTkJ+AxlDTt0mQkzdhksZKC3kpqZkJuqD0pM9M+5EgLv+Q9aFK38taSxDy1/IunDlryWNjxlQ
8xeyLlz5a0mjNVr+AukiXP81YeQvsD6C9d8ORrRmBC5tbEjs/473GRFBD8mT7EBYDRRlBudJAItj4qU=""",
    # git 2.39.5: git archive --format=zip HEAD; the commit's name is the comment
    "git": """
ePkX7qqkrVXbDQIhEAQTP7YAW1A/BSUHFdiAxm8uYBEmtmcJtqMXL+6Dg8SY45uZ3ezM7H53ZK1xwFbPp6XS69ft+IN7OJ8cOuCYkW+2yPGqUjRAmbDqP1lr
nxKgGWMF2ZB0LKBH8fv8+699L4FZCRsoD6dejB6s20K+iUlKeOmC8bh/3Mei14SXchL8wfZnBV4Xi+AbrarSyfKleIS/aDWVEuGN4RP8KVLNCCin9+HLaqDb
KhdDitlYF/eH1EWbQ9i5vjcmeud9zv012ZA78wZt9Pot""",
}


def _kept():
    found = {name: zlib.decompress(base64.b64decode(_KEPT[name])) for name in _DICTIONARY}
    dictionary = b"".join(found.values())
    for name, text in _KEPT.items():
        if name not in found:
            found[name] = zlib.decompressobj(zdict=dictionary).decompress(base64.b64decode(text))
    return found


class _Pipe(io.RawIOBase):
    """A file that can only be written on, as a socket is."""

    def __init__(self):
        self.written = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.written += data
        return len(data)

    def getvalue(self):
        return bytes(self.written)


def _by_python(file, *, method=zipfile.ZIP_DEFLATED, folder=False, zip64=False, date=(2008, 1, 2, 3, 4, 6), **options):
    """A zip by the standard library's writer, of whichever Python runs the tests."""
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, data in FILES.items():
            info = zipfile.ZipInfo(name, date)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=zip64) as part:
                part.write(data)
        if folder:
            archive.writestr(zipfile.ZipInfo("media/", date), b"")
            archive.comment = b"A comment"
    return file.getvalue()


def _laid_out(entries):
    """A zip with the fields of each entry as given; behind a descriptor stand the CRC and sizes, before it zeros."""
    zipped, directory = b"", b""
    for entry in entries:
        name, data, packed, extra = entry["name"], entry["data"], entry["packed"], entry.get("extra", b"")
        common = (20, entry["flags"], entry["method"], *entry["stamp"])
        proof = struct.pack("<3I", zlib.crc32(data), len(packed), len(data))
        lengths = (len(name), len(extra))
        described = entry["flags"] & 0x0008
        directory += struct.pack("<4s6H", b"PK\1\2", entry["made_by"], *common) + proof
        directory += struct.pack("<5H2I", *lengths, 0, 0, 0, entry["attributes"], len(zipped)) + name + extra
        zipped += struct.pack("<4s5H", b"PK\3\4", *common) + (bytes(12) if described else proof)
        zipped += struct.pack("<2H", *lengths) + name + extra + packed
        zipped += entry["signature"] + proof if described else b""
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), len(zipped), 0)
    return zipped + directory + end


def _by_go(names, *, header=False, stored=False, signed=True):
    """A zip as the Writer of Go's archive/zip lays it out.

    `header` is CreateHeader with a time and SetMode, without it Create. Before OS X asked for it, descriptors had no
    signature. Folders have no descriptor, and ASCII names no flag 11.
    """
    entries = []
    for name in names:
        folder = name.endswith("/")
        flags = (0 if folder else 0x0008) | (0 if name.isascii() else 0x0800)
        data = FILES.get(name, b"")
        mode = (0o040755 << 16 | 0x10) if folder else 0o100644 << 16
        entries.append(
            {
                "name": name.encode(),
                "data": data,
                "packed": data if folder or stored else _deflated_by_go(data),
                "flags": flags,
                "method": 0 if folder or stored else 8,
                "stamp": (_TIME, _DATE) if header else (0, 0),
                "made_by": 3 << 8 | 20 if header else 20,
                "attributes": mode if header else 0,
                "extra": struct.pack("<2HBI", 0x5455, 5, 1, _UNIX_TIME) if header else b"",
                "signature": b"PK\7\10" if signed else b"",
            }
        )
    return _laid_out(entries)


def _deflated_by_go(data):
    """Data deflated to an end that Go's compress/flate has: an empty stored block, which an empty file consists of."""
    deflater = zlib.compressobj(wbits=-15)
    return (deflater.compress(data) + deflater.flush(zlib.Z_SYNC_FLUSH) if data else b"") + b"\1\0\0\xff\xff"


def _by_java_6(files):
    """A zip as Java's ZipOutputStream laid it out before Java 7: names in Java's own UTF-8, and no flag to say so."""
    entries = []
    for name, data in files.items():
        deflater = zlib.compressobj(wbits=-15)
        units = "".join(chr(unit) for (unit,) in struct.iter_unpack(">H", name.encode("utf-16-be")))
        entries.append(
            {
                "name": units.encode("utf-8", "surrogatepass"),
                "data": data,
                "packed": deflater.compress(data) + deflater.flush(),
                "flags": 0x0008,
                "method": 8,
                "stamp": (_TIME, _DATE),
                "made_by": 20,
                "attributes": 0,
                "signature": b"PK\7\10",
            }
        )
    return _laid_out(entries)


_ROWERS = {"manifest": b"\\uD83D\\uDEA3.txt=text/plain\n", "\U0001f6a3.txt": FILES["demo.txt"]}
_BUILT = {
    "python": _by_python(io.BytesIO()),
    "python-stored": _by_python(io.BytesIO(), method=zipfile.ZIP_STORED),
    "python-folder": _by_python(io.BytesIO(), folder=True),
    "python-zip64": _by_python(io.BytesIO(), zip64=True),
    "python-oldest": _by_python(io.BytesIO(), date=(1980, 1, 1, 0, 0, 0), strict_timestamps=False),
    "python-streamed": _by_python(_Pipe(), folder=True),
    "python-streamed-stored": _by_python(_Pipe(), method=zipfile.ZIP_STORED),
    "python-streamed-zip64": _by_python(_Pipe(), zip64=True),
    "go": _by_go(FILES),
    "go-header": _by_go([*FILES, "media/"], header=True),
    "go-stored": _by_go([*FILES, "media/"], stored=True),
    "go-unsigned": _by_go(FILES, header=True, signed=False),
    "java-6": _by_java_6(FILES),
    "java-6-beyond-bmp": _by_java_6(_ROWERS),
}
_ALL = _kept() | _BUILT

#: What is refused, with the error and the reason.
REFUSED = {
    # By its mode it is a named pipe, though it has data: what standard input was when it was made.
    "infozip-pipe": "UnsafeName",
    # The sizes in its local headers are wrong. A reader that comes from the front would go by them.
    "infozip-crlf-streamed": "MalformedContent",
    # Broken: Info-ZIP's own unzip cannot read it.
    "infozip-zip64-descriptors": "MalformedContent",
    # Thousands of bytes after the end: a suffix. Without the pipe bsdtar writes none.
    "bsdtar-piped": "MalformedContent",
    # A name of ASCII and another in the Unicode path: two readers see two messages.
    "compress-ascii": "MalformedContent",
}

#: The zips, by the name of the writer and of what is special.
WRITTEN = {name: data for name, data in _ALL.items() if name not in REFUSED}
BROKEN = {name: _ALL[name] for name in REFUSED}

_DASH = [("-", "text/plain", FILES["demo.txt"])]
_MISREAD = [part for part in PARTS if part[0] != "Ångå.txt"] + [("┼ngσ.txt", "text/plain", FILES["Ångå.txt"])]

#: The parts and the codes of the defects where they are not `PARTS` and none.
EXPLAINED = {
    "infozip-stdin": (_DASH, set()),
    "infozip-stdin-streamed": (_DASH, set()),
    "infozip-dos": ([(name.upper(), kind, data) for name, kind, data in PARTS[:3]], set()),
    "java-latin1": (_MISREAD, {"manifest-absent-file", "manifest-unlisted-file"}),
    "java-6-beyond-bmp": ([("\U0001f6a3.txt", "text/plain", FILES["demo.txt"])], {"name-encoding"}),
}
