/** What a person can find out at Stripe about an operation: its effect exists there, or it certainly does not. */
export const REVIEW_FINDINGS = ['done', 'not-done'] as const;
export type ReviewFinding = (typeof REVIEW_FINDINGS)[number];

export const REVIEW_STATES = ['open', 'closed'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** An operation whose outcome a person has to find out, or has found out. */
export interface OperationReview {
  operationId: string;
  kind: string;
  /** Who started it; a user by a pseudonym. */
  caller: string;
  createdAt: Date;
  /** Null while the review is open. */
  finding: ReviewFinding | null;
  closedAt: Date | null;
}

/** What a person reports to close a review. */
export interface ReviewClosure {
  finding: ReviewFinding;
  /** How it was found out, for the audit log. */
  note: string;
}
