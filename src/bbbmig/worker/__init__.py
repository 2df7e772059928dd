"""Celery: the queue through which several machines share recordings, and the worker that takes from it."""
