-- The desk: what officers decide on single consignments, the queue that they work through, and
-- the views that they keep.

-- A person's decision on one consignment. The plan's chances are never touched by it; the decision
-- in force of a declaration is the last one that was not taken back.
create table decision (
    id bigint not null primary key,
    -- The order that it came with; one order may decide on many.
    order_id text not null,
    consignment_id bigint not null,
    first_id bigint not null,
    act text not null check (act in ('hold', 'ask', 'inspect', 'waive', 'release', 'undo')),
    reason_code text not null,
    reason text not null,
    question text,
    -- Of an inspection that was ordered: with what, how long, and its chance to find what is there.
    modality text,
    minutes bigint,
    detection double precision,
    plan_id bigint,
    fate_before text not null,
    made_by text not null,
    made_at bigint not null,
    -- The decision that an undo takes back.
    undoes bigint,
    undone_by bigint,
    in_force bigint not null check (in_force in (0, 1))
);
create index decision_by_consignment on decision (consignment_id);
create index decision_by_order on decision (order_id);
create unique index decision_in_force on decision (first_id) where in_force = 1;

-- An order of decisions as it came, by the id that its sender made: what comes again is answered
-- from here and changes nothing.
create table decision_order (
    id text not null primary key,
    digest text not null,
    refused text not null,
    made_by text not null,
    made_at bigint not null
);

-- The queue: a narrow row a consignment that was screened or planned, in the order in which it is
-- read. It says nothing that other tables do not say; it says it fast.
create table queue_row (
    office text not null,
    -- Day of the shift that it is planned for, else of its arrival.
    day bigint not null,
    -- 0 while no plan lists it.
    plan_id bigint not null,
    position bigint not null,
    consignment_id bigint not null,
    arrived_day bigint not null,
    arrived_at bigint not null,
    regime text not null,
    -- Empty while no model has screened it.
    lane text not null,
    score double precision not null,
    chance double precision not null,
    channel text not null,
    drawn bigint not null check (drawn in (0, 1)),
    modality text not null,
    minutes bigint not null,
    origin text not null,
    hs text not null,
    value double precision not null,
    state text not null,
    -- What it is searched by: goods and numbers; names.
    words text not null,
    names text not null,
    primary key (office, day, plan_id, position, consignment_id)
)
-- sqlite: without rowid
;
create unique index queue_row_by_consignment on queue_row (consignment_id);

-- The numbers by which people ask for a consignment, as hashes.
create table asked_number (
    key bigint not null,
    consignment_id bigint not null,
    primary key (key, consignment_id)
)
-- sqlite: without rowid
;

-- What was found, by the opaque keys that a find shares with others: its parties, address, phone,
-- goods and lane. It says no more than outcomes and consignments do, and says it at once.
create table find_key (
    key bigint not null,
    known_day bigint not null,
    consignment_id bigint not null,
    primary key (key, known_day, consignment_id)
)
-- sqlite: without rowid
;
create index find_key_by_consignment on find_key (consignment_id);

-- The filters of a screen that a person keeps under a name.
create table kept_view (
    owner text not null,
    name text not null,
    screen text not null,
    filters text not null,
    set_at bigint not null,
    primary key (owner, name)
);
