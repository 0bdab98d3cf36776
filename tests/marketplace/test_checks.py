"""The checks of the image to publish."""

from marketplace import checks


def test_an_image_is_current_for_every_commit_with_its_sources():
    assert checks.is_current("HEAD^{tree}")
    assert not checks.is_current("4b825dc642cb6eb9a060e54bf8d69288fbee4904")  # git's name for a tree without files
