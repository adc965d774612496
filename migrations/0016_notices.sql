-- A member is told when a rule of their community or of the installation, or the emergency gate, suspends follows of
-- theirs, and when they work again: once for each rule.

ALTER TABLE notifications ADD COLUMN rule_id BIGINT;     -- a row of rules or of gate_closings
ALTER TABLE notifications ADD COLUMN following BIGINT;   -- people they follow whom it concerns
ALTER TABLE notifications ADD COLUMN followers BIGINT;   -- people who follow them whom it concerns
DROP INDEX notifications_once_each;
CREATE UNIQUE INDEX notifications_once_each ON notifications (account_id, kind, from_account_id) WHERE status_id IS NULL AND rule_id IS NULL;
CREATE UNIQUE INDEX notifications_once_of_rule ON notifications (account_id, kind, rule_id) WHERE rule_id IS NOT NULL;

-- Who may read a community's rules by name besides its members: everyone, peers (servers that an open rule of it names),
-- members.
ALTER TABLE communities ADD COLUMN rules_shown_to TEXT NOT NULL DEFAULT 'everyone';

-- What a rule replaced.
CREATE INDEX rules_ended ON rules (community_id, pattern_kind, pattern, ended_at) WHERE ended_at IS NOT NULL;
