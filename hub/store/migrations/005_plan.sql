-- +goose Up
-- Scenarios of the plan. A version that was approved never changes; the others change only from the
-- revision that whoever changes them has read. Bodies are gzipped JSON.
CREATE TABLE scenarios (
    id       TEXT   NOT NULL,
    version  BIGINT NOT NULL, -- from 1
    revision BIGINT NOT NULL, -- from 1
    at       TEXT   NOT NULL,
    body     BYTEA  NOT NULL,
    PRIMARY KEY (id, version)
);
