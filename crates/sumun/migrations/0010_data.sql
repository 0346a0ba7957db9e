-- What people do at the dock and with data: pictures and reports of inspections, the bytes of
-- messages, records with defects as they stood, and what was decided about them.

-- A picture, by its SHA-256. What nobody's outcome names is seen by its sender alone.
create table photo (
    sha256 text not null primary key,
    kind text not null check (kind in ('image/jpeg', 'image/png', 'image/webp')),
    size_bytes bigint not null,
    content bytea not null,
    kept_at bigint not null,
    kept_by text not null
);
create index photo_by_sender on photo (kept_by, kept_at);

-- Which consignments' outcomes name a picture.
create table outcome_photo (
    sha256 text not null,
    consignment_id bigint not null,
    primary key (sha256, consignment_id)
)
-- sqlite: without rowid
;

-- A report from the dock under the id that its device made, so that sending it twice does it once.
-- One in conflict was not recorded and is kept all the same.
create table report (
    id text not null primary key,
    consignment_id bigint not null,
    state text not null check (state in ('recorded', 'unchanged', 'conflict')),
    revision bigint,
    document text not null,
    digest text not null,
    reported_at bigint not null,
    reported_by text not null
);

-- The bytes of a message that came by the API or a drop folder, as received.
create table message_body (
    message_id bigint not null primary key,
    content bytea not null
);

-- A record with a defect, as its file said it: columns with their texts. Line 0 is the whole of a
-- message.
create table defect_record (
    message_id bigint not null,
    line bigint not null,
    source text not null,
    office text not null,
    mapping text not null,
    columns text not null,
    primary key (message_id, line)
)
-- sqlite: without rowid
;

-- What a person did about a defect, under an id that the person's side made.
create table mending (
    id text not null primary key,
    message_id bigint not null,
    line bigint not null,
    act text not null check (act in ('mended', 'rejected')),
    cells text not null,
    reason text not null,
    mended_message_id bigint,
    consignments text not null,
    mended_at bigint not null,
    mended_by text not null
);

alter table defect add column state text not null default 'open'
    check (state in ('open', 'mended', 'rejected'));
alter table defect add column decided_at bigint;
alter table defect add column decided_by text;
create index defect_open on defect (message_id, line) where state = 'open';
