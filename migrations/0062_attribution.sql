-- Domains whose pages may name somebody as who wrote them, parted by spaces.
ALTER TABLE accounts ADD COLUMN attribution_domains TEXT NOT NULL DEFAULT '';
