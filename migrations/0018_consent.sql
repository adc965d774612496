-- Who may answer, favourite and boost, both ways, and the yes to a single answer.

-- `members.replies` has five words now: everyone, followers, mentioned, asking, nobody.
ALTER TABLE statuses ADD COLUMN wishes TEXT NOT NULL DEFAULT '';   -- JSON: what a server elsewhere says of who may do what
ALTER TABLE statuses ADD COLUMN reply_stamp TEXT;                  -- the yes to an answer; as claimed, until it stands

-- Yeses that members gave to answers from elsewhere. A row that is gone was taken back.
CREATE TABLE stamps (
  id         BIGINT PRIMARY KEY,           -- in its address
  account_id BIGINT NOT NULL REFERENCES accounts (id),                      -- who gave it
  target_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,    -- what is answered
  object_iri TEXT NOT NULL,                -- the answer
  request    TEXT,                         -- what asked for it, where something did
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX stamps_once ON stamps (target_id, object_iri);
