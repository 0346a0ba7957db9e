-- Who may do what: people and machines, how they prove who they are, and what a second person has
-- to agree to. Secrets are never kept, only what recognises them.

-- A person. The name is who acts in the journal: it is never changed and never given to another.
create table account (
    id text not null primary key,
    name text not null unique,
    display text not null,
    language text not null check (language in ('ko', 'en')),
    state text not null check (state in ('invited', 'active', 'closed')),
    -- Argon2id, in the PHC form; null until the invitation was taken up.
    password text,
    -- The secret of the second factor is derived from this and the site's key, so that a copy of
    -- the store does not hold it.
    totp_nonce text,
    totp_confirmed_at bigint,
    -- A code is good once: codes of this step or before are refused.
    totp_step bigint not null default 0,
    made_by text not null,
    made_at bigint not null,
    last_seen bigint
);

-- A role of a person at one office, or at every office.
create table account_grant (
    account_id text not null,
    role text not null,
    -- `*` is every office.
    office text not null,
    primary key (account_id, role, office)
);

-- A link that is good once and not for long. Without an account it makes the first administrator.
create table invitation (
    token_sha256 text not null primary key,
    account_id text,
    made_by text not null,
    made_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);

-- A browser that has signed in.
create table session (
    token_sha256 text not null primary key,
    id text not null unique,
    account_id text not null,
    began_at bigint not null,
    used_at bigint not null,
    expires_at bigint not null,
    address text not null,
    agent text not null
);
create index session_by_account on session (account_id);

-- A machine that sends or fetches: what it may do, at which office.
create table api_token (
    id text not null primary key,
    token_sha256 text not null unique,
    name text not null unique,
    -- Words with blanks between them.
    actions text not null,
    office text not null,
    made_by text not null,
    made_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    used_at bigint
);

-- Failed attempts to sign in, by account and by address, and until when no more are taken.
create table sign_in_failure (
    key text not null primary key,
    failures bigint not null,
    last_at bigint not null,
    locked_until bigint not null
);

-- A customs office as people call it, and the clock it works by.
create table office (
    code text not null primary key,
    name_ko text not null,
    name_en text not null,
    utc_offset_minutes bigint not null,
    set_by text not null,
    set_at bigint not null
);

-- A shift of an office. What was drawn for it is shown to those who inspect so many minutes before
-- it begins.
create table office_shift (
    office text not null,
    name text not null,
    starts_minute bigint not null check (starts_minute >= 0 and starts_minute < 1440),
    minutes_long bigint not null check (minutes_long > 0),
    release_before_minutes bigint not null check (release_before_minutes >= 0),
    primary key (office, name)
);

-- What an office or shift can do, proposed by one person and approved by another. The approved one
-- is what plans are drawn with when nobody names minutes.
create table capacity (
    id text not null primary key,
    office text not null,
    -- Empty for every shift.
    shift text not null,
    -- Empty for both regimes.
    regime text not null,
    document text not null,
    state text not null check (state in ('proposed', 'approved', 'rejected', 'replaced')),
    made_by text not null,
    made_at bigint not null,
    reason text not null,
    decided_by text,
    decided_at bigint,
    decided_why text
);
create index capacity_by_office on capacity (office, shift, regime);

-- A plan or queue that somebody wants to take out as a file, which takes a second person.
create table export_request (
    id text not null primary key,
    what text not null check (what in ('plan', 'queue')),
    plan_id bigint not null,
    office text not null,
    format text not null check (format in ('csv', 'parquet')),
    state text not null check (state in ('asked', 'approved', 'rejected')),
    made_by text not null,
    made_at bigint not null,
    reason text not null,
    decided_by text,
    decided_at bigint,
    decided_why text,
    rows_out bigint
);

-- From when on those who inspect may see the plan; null for at once.
alter table plan add column released_at bigint;
