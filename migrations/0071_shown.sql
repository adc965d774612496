-- Pages in a member's profile that link back to it: JSON of address, since when, and when that was seen last.
ALTER TABLE accounts ADD COLUMN verified_links TEXT NOT NULL DEFAULT '[]';
-- When they are looked at next.
ALTER TABLE accounts ADD COLUMN links_again_at BIGINT NOT NULL DEFAULT 0;

-- What a community looks like, and which languages are spoken there: their tags, parted by spaces.
ALTER TABLE communities ADD COLUMN icon TEXT NOT NULL DEFAULT '';               -- where the file is
ALTER TABLE communities ADD COLUMN icon_side BIGINT NOT NULL DEFAULT 0;         -- in pixels
ALTER TABLE communities ADD COLUMN banner TEXT NOT NULL DEFAULT '';
ALTER TABLE communities ADD COLUMN banner_description TEXT NOT NULL DEFAULT '';
ALTER TABLE communities ADD COLUMN languages TEXT NOT NULL DEFAULT '';
