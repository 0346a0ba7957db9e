-- Silent scans of drawn inspections, and which of them the draw had unpacked all the same, so that
-- what scans overlook is measured and not assumed.
create table verification (
    plan_id bigint not null,
    consignment_id bigint not null,
    share double precision not null,
    drawn bigint not null check (drawn in (0, 1)),
    drawn_at bigint not null,
    primary key (plan_id, consignment_id)
)
-- sqlite: without rowid
;
