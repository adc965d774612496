-- A list that rules name, or the mode of a community, was changed: members hear of it as of a rule when it suspends
-- follows of theirs, and when they work again.

CREATE TABLE boundary_changes (
  id           BIGINT PRIMARY KEY,          -- among the numbers that notifications.rule_id may be
  community_id BIGINT NOT NULL REFERENCES communities (id),
  account_id   BIGINT REFERENCES accounts (id),   -- whose own list it is
  list_id      BIGINT,                      -- entries added at `at`, or `removed`; none: the mode
  removed      TEXT,                        -- the entry that was taken off
  mode_from    TEXT,
  mode_to      TEXT,
  at           BIGINT NOT NULL
);
CREATE INDEX boundary_changes_by_age ON boundary_changes (at);
CREATE INDEX notifications_by_rule ON notifications (rule_id) WHERE rule_id IS NOT NULL;
