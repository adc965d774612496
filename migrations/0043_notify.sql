-- A member wants to be told of each post of somebody they follow.
ALTER TABLE follows ADD COLUMN notify BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX follows_notify ON follows (target_id, account_id) WHERE notify;
