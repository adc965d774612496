-- Polls: what can be chosen, and who here or elsewhere chose what.
CREATE TABLE polls (
  status_id   BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
  multiple    BOOLEAN NOT NULL,
  hide_totals BOOLEAN NOT NULL,           -- until it is over
  ends_at     BIGINT,                     -- none: it runs for ever, or until its server says that it is over
  closed      BOOLEAN NOT NULL,           -- its server said that it is over
  voters      BIGINT,                     -- people; none where its server does not say
  told_at     BIGINT NOT NULL             -- when others were last promised the new numbers; ours only
);

CREATE TABLE poll_options (
  status_id BIGINT NOT NULL REFERENCES polls (status_id) ON DELETE CASCADE,
  position  BIGINT NOT NULL,              -- from 0
  title     TEXT NOT NULL,
  votes     BIGINT NOT NULL,
  PRIMARY KEY (status_id, position)
);

-- One row a person: nobody votes twice.
CREATE TABLE poll_voters (
  status_id  BIGINT NOT NULL REFERENCES polls (status_id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (status_id, account_id)
);

CREATE TABLE poll_votes (
  status_id  BIGINT NOT NULL REFERENCES polls (status_id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  position   BIGINT NOT NULL,
  PRIMARY KEY (status_id, account_id, position)
);
