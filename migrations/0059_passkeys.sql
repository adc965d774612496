-- Passkeys (W3C Web Authentication): a device of a member's holds the secret, and signs what we made up.

CREATE TABLE passkeys (
  id            BIGINT PRIMARY KEY,
  account_id    BIGINT NOT NULL REFERENCES members (account_id),
  credential_id BYTEA NOT NULL UNIQUE,  -- as the device calls it
  public_key    BYTEA NOT NULL,         -- a COSE key, as the device gave it
  counter       BIGINT NOT NULL,        -- of signatures, as far as the device counts them; else 0
  name          TEXT NOT NULL,          -- as the member calls it
  created_at    BIGINT NOT NULL,
  used_at       BIGINT,                 -- NULL: nobody signed in with it yet
  refused_at    BIGINT                  -- it counted backwards then, as a copy would: it opens nothing any more
);
CREATE INDEX passkeys_by_account ON passkeys (account_id);

-- What a device is to sign, once; one for each browser.
CREATE TABLE passkey_challenges (
  holder_hash BYTEA PRIMARY KEY,        -- of the cookie that the browser has
  challenge   BYTEA NOT NULL,
  account_id  BIGINT REFERENCES members (account_id),  -- whose passkey is to be made; NULL: somebody signs in
  expires_at  BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_by_account ON passkey_challenges (account_id);
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);
