"""A task's review, as the few numbers that decide where work goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasknb.messages.enums import ReviewStrategy

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from tasknb.messages.task import Task

# Multiples of the golden ratio fall evenly between 0 and 1: a sample of consecutive inputs has nearly its exact share.
_STEPS = 1_000_003
_GOLDEN = 618_036


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """Where submitted work goes.

    Attributes
    ----------
    labelers : int
        How many labelers must agree for a label to be approved by itself; 0 when labelers decide nothing.
    share : float
        The share of the inputs that reviewers look at, 0 to 1.
    all_reviewers : bool
        Whether every reviewer must approve, and not one for each input.
    """

    labelers: int
    share: float
    all_reviewers: bool

    @classmethod
    def of(cls, task: Task) -> ReviewRule:
        """The rule of a task in its present form."""
        review = task.review
        if review is not None and review.strategy is ReviewStrategy.MANUAL:
            manual = review.manual_strategy_info
            # Unset fields travel as 0: a share of 0 is one that nobody set.
            share = (manual.sample_percentage if manual else 0) or 1.0
            return cls(labelers=0, share=share, all_reviewers=bool(manual and manual.approval_threshold == -1))
        if review is not None and review.strategy is ReviewStrategy.CONSENSUS:
            info = review.consensus_strategy_info
            assert info is not None
            return cls(
                labelers=info.approval_threshold_labelers,
                share=1.0,
                all_reviewers=info.approval_threshold_reviewers == -1,
            )
        return cls(labelers=0, share=0.0, all_reviewers=False)

    def samples(self, seed: int, input_pk: int) -> bool:
        """Whether reviewers look at this input: always the same answer."""
        return (input_pk * _GOLDEN + seed % _STEPS) % _STEPS < self.share * _STEPS

    def samples_column(self, seed: int, input_pk: ColumnElement[int]) -> ColumnElement[bool]:
        """The same as a condition in a query."""
        return (input_pk % _STEPS * _GOLDEN + seed % _STEPS) % _STEPS < self.share * _STEPS
