"""The Celery application: one queue, one task, and what makes neither lose a message nor do one twice.

A message is taken away only after its recording is seen to (late acknowledgement) and comes back when a worker dies:
https://docs.celeryq.dev/en/stable/userguide/configuration.html. What is delivered twice all the same is found done.
"""

from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from kombu import Queue as KombuQueue

from bbbmig.extras import install

TASK = "bbbmig.recording"
LONGEST_MS = 7 * 86_400_000
"""So long may a recording take before RabbitMQ closes its channel; before 3.12 it does not listen, and its own
`consumer_timeout` counts: https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout."""
REDELIVERED_AFTER_S = 900
"""Redis gives a message to somebody else after this time, whoever has it: what is at work is left alone then."""
CONNECT_TIMEOUT_S = 10.0


def make_app(url: str, queue: str) -> Celery:
    """Return an application for that broker; nothing is connected yet."""
    app = Celery("bbbmig", broker=url, set_as_current=False)
    app.conf.update(
        task_queues=[KombuQueue(queue, durable=True, queue_arguments={"x-consumer-timeout": LONGEST_MS})],
        task_default_queue=queue,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        result_backend=None,
        task_acks_late=True,
        task_acks_on_failure_or_timeout=False,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_detect_quorum_queues=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=CONNECT_TIMEOUT_S,
        broker_heartbeat=30,
        broker_transport_options=_transport_options(urlsplit(url).scheme),
    )
    return app


def _transport_options(scheme: str) -> dict[str, Any]:
    """Return what a broker is told besides: RabbitMQ confirms what it has got, Redis gives back what is lost."""
    if scheme.startswith("redis"):
        return {"visibility_timeout": REDELIVERED_AFTER_S, "socket_keepalive": True, "socket_timeout": 60.0}
    return {"confirm_publish": True}


def program() -> str:
    """Return the pip command that installs what is missing for the Python that runs now."""
    return install("worker")
