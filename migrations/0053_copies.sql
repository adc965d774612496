-- The domains that the address of a picture led on to, parted by spaces: whoever refuses one of them is not shown the copy.
ALTER TABLE media_copies ADD COLUMN led_to TEXT NOT NULL DEFAULT '';
