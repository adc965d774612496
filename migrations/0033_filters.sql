-- What a member wants to see folded, or not at all.
CREATE TABLE filters (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  title      TEXT NOT NULL,
  contexts   TEXT NOT NULL,             -- separated by spaces: home, notifications, public, thread, account
  action     TEXT NOT NULL,             -- warn, hide, blur
  expires_at BIGINT
);
CREATE INDEX filters_by_account ON filters (account_id, id);

CREATE TABLE filter_keywords (
  id         BIGINT PRIMARY KEY,
  filter_id  BIGINT NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
  keyword    TEXT NOT NULL,
  whole_word BOOLEAN NOT NULL
);
CREATE INDEX filter_keywords_by_filter ON filter_keywords (filter_id, id);

CREATE TABLE filter_statuses (
  id         BIGINT PRIMARY KEY,
  filter_id  BIGINT NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  UNIQUE (filter_id, status_id)
);
CREATE INDEX filter_statuses_by_status ON filter_statuses (status_id);
