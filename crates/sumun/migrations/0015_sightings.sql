-- Where boxes were seen: load lists, stowage plans, quays and gates. They declare nothing and are
-- no consignments; they are held against what is declared.

create table sighting (
    id bigint not null primary key,
    message_id bigint not null,
    line bigint not null,
    unit text not null,
    sight text not null check (
        sight in ('order', 'weighing', 'list', 'stowage', 'quay', 'gate')),
    -- Opaque keys of the voyage, by the vessel's name and by its number; null without a vessel.
    voyage_named bigint,
    voyage_numbered bigint,
    loading text,
    discharge text,
    -- 1 scanned, 0 not, null when nothing is said of that.
    scanned bigint check (scanned in (0, 1)),
    document text not null
);
create unique index sighting_by_message on sighting (message_id, line);
create index sighting_by_unit on sighting (unit);
create index sighting_by_vessel on sighting (voyage_named);
create index sighting_by_vessel_number on sighting (voyage_numbered);
