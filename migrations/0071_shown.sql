-- Pages in a member's profile that link back to it: JSON of address, since when, and when that was seen last.
ALTER TABLE accounts ADD COLUMN verified_links TEXT NOT NULL DEFAULT '[]';
-- When they are looked at next.
ALTER TABLE accounts ADD COLUMN links_again_at BIGINT NOT NULL DEFAULT 0;
