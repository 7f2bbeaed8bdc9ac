import pytest, time, logging, structlog
from tests.prove.webhooks.running import *


@pytest.mark.django_db
def test_some():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    c = Counts()
    t = time.time()
    for s in range(6):
        run_stream(seed=s, schedules=range(3), counts=c)
        print(s, round(time.time() - t, 1), c.schedules, c.posted.deliveries, len(c.violations), c.polls)
        for v in c.violations:
            print("   V", v)
        c.violations.clear()
    print(sorted(c.shapes), c.posted.problems[:5], c.posted.slowest())
