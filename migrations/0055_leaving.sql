-- Members who leave: when what is theirs is deleted. NULL: they stay.
ALTER TABLE members ADD COLUMN leaves_at BIGINT;
CREATE INDEX members_leaving ON members (leaves_at) WHERE leaves_at IS NOT NULL;

-- Where something of theirs is, while it is deleted here: their end is told there.
CREATE TABLE leaving_inboxes (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  inbox      TEXT NOT NULL,
  PRIMARY KEY (account_id, inbox)
);

-- All files of one member.
CREATE INDEX media_by_account ON media (account_id, id);
