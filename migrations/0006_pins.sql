-- What people put on top of their profile, of what they wrote themselves.

CREATE TABLE pins (
  account_id BIGINT NOT NULL REFERENCES accounts (id),   -- the author
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, status_id)
);
CREATE INDEX pins_by_status ON pins (status_id);
