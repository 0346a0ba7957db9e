-- What a plan recorded of its candidates, 65,536 of them a row of bytes: derived from its lines,
-- and made anew from them where it is missing.
create table plan_chunk (
    plan_id bigint not null,
    piece bigint not null,
    -- Which coding the bytes have.
    coding bigint not null,
    bytes bytea not null,
    primary key (plan_id, piece)
);
-- postgres: alter table plan_chunk alter column bytes set storage external;
