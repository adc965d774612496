-- How the browser called itself in which a member said yes to an app: by that they know one sign-in from another. Empty where it
-- said nothing, and where it was before this was kept.
ALTER TABLE oauth_codes ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE access_tokens ADD COLUMN browser TEXT NOT NULL DEFAULT '';
