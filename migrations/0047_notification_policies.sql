-- What a member wants done with what strangers cause them to be told: accept, filter (set aside), drop.
CREATE TABLE notification_policies (
  account_id       BIGINT PRIMARY KEY REFERENCES members (account_id),
  not_following    TEXT NOT NULL,         -- by whom they do not follow
  not_followers    TEXT NOT NULL,         -- by who does not follow them, or only since a few days
  new_accounts     TEXT NOT NULL,         -- by whose account is young
  private_mentions TEXT NOT NULL          -- of messages by whom they do not follow
);
ALTER TABLE notifications ADD COLUMN set_aside BOOLEAN NOT NULL DEFAULT FALSE;   -- waits among requests
CREATE INDEX notifications_set_aside ON notifications (account_id, from_account_id, id) WHERE set_aside;
