-- Who looks after a community is told who waits to join it, and a member what moderators decided about them.
ALTER TABLE notifications ADD COLUMN applicant_id BIGINT;   -- a row of applicants, while there is one
ALTER TABLE notifications ADD COLUMN action_id BIGINT;      -- a row of moderation_actions
DROP INDEX notifications_once_each;
CREATE UNIQUE INDEX notifications_once_each ON notifications (account_id, kind, from_account_id)
  WHERE status_id IS NULL AND rule_id IS NULL AND report_id IS NULL AND collection_id IS NULL
    AND applicant_id IS NULL AND action_id IS NULL;
CREATE UNIQUE INDEX notifications_once_of_applicant ON notifications (account_id, applicant_id) WHERE applicant_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_once_of_action ON notifications (account_id, action_id) WHERE action_id IS NOT NULL;

-- The token of an app that is woken, sealed: messages to its device say whose they are by it.
ALTER TABLE push_subscriptions ADD COLUMN token_sealed BYTEA;
