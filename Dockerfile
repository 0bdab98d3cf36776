# seriesbox for Amazon SageMaker: `train` and `serve`. scripts/build builds it; docs/image.md describes the build for GPUs.

# Any image with Python 3.11, its headers and venv, and Debian's apt.
ARG BASE=python:3.11-slim-bookworm
# PyPI has one build of each torch, with gigabytes of CUDA packages. PyTorch's own indexes have them all: cpu, cu130, ...
ARG TORCH_BUILD=cpu


FROM ${BASE} AS packages

# SageMaker's toolkit comes as source with a C extension.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*

ARG TORCH_BUILD
ARG TORCH_INDEX=https://download.pytorch.org/whl/${TORCH_BUILD}
COPY requirements.txt docker/install docker/prune /build/
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    /build/install && /build/prune


FROM packages AS seriesbox

COPY . /source
# setup.py fetches the charting library if it is not there.
RUN --mount=type=secret,id=certificates \
    export SSL_CERT_FILE=$(ls /run/secrets/certificates 2>/dev/null || echo /etc/ssl/certs/ca-certificates.crt); \
    /opt/seriesbox/bin/pip --disable-pip-version-check wheel --no-deps --no-build-isolation --no-cache-dir --wheel-dir /wheels /source


FROM ${BASE}

ENV PATH=/opt/seriesbox/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
EXPOSE 8080
ENTRYPOINT ["entrypoint"]

# SageMaker mounts folders over these, but not over the toolkit's code, which it wants and cannot always make.
RUN mkdir -p /opt/ml/code /opt/ml/input /opt/ml/model /opt/ml/output && chmod a+w /opt/ml/model /opt/ml/output
COPY docker/entrypoint /usr/local/bin/entrypoint
COPY --from=packages /opt/seriesbox /opt/seriesbox
RUN --mount=type=bind,from=seriesbox,source=/wheels,target=/wheels \
    /opt/seriesbox/bin/pip --disable-pip-version-check install --no-deps --no-index --no-cache-dir /wheels/*.whl

ARG BASE
ARG VERSION
ARG REVISION
ARG SOURCE
ARG TORCH_BUILD
LABEL org.opencontainers.image.title="seriesbox" \
      org.opencontainers.image.description="Time-series clustering (CNN-KMeans) and anomaly detection (LSTM-AD) for Amazon SageMaker" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${BASE}" \
      seriesbox.torch-build="${TORCH_BUILD}" \
      com.amazonaws.sagemaker.capabilities.accept-bind-to-port="true" \
      com.amazonaws.sagemaker.capabilities.multi-models="true"
