-- What moderators keep out of what is talked about in their community. What nobody decided about is shown.
CREATE TABLE rejected_trends (
  community_id BIGINT NOT NULL REFERENCES communities (id),
  kind         TEXT NOT NULL,           -- tag, status, link
  name         TEXT NOT NULL,           -- a folded topic, the number of a post, an address
  rejected_at  BIGINT NOT NULL,
  PRIMARY KEY (community_id, kind, name)
);

-- The record: what was decided, by whom. Nothing is overwritten.
CREATE TABLE trend_decisions (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  account_id   BIGINT NOT NULL REFERENCES accounts (id),     -- who decided
  kind         TEXT NOT NULL,
  name         TEXT NOT NULL,
  decision     TEXT NOT NULL,           -- reject, approve
  created_at   BIGINT NOT NULL
);
CREATE INDEX trend_decisions_of_community ON trend_decisions (community_id, id);

-- The record of acts about accounts is read whole, too.
CREATE INDEX moderation_actions_of_community ON moderation_actions (community_id, id);
