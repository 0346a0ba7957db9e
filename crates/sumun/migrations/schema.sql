-- The whole schema on one page. Read it first. It is never run on a real store: those are made by
-- the numbered migrations, and a test holds that their sum is this page, on both engines.
-- Lines that begin with "-- sqlite: " or "-- postgres: " are live on that engine only.

-- What has been applied to this store. Kept by `sumun migrate` itself.
create table schema_migration (
    number bigint primary key,
    name text not null,
    sha256 text not null,
    applied_at bigint not null
);

-- How long the journal is and the edge of its tree; its lock puts writers in one order.
create table journal_head (
    id bigint primary key check (id = 1),
    origin text not null,
    size bigint not null check (size >= 0),
    frontier text not null
);

-- Who or what decided, when, and why: gapless, append-only, hashed.
create table journal (
    seq bigint primary key check (seq > 0),
    at bigint not null,
    actor text not null,
    act text not null,
    subject text not null,
    body text not null,
    leaf_hash text not null
);
create index journal_by_subject on journal (subject);

-- The signed root after each transaction that wrote to the journal.
create table checkpoint (
    size bigint primary key check (size > 0),
    root text not null,
    at bigint not null,
    key_id text,
    signature text
);

-- The public keys that checkpoints are signed with.
create table journal_key (
    key_id text primary key,
    public_key text not null,
    since bigint not null
);
