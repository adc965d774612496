-- What pages say of themselves, for posts that link to them. Posts with the same link share a card.
CREATE TABLE cards (
  url        TEXT PRIMARY KEY,          -- as links::address writes it
  page       TEXT NOT NULL,             -- JSON; empty: there is no card
  hosts      TEXT NOT NULL,             -- where it is, and the domains it led through, parted by spaces
  author_id  BIGINT,                    -- who wrote it, by its word; whether by theirs too is asked each time
  again_at   BIGINT NOT NULL,           -- it is not asked for again before
  failures   BIGINT NOT NULL,           -- tries in a row that could not reach it
  forget_at  BIGINT NOT NULL            -- when it is looked whether a post has it still
);
CREATE INDEX cards_by_end ON cards (forget_at);

-- Under which posts a card is shown: the first page that each links to.
CREATE TABLE status_cards (
  status_id BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
  url       TEXT NOT NULL
);
CREATE INDEX status_cards_by_url ON status_cards (url);
