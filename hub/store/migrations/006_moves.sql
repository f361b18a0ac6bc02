-- +goose Up
-- Terraform states that engines keep here. A version is never changed; the highest number counts.
CREATE TABLE state_versions (
    unit    TEXT   NOT NULL,
    number  BIGINT NOT NULL, -- from 1
    at      TEXT   NOT NULL,
    lock_id TEXT   NOT NULL, -- under which it was written
    body    BYTEA  NOT NULL, -- gzipped
    PRIMARY KEY (unit, number)
);

-- Who works on a state now. The description is the engine's own JSON, gzipped.
CREATE TABLE state_locks (
    unit    TEXT  NOT NULL PRIMARY KEY,
    lock_id TEXT  NOT NULL,
    body    BYTEA NOT NULL
);
