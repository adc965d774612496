-- Quotes: what a status quotes and whether its author said yes; who may quote what members write.

ALTER TABLE members ADD COLUMN quotes TEXT NOT NULL DEFAULT 'asking';   -- everyone, followers, asking, nobody
-- `statuses.wishes` says of what is written here who may quote it, too. Of older posts it says nothing: nobody may.

CREATE TABLE quotes (
  status_id         BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,  -- what quotes
  quoted_iri        TEXT NOT NULL,
  quoted_id         BIGINT REFERENCES statuses (id) ON DELETE SET NULL,             -- once it is here
  quoted_account_id BIGINT REFERENCES accounts (id),                                -- whose it is, likewise
  state             TEXT NOT NULL,         -- claimed, waits, declined, stands, removed
  stamp             TEXT,                  -- the yes: seen to be good where it stands, elsewhere as claimed
  request           TEXT                   -- what asked a member here
);
CREATE INDEX quotes_by_quoted ON quotes (quoted_id) WHERE quoted_id IS NOT NULL;
CREATE INDEX quotes_by_stamp ON quotes (stamp) WHERE stamp IS NOT NULL;

-- What a member said no to, so that it stays said when the other server says first that it does not quote them, then that
-- it does.
CREATE TABLE quotes_refused (
  quoted_id   BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,           -- a member's
  quoting_iri TEXT NOT NULL,
  state       TEXT NOT NULL,               -- declined, removed
  PRIMARY KEY (quoted_id, quoting_iri)
);

-- What asked whether an answer may stand; the yes and the no name it.
ALTER TABLE statuses ADD COLUMN reply_request TEXT;

-- The end of a stamp is told by its address.
CREATE INDEX statuses_by_reply_stamp ON statuses (reply_stamp) WHERE reply_stamp IS NOT NULL;

-- A stamp is for an answer or for a quote; one post may be both.
ALTER TABLE stamps ADD COLUMN permits TEXT NOT NULL DEFAULT 'reply';
DROP INDEX stamps_once;
CREATE UNIQUE INDEX stamps_once ON stamps (target_id, object_iri, permits);
