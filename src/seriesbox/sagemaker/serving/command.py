"""`serve`: the console command."""

import sys

from seriesbox.extras import require
from seriesbox.sagemaker.command_line import unexpected_arguments
from seriesbox.sagemaker.paths import Paths
from seriesbox.threads import let_threads_sleep

USAGE = """
usage: serve

Serves the model in model/ of the base folder, which is /opt/ml or what SAGEMAKER_BASE_DIR names: GET /ping, POST
/invocations, GET /execution-parameters. The model is the two files that `train` writes, unpacked. SIGTERM ends the
server once the requests it has are answered.

environment variables:
    SAGEMAKER_BASE_DIR                      the base folder
    SAGEMAKER_BIND_TO_PORT                  port
    MAX_CONTENT_LENGTH                      largest request in bytes; 0: memory alone is the limit
    SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT    format of an answer if the request asks for none
    SAGEMAKER_MODEL_SERVER_WORKERS          processes, each with its own copy of the model
    OMP_NUM_THREADS                         threads of one prediction
    SERIESBOX_PAGE                          true or false: whether GET / answers with a page to try the model. Without
                                            it there is one unless AWS_REGION, SAGEMAKER_BATCH or
                                            AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set, as on SageMaker
    SERIESBOX_QUEUE                         requests at once, beyond which the answer is 503
    TMPDIR                                  folder for answers over 256 KB, until they are sent
    SAGEMAKER_MULTI_MODEL                   true: models are loaded and unloaded by requests to /models
    SAGEMAKER_BATCH                         true: the server of a batch job, which SageMaker configures by
    SAGEMAKER_BATCH_STRATEGY, SAGEMAKER_MAX_CONCURRENT_TRANSFORMS
"""


def main() -> None:
    """Serve. Exits with the reason if the model cannot be loaded."""
    if excess := unexpected_arguments("serve", USAGE):
        sys.exit(excess)
    let_threads_sleep()
    try:
        require("serve", "serve")
        from seriesbox.sagemaker.serving.server import Server
        from seriesbox.sagemaker.serving.settings import ServerSettings

        settings = ServerSettings.read()
    except ValueError as error:
        sys.exit(str(error))
    Server(settings, Paths().model).run()
