-- Watchlists: lists that somebody keeps, their listings, what met them, and what officers said.
-- No column holds a trait of a person: no nation, birth, sex or faith.

create table watchlist (
    id bigint not null primary key,
    name text not null,
    -- The office that it is for; `*` for all.
    office text not null,
    source text not null,
    source_grade text not null,
    information_grade text not null,
    legal_basis text not null,
    -- The day from which on it counts no more; null for never.
    expires_day bigint,
    format text not null,
    file text not null,
    sha256 text not null,
    imported_by text not null,
    imported_at bigint not null,
    expired_by text,
    expired_at bigint,
    expired_because text
);
create unique index watchlist_by_name on watchlist (name, office);

-- An import as it came, by the id that its sender made: what comes again is answered from here.
create table watchlist_import (
    id text not null primary key,
    digest text not null,
    result text not null,
    made_by text not null,
    made_at bigint not null
);

-- Changes with every change of what is listed, so that what is kept in memory is known to be old.
create table watchlist_revision (
    number bigint not null primary key check (number = 1),
    id text not null
);

create table listing (
    id bigint not null primary key,
    watchlist_id bigint not null references watchlist (id),
    -- The list's own number of the entry.
    reference text not null,
    kind text not null,
    name text not null,
    -- Names, identifiers, programmes and remarks, as JSON.
    document text not null,
    digest bigint not null,
    -- What it is searched by.
    words text not null,
    listed_at bigint not null,
    expired_at bigint,
    expired_by text,
    expired_because text
);
create index listing_by_watchlist on listing (watchlist_id, reference);

-- Identifiers of listings in their normal form.
create table listing_key (
    kind text not null,
    normal text not null,
    listing_id bigint not null references listing (id),
    -- As the list writes it.
    text text not null,
    valid bigint not null check (valid in (0, 1)),
    primary key (kind, normal, listing_id)
);
create index listing_key_by_listing on listing_key (listing_id);

-- Something in a consignment met a listing. It is kept beside the assessment and never a result.
create table listing_hit (
    id bigint not null primary key,
    consignment_id bigint not null,
    office text not null,
    arrived_day bigint not null,
    listing_id bigint not null references listing (id),
    met text not null,
    -- Empty where no party is meant.
    role text not null,
    -- Opaque: the same party, named the same, has the same.
    party_key bigint not null,
    found text not null,
    probability double precision not null,
    -- Words that agree and differ, as JSON.
    words text not null,
    found_at bigint not null,
    -- The decision on the pair of party and listing that counts for this hit.
    decision_id bigint
);
create unique index listing_hit_by_consignment
    on listing_hit (consignment_id, listing_id, met, role, party_key);
create index listing_hit_by_pair on listing_hit (party_key, listing_id);
create index listing_hit_by_listing on listing_hit (listing_id);

-- What an officer said of a pair of party and listing, until it expires or is said anew.
create table hit_decision (
    id bigint not null primary key,
    order_id text not null,
    hit_id bigint not null references listing_hit (id),
    party_key bigint not null,
    listing_id bigint not null references listing (id),
    verdict text not null check (verdict in ('same', 'not_same', 'unsure')),
    reason text not null,
    expires_day bigint not null,
    made_by text not null,
    made_at bigint not null
);
create unique index hit_decision_by_order on hit_decision (order_id);
create index hit_decision_by_pair on hit_decision (party_key, listing_id);
