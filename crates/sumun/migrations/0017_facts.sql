-- What rules read of consignments, as columns: derived from documents and the ledger, and made anew
-- from them where they are missing. A chunk has the consignments of 65,536 numbers in a row.

-- One column of one chunk: a field, or under a name that no field has, the numbers and days.
create table fact_chunk (
    chunk bigint not null,
    field text not null,
    -- Which coding the bytes have.
    coding bigint not null,
    -- The last consignment number that the column covers.
    through bigint not null,
    bytes bytea not null,
    primary key (chunk, field)
);
-- postgres: alter table fact_chunk alter column bytes set storage external;

-- Fields of the past as they were when consignments of a chunk were screened; the latest counts.
create table fact_screened (
    chunk bigint not null,
    screened_at bigint not null,
    first_id bigint not null,
    coding bigint not null,
    bytes bytea not null,
    primary key (chunk, screened_at, first_id)
);

-- Superseded versions, which no trial counts.
create index consignment_superseded on consignment (id) where fate = 'superseded';
