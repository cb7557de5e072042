"""Many questions at once: answers kept in a file as they come, and on again after a stop."""

from r1agent.batch.budget import Budget, Spent
from r1agent.batch.items import BatchError, BatchItem, BatchResult
from r1agent.batch.job import BatchReport, run_batch
from r1agent.batch.pool import Pool, ThreadPool

__all__ = [
    "BatchError",
    "BatchItem",
    "BatchReport",
    "BatchResult",
    "Budget",
    "Pool",
    "Spent",
    "ThreadPool",
    "run_batch",
]
