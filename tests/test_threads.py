import os

from seriesbox.threads import SPIN_COUNT, let_threads_sleep


def test_threads_sleep_soon_unless_the_environment_decides(monkeypatch):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    for given, expected in ((None, SPIN_COUNT), ("7", "7")):
        monkeypatch.setenv("GOMP_SPINCOUNT", given or "")
        if given is None:
            monkeypatch.delenv("GOMP_SPINCOUNT")
        let_threads_sleep()
        assert os.environ["GOMP_SPINCOUNT"] == expected
    monkeypatch.delenv("GOMP_SPINCOUNT")
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    let_threads_sleep()
    assert "GOMP_SPINCOUNT" not in os.environ
