"""`GET /`: a page on which to try the models."""

from typing import Any

from flask import Flask, Response

from seriesbox.algorithm import most_details
from seriesbox.sagemaker.serving.models import LoadedModel, Models


def add_page(app: Flask, models: Models, only: LoadedModel | None) -> None:
    """Add the route of the page. What it takes is imported when somebody asks for it."""

    @app.get("/")
    def page() -> Response:
        from seriesbox.page.document import Document

        described = _described(
            {"invocations": only} if only else {f"models/{each.name}/invoke": each for each in models.all()}
        )
        document = Document.of("seriesbox", {"models": described}, connects=True)
        response = Response(document.content, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = f"{document.policy}; frame-ancestors 'none'"
        response.headers["Cache-Control"] = "no-store"
        return response


def _described(models: dict[str, LoadedModel]) -> list[dict[str, Any]]:
    """Return what the page knows of the models, by the paths that answer for them."""
    return [
        {
            "name": each.name,
            "path": path,
            "algorithm": each.algorithm,
            "columns": list(each.column_names),
            "rows_are_independent": each.predictor.rows_are_independent,
            "threshold": each.predictor.threshold,
            "verbose": most_details(each.predictor) is not None,
            "hyperparameters": each.predictor.hyperparameters.to_dict(),
        }
        for path, each in models.items()
    ]
