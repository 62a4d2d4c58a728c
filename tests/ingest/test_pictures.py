import random

from ingest.pictures import PICTURE_BYTES, Pairs


def test_pairs_are_the_same_however_the_bytes_were_cut() -> None:
    pictures = b"".join(bytes([number]) * PICTURE_BYTES for number in range(40))
    lines = b"".join(b"frame:%d    pts:%d   pts_time:%g\nk=1\n" % (n, 200_000 * n, n / 5) for n in range(40))
    for seed in range(20):
        chance, pairs, found = random.Random(seed), Pairs(), []
        at = line = 0
        while at < len(pictures) or line < len(lines):
            next_at, next_line = at + chance.randint(0, 50_000), line + chance.randint(0, 150)
            found += pairs.add(pictures[at:next_at], lines[line:next_line])
            at, line = next_at, next_line
        assert [(seconds, int(picture[89, 159])) for seconds, picture in found] == [(n / 5, n) for n in range(40)]


def test_a_line_without_a_time_is_no_picture() -> None:
    assert Pairs().add(bytes(PICTURE_BYTES), b"k=1\npts_time:3\npts:12") == []
