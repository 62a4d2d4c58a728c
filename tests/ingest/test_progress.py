from ingest.progress import Progress, ProgressReader

REPORT = "frame=37\nfps=15.0\nout_time_us=2333344\nout_time=00:00:02.333344\nprogress=continue\n"


def test_a_report_is_complete_with_its_progress_line() -> None:
    reader = ProgressReader()
    reports = [reader.feed(line) for line in REPORT.splitlines()]
    assert reports[:-1] == [None] * 4
    assert reports[-1] == Progress(37, 2.333344)


def test_a_report_before_the_first_packet_says_nothing() -> None:
    reader = ProgressReader()
    assert [reader.feed(line) for line in ("frame=0", "out_time_us=N/A", "progress=continue")] == [None, None, None]


def test_values_of_one_report_do_not_leak_into_the_next() -> None:
    reader = ProgressReader()
    for line in REPORT.splitlines():
        reader.feed(line)
    assert reader.feed("progress=continue") is None
