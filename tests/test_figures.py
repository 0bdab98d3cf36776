import json

from benchmarks import figures


def test_a_benchmark_s_figures_are_recorded_beside_the_others_with_commit_and_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "FILE", tmp_path / "figures.json")
    figures.FILE.write_text(json.dumps({"speed": {"seconds": 1}, "memory": {"mb": 2}}))
    figures.record("speed", {"seconds": 0.5})
    assert figures.read("memory") == {"mb": 2}
    assert figures.read("speed").keys() == {"commit", "machine", "seconds"}
    assert figures.read("speed")["seconds"] == 0.5
