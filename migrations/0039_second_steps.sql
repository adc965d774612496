-- A second step of signing in: a code that a device makes from a secret it shares with us (RFC 6238).

CREATE TABLE second_steps (
  account_id   BIGINT PRIMARY KEY REFERENCES members (account_id),
  secret       BYTEA NOT NULL,
  confirmed_at BIGINT,                  -- NULL: no code was made with it yet, and none is asked for
  last_step    BIGINT NOT NULL          -- of the last code that was used: none is good twice
);

-- For whoever lost the device; each is good once. 80 random bits, of which we keep the hash.
CREATE TABLE recovery_codes (
  code_hash  BYTEA PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id)
);
CREATE INDEX recovery_codes_by_account ON recovery_codes (account_id);

-- Browsers that knew the password and have not taken the second step yet.
CREATE TABLE half_sign_ins (
  token_hash BYTEA PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  expires_at BIGINT NOT NULL
);
CREATE INDEX half_sign_ins_by_account ON half_sign_ins (account_id);
CREATE INDEX half_sign_ins_by_expiry ON half_sign_ins (expires_at);
