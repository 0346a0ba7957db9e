-- The journal: who or what decided, when, and why, in one gapless order that cannot be changed
-- unseen. Every act writes here in its own transaction, so the journal comes before any noun.

-- One row: how long the journal is and the right edge of its Merkle tree. A writing transaction
-- takes this row's lock first, which puts all writers in one order.
create table journal_head (
    id bigint primary key check (id = 1),
    -- Names this store in every signed checkpoint, so that one store's cannot pass for another's.
    origin text not null,
    size bigint not null check (size >= 0),
    -- Peaks of the tree in hex, the largest first.
    frontier text not null
);

create table journal (
    -- 1, 2, 3 ... without a gap.
    seq bigint primary key check (seq > 0),
    -- Microseconds since 1970 UTC.
    at bigint not null,
    actor text not null,
    act text not null,
    subject text not null,
    -- JSON as text: these bytes are what is hashed.
    body text not null,
    -- RFC 6962 leaf hash over seq, at and the texts above, in hex.
    leaf_hash text not null
);

-- The auditor's first question is what was done to one parcel.
create index journal_by_subject on journal (subject);

-- The signed root after each transaction that wrote to the journal.
create table checkpoint (
    size bigint primary key check (size > 0),
    root text not null,
    at bigint not null,
    -- Null when the store was written without a key.
    key_id text,
    signature text
);

create table journal_key (
    key_id text primary key,
    -- Ed25519, hex. The key id is the beginning of its SHA-256, so neither changes alone.
    public_key text not null,
    since bigint not null
);
