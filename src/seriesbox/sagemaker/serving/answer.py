"""The main walk: one request, from its body through tables and the predictor to the answer."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np
from flask import Request, Response
from werkzeug.exceptions import UnsupportedMediaType

from seriesbox.answers import Details, Predictions
from seriesbox.errors import DataError, HeaderAloneError, ShortSeriesError
from seriesbox.formats.content_type import CSV, JSON_LINES, ContentType
from seriesbox.formats.writing import Chunks, TableAnswer, Writer
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.serving.body import read_body
from seriesbox.sagemaker.serving.drift import Drift
from seriesbox.sagemaker.serving.formats import read
from seriesbox.sagemaker.serving.log import milliseconds
from seriesbox.sagemaker.serving.memory import COMPUTE, READ, Memory, Reservation
from seriesbox.sagemaker.serving.models import LoadedModel
from seriesbox.sagemaker.serving.negotiation import AnswerFormat
from seriesbox.sagemaker.serving.settings import ServerSettings
from seriesbox.sagemaker.serving.slots import Slots
from seriesbox.sagemaker.serving.spool import spooled
from seriesbox.tables.blocks import blocks
from seriesbox.tables.table import Table


class Answer:
    """The answer to one request.

    log_fields: the fields of the request's line in the log; the answer adds its own.
    """

    def __init__(
        self, settings: ServerSettings, loaded: LoadedModel, slots: Slots, memory: Memory, log_fields: dict[str, Any]
    ) -> None:
        self.settings = settings
        self.predictor: Predictor = loaded.predictor
        self.column_names = loaded.column_names
        self.slots = slots
        self.memory = memory
        self.log_fields = log_fields
        self.log_fields.update(model=loaded.name, algorithm=loaded.algorithm)
        self.predicting = self.waiting = 0.0
        self.drift = Drift()

    def respond(self, request: Request) -> Response:
        """Read and check the request, and return the whole answer."""
        with ExitStack() as held:
            self.slots.acquire(held)
            if (encoding := request.headers.get("Content-Encoding", "identity")) != "identity":
                raise UnsupportedMediaType(f"The content encoding is {encoding[:20]}: send the body as it is.")
            given = self._content_type(request)
            default = self.settings.accept or AnswerFormat(JSON_LINES if given.form == JSON_LINES else CSV)
            wanted = AnswerFormat.negotiate(request.headers.get("Accept", ""), default)
            details = self._details(wanted)
            names = self.predictor.names(details, self.column_names)
            if (
                given.form == CSV
                and not self.predictor.rows_are_independent
                and self.settings.strategy == "SINGLE_RECORD"
            ):
                raise DataError(
                    "The batch job sends one row at a time (SingleRecord), but a row means nothing without those "
                    "before it: set SplitType to None, or give one series per line as JSON Lines."
                )
            self.memory.check(request.content_length or 0)
            reserved = Reservation(self.memory, held)
            body = read_body(request, self.settings.limit, partial(reserved.grow, READ))
            reserved.grow(COMPUTE, len(body))
            self.log_fields["bytes_in"] = len(body)
            try:
                tables = self._tables(body, given) if body or not self.settings.batch else ()
            except HeaderAloneError:  # the first line of a file that a batch job sends line by line
                if not self.settings.batch:
                    raise
                tables = ()
            del body
            if not tables:  # such as Spark's _SUCCESS
                return Response(b"", content_type=wanted.form)
            ids = next(iter(tables)).ids
            writer = Writer(wanted.form, names, ids.names if ids else (), wanted.header, objects=details is not None)
            answers = (TableAnswer(self._predict(table, details), len(table.values), table.ids) for table in tables)
            answer = writer.write(answers, self.predictor.rows_are_independent)
            return spooled(self._timed(answer), request.environ, wanted.form)

    def _content_type(self, request: Request) -> ContentType:
        """Return the content type of the request. The model knows how many ids there are if it does not say."""
        given = ContentType.parse(request.content_type or "")
        return given._replace(ids=self.predictor.hyperparameters.id_columns) if given.ids is None else given

    def _details(self, wanted: AnswerFormat) -> Details | None:
        """Return what the request, or else the model, asks for beyond the published columns."""
        return Details.wanted(wanted.verbose, wanted.threshold, self.predictor.hyperparameters.verbose == "true")

    def _tables(self, body: bytes, given: ContentType) -> Any:
        """Return the tables of the body, all of them checked."""
        started = time.perf_counter()
        variables = self.predictor.hyperparameters.variables_per_row
        tables = read(body, given, self.predictor, variables, self.column_names)
        rows = columns = missing = 0
        for table in tables:
            try:
                self.predictor.check(table)
            except ShortSeriesError as error:
                raise DataError(f"{error} A batch job must not split a series (SplitType None).") from None
            rows += len(table.values)
            columns = max(columns, table.values.shape[1])
            missing += sum(int(np.isnan(table.values[part]).sum()) for part in blocks(*table.values.shape))
        parsing = time.perf_counter() - started
        self.log_fields.update(rows=rows, columns=columns, missing=missing, parse_ms=milliseconds(parsing))
        return tables

    def _predict(self, table: Table, details: Details | None) -> Chunks:
        chunks = self.predictor.predict(table, details)
        while (chunk := self._next(chunks)) is not None:
            self.drift.add(chunk.drift)
            yield chunk.columns

    def _next(self, chunks: Iterator[Predictions]) -> Predictions | None:
        waiting = time.perf_counter()
        with self.slots.predicting:
            started = time.perf_counter()
            chunk = next(chunks, None)
        self.waiting += started - waiting
        self.predicting += time.perf_counter() - started
        return chunk

    def _timed(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        started, count = time.perf_counter(), 0
        for part in parts:
            count += len(part)
            yield part
        encoding = time.perf_counter() - started - self.predicting - self.waiting
        self.log_fields.update(
            bytes_out=count,
            predict_ms=milliseconds(self.predicting),
            encode_ms=milliseconds(encoding),
            wait_ms=milliseconds(self.waiting),
            **self.drift.fields(),
        )
