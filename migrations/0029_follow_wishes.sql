-- What a member wants of somebody they follow.
ALTER TABLE follows ADD COLUMN reblogs BOOLEAN NOT NULL DEFAULT TRUE;     -- their boosts come home
ALTER TABLE follows ADD COLUMN languages TEXT NOT NULL DEFAULT '';        -- ` de en `: only these come home; empty for all
