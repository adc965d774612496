-- Names by their letters as bytes: a database may order them by a language, and then what begins with some letters does not
-- stand together.
CREATE INDEX accounts_by_letters ON accounts (username_key COLLATE "C", domain COLLATE "C");
CREATE INDEX hashtag_entries_by_letters ON hashtag_entries (name COLLATE "C");
