"""The sample Pod for everything below."""

from tests.databases import mysql_server, postgresql_server
from tests.pod_server import pods, python_with_django_32, sample_pod

__all__ = ["mysql_server", "pods", "postgresql_server", "python_with_django_32", "sample_pod"]
