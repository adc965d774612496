-- Servers that an author asked to delete what they hold of a post that stays here and elsewhere.

CREATE TABLE asked_back (
  status_id   BIGINT NOT NULL,              -- refers to nothing: what is deleted goes with its line in the ledger
  domain      TEXT NOT NULL,
  ask_id      BIGINT NOT NULL,              -- the row of asks, or a number of its own where one post was asked back
  outgoing_id BIGINT NOT NULL,              -- the Delete
  asked_at    BIGINT NOT NULL,
  arrived_at  BIGINT,                       -- when the server took it
  PRIMARY KEY (status_id, domain)
);
CREATE INDEX asked_back_by_outgoing ON asked_back (outgoing_id, domain);

-- The last time that whoever set a rule asked those whom it refuses.
CREATE TABLE asks (
  rule_id  BIGINT PRIMARY KEY,
  ask_id   BIGINT NOT NULL,
  asked_at BIGINT NOT NULL
);
