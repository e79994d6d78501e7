"""One form for every task: deprecated fields moved to the present ones."""

from __future__ import annotations

import msgspec

from tasknb.messages.data import Concept
from tasknb.messages.enums import PartitionedStrategy, WorkerType
from tasknb.messages.people import User, Worker, Workflow
from tasknb.messages.task import AIAssistant, ConsensusStrategyInfo, Task, TaskConcept, TaskReview, TaskWorker


def normalised(task: Task) -> Task:
    """A copy of the task in which the deprecated fields are moved to the present ones.

    ``worker.user_ids`` and ``worker.users`` become ``worker.workers``; ``review.user_ids`` becomes ``review.users``;
    ``concept_ids`` becomes ``concepts``; the consensus's ``approval_threshold`` becomes
    ``approval_threshold_labelers``; ``ai_assistant.workflow_id`` becomes ``ai_assistant.workflow``. A present field
    wins over its deprecated form. A worker type that is not set is read off the workers, and so is a partition type off
    the weights. The task given is not changed. The manual strategy's ``approval_threshold`` stays, for the service.
    """
    changed = msgspec.structs.replace(task)
    if not task.concepts and task.concept_ids:
        changed.concepts = [TaskConcept(concept=Concept(id=concept_id)) for concept_id in task.concept_ids]
    changed.concept_ids = []
    if task.worker is not None:
        changed.worker = _normalised_worker(task.worker)
    if task.review is not None:
        changed.review = _normalised_review(task.review)
    if task.ai_assistant is not None and task.ai_assistant.workflow is None and task.ai_assistant.workflow_id:
        changed.ai_assistant = AIAssistant(workflow=Workflow(id=task.ai_assistant.workflow_id))
    return changed


def _normalised_worker(worker: TaskWorker) -> TaskWorker:
    workers = worker.workers
    if not workers:
        users = worker.users or [User(id=user_id) for user_id in worker.user_ids]
        workers = [Worker(user=user) for user in users]
    kind = worker.type
    if not kind and workers:
        automatic = any(one.model or one.workflow for one in workers)
        kind = WorkerType.WORKER_AUTO if automatic else WorkerType.WORKER_HUMAN
    info = worker.partitioned_strategy_info
    if info is not None and not info.type:
        known = PartitionedStrategy.WEIGHTED if info.weights else PartitionedStrategy.EVENLY
        info = msgspec.structs.replace(info, type=known)
    return msgspec.structs.replace(
        worker, workers=workers, users=[], user_ids=[], type=kind, partitioned_strategy_info=info
    )


def _normalised_review(review: TaskReview) -> TaskReview:
    users = review.users or [User(id=user_id) for user_id in review.user_ids]
    consensus = review.consensus_strategy_info
    if consensus is not None and consensus.approval_threshold:
        consensus = ConsensusStrategyInfo(
            approval_threshold_labelers=consensus.approval_threshold_labelers or consensus.approval_threshold,
            approval_threshold_reviewers=consensus.approval_threshold_reviewers,
        )
    return msgspec.structs.replace(review, users=users, user_ids=[], consensus_strategy_info=consensus)
