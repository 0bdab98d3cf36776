import sys

import pytest
from program import Program

from marketplace import publish, shell
from marketplace.files import published


@pytest.fixture(params=published())
def name(request) -> str:
    return request.param


@pytest.fixture
def program(tmp_path, monkeypatch) -> Program:
    program = Program(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(publish, "REPOSITORY", "https://example.com/seriesbox")
    monkeypatch.setattr(shell, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(shell, "execute", program.execute)
    return program
