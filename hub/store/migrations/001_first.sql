-- +goose Up
-- One SQL text for SQLite and PostgreSQL: times are RFC 3339 text in UTC, which sorts as time does;
-- bodies are gzipped JSON.
CREATE TABLE snapshots (
    hash     TEXT    NOT NULL PRIMARY KEY,
    taken_at TEXT    NOT NULL,
    demo     BOOLEAN NOT NULL,
    body     BYTEA   NOT NULL
);
CREATE INDEX snapshots_taken_at ON snapshots (taken_at);

CREATE TABLE changes (
    at           TEXT NOT NULL,
    noun         TEXT NOT NULL,
    id           TEXT NOT NULL,
    municipality TEXT NOT NULL,
    name         TEXT NOT NULL,
    field        TEXT NOT NULL,
    old_value    TEXT NOT NULL,
    new_value    TEXT NOT NULL,
    collector    TEXT NOT NULL,
    source       TEXT NOT NULL,
    PRIMARY KEY (at, noun, id, field)
);
CREATE INDEX changes_of ON changes (noun, id, at);

CREATE TABLE answers (
    municipality TEXT  NOT NULL,
    control      TEXT  NOT NULL,
    body         BYTEA NOT NULL,
    PRIMARY KEY (municipality, control)
);

CREATE TABLE results (
    kind     TEXT  NOT NULL PRIMARY KEY,
    at       TEXT  NOT NULL,
    snapshot TEXT  NOT NULL,
    body     BYTEA NOT NULL
);

CREATE TABLE reports (
    id         TEXT    NOT NULL PRIMARY KEY,
    period     TEXT    NOT NULL,
    hash       TEXT    NOT NULL,
    snapshot   TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    demo       BOOLEAN NOT NULL,
    facts      BYTEA   NOT NULL,
    html       BYTEA   NOT NULL
);

CREATE TABLE access_tokens (
    digest     TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    organisation TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE TABLE audit (
    sequence BIGINT NOT NULL PRIMARY KEY,
    at       TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    action   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    detail   TEXT   NOT NULL,
    previous TEXT   NOT NULL,
    hash     TEXT   NOT NULL
);
