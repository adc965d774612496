-- Each post counts in its author's row. With room beside it the new one stays on its page, and no index has to be told.
ALTER TABLE accounts SET (fillfactor = 80);
