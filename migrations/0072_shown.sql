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

-- Who may put a member into a list without following them: whom they follow, or everyone. Nobody, where there is no row.
CREATE TABLE reading_list_wishes (
  account_id BIGINT PRIMARY KEY REFERENCES members (account_id),
  word       TEXT NOT NULL              -- followed, everyone
);

-- Members who took themselves out of the lists of one who does not follow them; they are not put in again.
CREATE TABLE reading_list_refusals (
  target_id  BIGINT NOT NULL REFERENCES members (account_id),   -- who took themselves out
  account_id BIGINT NOT NULL REFERENCES members (account_id),   -- of whose lists
  PRIMARY KEY (target_id, account_id)
);
CREATE INDEX reading_list_refusals_by_account ON reading_list_refusals (account_id);
CREATE INDEX reading_list_entries_of ON reading_list_entries (target_id, account_id);
