-- Topics whose public posts come into a member's home. Names are folded, as in hashtag_entries.
CREATE TABLE followed_tags (
  id         BIGINT PRIMARY KEY,        -- sorts by when it was followed
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  name       TEXT NOT NULL,
  UNIQUE (account_id, name)
);
CREATE INDEX followed_tags_newest ON followed_tags (account_id, id);
CREATE INDEX followed_tags_by_name ON followed_tags (name, account_id);

-- Topics that a member puts on their profile.
CREATE TABLE featured_tags (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  name       TEXT NOT NULL,
  UNIQUE (account_id, name)
);
