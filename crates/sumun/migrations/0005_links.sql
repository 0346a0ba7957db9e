-- Links: two that were declared together (a consignee and a phone, say), once, with the first day
-- on which they were. Like histories they may come in any order, and later days never answer a
-- question about an earlier one. Both keys are opaque.
create table link (
    key bigint not null,
    pair bigint not null,
    first_day bigint not null,
    primary key (key, pair)
)
-- sqlite: without rowid
;
