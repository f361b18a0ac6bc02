-- +goose Up
-- The estate is kept as it is now, one row per asset, and what it was before as changes. The table of
-- snapshots stays for estates that were replaced as a whole by an import, and for those that earlier
-- versions stored.
CREATE TABLE estate (
    id       INTEGER NOT NULL PRIMARY KEY, -- always 1
    hash     TEXT    NOT NULL,
    taken_at TEXT    NOT NULL,
    demo     BOOLEAN NOT NULL,
    body     BYTEA   NOT NULL              -- the snapshot without its assets and parts
);

CREATE TABLE assets (
    part         BOOLEAN NOT NULL,         -- one of several assets that people joined, as it is by itself
    id           TEXT    NOT NULL,
    municipality TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    presence     TEXT    NOT NULL,
    body         BYTEA   NOT NULL,
    PRIMARY KEY (part, id)
);
CREATE INDEX assets_of ON assets (municipality, name);

-- Every state that the estate has had, so that a hash in a plan or report can be given its time.
CREATE TABLE merges (
    taken_at TEXT   NOT NULL,
    hash     TEXT   NOT NULL,
    assets   BIGINT NOT NULL,
    changes  BIGINT NOT NULL,
    PRIMARY KEY (taken_at, hash)
);
INSERT INTO merges (taken_at, hash, assets, changes) SELECT taken_at, hash, 0, 0 FROM snapshots;

-- Changes anew: of a table, each row and column that changed stands by itself (part).
CREATE TABLE history (
    noun         TEXT NOT NULL,
    id           TEXT NOT NULL,
    at           TEXT NOT NULL,
    field        TEXT NOT NULL,
    part         TEXT NOT NULL,
    municipality TEXT NOT NULL,
    name         TEXT NOT NULL,
    old_value    TEXT NOT NULL,
    new_value    TEXT NOT NULL,
    collector    TEXT NOT NULL,
    source       TEXT NOT NULL,
    PRIMARY KEY (noun, id, at, field, part)
);
CREATE INDEX history_at ON history (at);
INSERT INTO history (noun, id, at, field, part, municipality, name, old_value, new_value, collector, source)
    SELECT noun, id, at, field, '', municipality, name, old_value, new_value, collector, source FROM changes;
DROP TABLE changes;
