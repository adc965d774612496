-- With which app a post was written, as the app called itself then: apps are forgotten, posts stay.
CREATE TABLE status_apps (
  status_id BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
  name      TEXT NOT NULL,
  website   TEXT
);
-- Whether others are told. Oneself always is.
ALTER TABLE members ADD COLUMN shows_app BOOLEAN NOT NULL DEFAULT FALSE;
