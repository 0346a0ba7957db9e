-- Who is one: every way in which a party was declared, and which of them are judged to be one
-- entity. Rows are only ever added: a record that moves to another entity gets a new revision.

create table party_record (
    id bigint not null primary key,
    digest bigint not null unique,
    document text not null,
    -- What it is searched by.
    words text not null,
    made_at bigint not null
);

-- Keys by which records are found, and how many records have each.
create table record_key (
    key bigint not null,
    record_id bigint not null,
    primary key (key, record_id)
)
-- sqlite: without rowid
;
create table record_key_count (
    key bigint not null primary key,
    records bigint not null
);

-- Which consignments declare a record, in which role.
create table party_seen (
    record_id bigint not null,
    consignment_id bigint not null,
    role text not null,
    arrived_day bigint not null,
    office text not null,
    primary key (record_id, consignment_id, role)
)
-- sqlite: without rowid
;
create index party_seen_by_consignment on party_seen (consignment_id);

-- The entity of each record; the latest revision counts.
create table entity_member (
    record_id bigint not null,
    revision bigint not null,
    latest bigint not null check (latest in (0, 1)),
    entity_id bigint not null,
    -- The record that it agreed with best when the machine put it there, and how well.
    with_record bigint,
    bits double precision,
    put_by text not null,
    put_at bigint not null,
    -- The act by which it moved; null where it arrived.
    act_id bigint,
    primary key (record_id, revision)
);
create index entity_member_by_entity on entity_member (entity_id, latest);

-- Entities that were split or became one, by a person or by the machine.
create table entity_act (
    id bigint not null primary key,
    -- The id that the sender made; null for the machine's own.
    order_id text unique,
    act text not null check (act in ('split', 'merged')),
    entity_id bigint not null,
    other_id bigint not null,
    records text not null,
    bits double precision,
    made_by text not null,
    made_at bigint not null,
    reason text not null
);
create index entity_act_by_entity on entity_act (entity_id);
create index entity_act_by_other on entity_act (other_id);

-- Codes under which several names or addresses were declared: whose code it is may be a victim.
create table code_use (
    key bigint not null primary key,
    code text not null,
    names bigint not null,
    addresses bigint not null,
    counted_at bigint not null
);

-- How far resolving has come, so that a new run goes on from there.
create table resolving (
    number bigint not null primary key check (number = 1),
    last_id bigint not null
);

-- What agreement weighs, as learned from the site's own records. The last one counts.
create table party_weight (
    number bigint not null primary key,
    document text not null,
    records bigint not null,
    learned_at bigint not null,
    learned_by text not null
);
