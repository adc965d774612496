-- A post that names or answers a member, by somebody about whom the member is asked first: it waits for their yes.
CREATE TABLE contacts (
  account_id BIGINT NOT NULL REFERENCES members (account_id),   -- who is asked
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  sender_id  BIGINT NOT NULL REFERENCES accounts (id),
  is_named   BOOLEAN NOT NULL,                                  -- it names whom it waits for; otherwise it only answers them
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, status_id)
);
CREATE INDEX contacts_newest ON contacts (account_id, created_at);
CREATE INDEX contacts_by_sender ON contacts (account_id, sender_id);
CREATE INDEX contacts_by_status ON contacts (status_id);
CREATE INDEX contacts_by_age ON contacts (created_at);
