-- How people come in: invitations, and those who wait to become members.

CREATE TABLE invitations (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  code         TEXT NOT NULL,           -- as it stands in the link, which its maker may read again
  made_by      BIGINT NOT NULL REFERENCES members (account_id),
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT,                  -- NULL: never
  most_uses    BIGINT,                  -- NULL: any number
  uses         BIGINT NOT NULL,
  ended_at     BIGINT                   -- taken back
);
CREATE UNIQUE INDEX invitations_by_code ON invitations (code);
CREATE INDEX invitations_by_maker ON invitations (made_by, id);
CREATE INDEX invitations_by_community ON invitations (community_id, id);

ALTER TABLE members ADD COLUMN invitation_id BIGINT;  -- by which they came
CREATE INDEX members_by_invitation ON members (invitation_id) WHERE invitation_id IS NOT NULL;
ALTER TABLE communities ADD COLUMN invites TEXT NOT NULL DEFAULT 'moderators';  -- who may invite: moderators, members

-- Nobody sees an account of theirs before they are in: there is none.
CREATE TABLE applicants (
  id                 BIGINT PRIMARY KEY,       -- their account's, once they are in
  community_id       BIGINT NOT NULL REFERENCES communities (id),
  username           TEXT NOT NULL,
  email              TEXT NOT NULL,
  email_key          TEXT NOT NULL,
  password_hash      TEXT NOT NULL,            -- empty once it is decided
  reason             TEXT NOT NULL,
  needs_yes          BOOLEAN NOT NULL,
  invitation_id      BIGINT,
  app_id             BIGINT,                   -- the app that signed them up
  standing_hash      BYTEA NOT NULL,           -- of what opens the page that tells how it stands
  state              TEXT NOT NULL,            -- waits, in, turned_down
  word               TEXT NOT NULL,            -- what moderators said to a no
  created_at         BIGINT NOT NULL,
  email_confirmed_at BIGINT,
  decided_at         BIGINT,
  decided_by         BIGINT
);
CREATE UNIQUE INDEX applicants_by_name ON applicants (community_id, username) WHERE state = 'waits';
CREATE UNIQUE INDEX applicants_by_email ON applicants (community_id, email_key) WHERE state = 'waits';
CREATE UNIQUE INDEX applicants_by_standing ON applicants (standing_hash);
CREATE INDEX applicants_by_state ON applicants (community_id, state, id);
CREATE INDEX applicants_by_age ON applicants (created_at);

ALTER TABLE access_tokens ADD COLUMN applicant_id BIGINT;  -- of somebody who waits, by the app that signed them up
CREATE INDEX access_tokens_by_applicant ON access_tokens (applicant_id) WHERE applicant_id IS NOT NULL;
