"""The shell that publishes."""

import re

import pytest

from marketplace import shell


def test_commands_are_run_by_a_shell_and_a_failing_one_stops_it():
    assert shell.Shell(True).ask("""echo '{"a": 1}' | cat""") == {"a": 1}
    shell.Shell(True).run("echo 'An error occurred (Exists): no' >&2; false", accept="Exists")
    for command, sentence in {
        "echo 'An error occurred (Exists): no' >&2; false | cat": "failed: An error occurred (Exists): no",
        "aws_that_is_not_installed": "command not found",
        "echo Hello": "`echo Hello` did not answer with JSON, but with: Hello",
    }.items():
        with pytest.raises(shell.PublishError, match=re.escape(sentence)):
            shell.Shell(True).ask(command)
    shell.Shell(False).run("touch /nowhere/at/all")
