"""The SageMaker shell: knows /opt/ml and HTTP, and nothing of an algorithm's inside."""
