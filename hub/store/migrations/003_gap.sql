-- +goose Up
-- What people keep beside the estate: assessment rounds and their results, evidence, actions, incidents,
-- who shares what, and the cooperation's choices on top of the catalogue. Bodies are gzipped JSON.
CREATE TABLE records (
    kind         TEXT  NOT NULL,
    municipality TEXT  NOT NULL, -- empty: the cooperation's own
    id           TEXT  NOT NULL,
    at           TEXT  NOT NULL,
    body         BYTEA NOT NULL,
    PRIMARY KEY (kind, municipality, id)
);

-- Every version that an answer has had. Rows are only ever added.
CREATE TABLE answer_versions (
    municipality TEXT   NOT NULL,
    control      TEXT   NOT NULL,
    number       BIGINT NOT NULL,
    at           TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    body         BYTEA  NOT NULL,
    PRIMARY KEY (municipality, control, number)
);

-- Files given as evidence, sealed by the hub with a key that is not in this database.
CREATE TABLE evidence_files (
    municipality TEXT  NOT NULL,
    hash         TEXT  NOT NULL, -- SHA-256 of the file as it was given
    sealed       BYTEA NOT NULL,
    PRIMARY KEY (municipality, hash)
);
