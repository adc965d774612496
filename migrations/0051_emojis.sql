-- Small pictures that the people of a community put into what they write, by their codes.
CREATE TABLE custom_emojis (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  shortcode    TEXT NOT NULL,           -- without colons; its case counts
  category     TEXT NOT NULL,           -- empty for none
  file_key     TEXT NOT NULL UNIQUE,
  file_type    TEXT NOT NULL,
  still_type   TEXT NOT NULL,           -- of the picture that stands still; empty where it does anyway
  bytes        BIGINT NOT NULL,
  is_listed    BOOLEAN NOT NULL,        -- apps offer it
  is_on        BOOLEAN NOT NULL,        -- its code is shown as the picture
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  UNIQUE (community_id, shortcode)
);

-- Those of other servers, as they came: what they are called there, and where they are.
ALTER TABLE statuses ADD COLUMN emojis TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accounts ADD COLUMN emojis TEXT NOT NULL DEFAULT '[]';
