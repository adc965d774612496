-- Lists of people whose posts a member reads together.
CREATE TABLE reading_lists (
  id             BIGINT PRIMARY KEY,
  account_id     BIGINT NOT NULL REFERENCES members (account_id),
  title          TEXT NOT NULL,
  replies_policy TEXT NOT NULL,         -- followed, list, none
  exclusive      BOOLEAN NOT NULL       -- who is in it is not in home
);
CREATE INDEX reading_lists_by_account ON reading_lists (account_id, id);

CREATE TABLE reading_list_entries (
  id         BIGINT PRIMARY KEY,        -- sorts by when they were put in
  list_id    BIGINT NOT NULL REFERENCES reading_lists (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES members (account_id),   -- whose list
  target_id  BIGINT NOT NULL REFERENCES accounts (id),
  UNIQUE (list_id, target_id)
);
CREATE INDEX reading_list_entries_newest ON reading_list_entries (list_id, id);
CREATE INDEX reading_list_entries_by_target ON reading_list_entries (account_id, target_id);
