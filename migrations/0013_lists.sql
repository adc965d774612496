-- Lists are kept by their owners: names that are theirs once, and of every entry where it comes from.

CREATE UNIQUE INDEX policy_lists_of_member ON policy_lists (community_id, account_id, name) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX policy_lists_of_community ON policy_lists (community_id, name) WHERE account_id IS NULL;

ALTER TABLE policy_list_entries ADD COLUMN added_by BIGINT REFERENCES accounts (id);   -- none: on the command line
ALTER TABLE policy_list_entries ADD COLUMN source TEXT;                                -- the name of a file; none: by hand
ALTER TABLE policy_list_entries ADD COLUMN comment TEXT;
ALTER TABLE policy_list_entries ADD COLUMN retracted_at BIGINT;                        -- since when its source lacks it
