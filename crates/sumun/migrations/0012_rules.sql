-- Rules: what officers know, as conditions. A version never changes once it is kept; its state and
-- who moved it do. Where it fired is kept beside it, and two hits never hide each other.

create table rule_version (
    id bigint not null primary key,
    code text not null,
    -- Counted from 1.
    version bigint not null,
    -- The id that the author's side made, so that what comes twice is kept once.
    request_id text not null unique,
    -- The rule as JSON, and its SHA-256.
    document text not null,
    sha256 text not null,
    lane text not null check (lane in ('red', 'yellow', 'blue', 'green')),
    -- First and last day in force.
    valid_from bigint not null,
    valid_until bigint not null,
    state text not null check (
        state in ('draft', 'shadow', 'in_force', 'expired', 'retired', 'replaced')),
    drafted_by text not null,
    drafted_at bigint not null,
    shadow_by text,
    shadow_at bigint,
    approved_by text,
    approved_at bigint,
    ended_by text,
    ended_at bigint,
    -- 0 while what waited when it began to fire has not been held against it.
    swept bigint not null check (swept in (0, 1))
);
create unique index rule_version_by_code on rule_version (code, version);
create unique index rule_version_in_force on rule_version (code) where state = 'in_force';
create unique index rule_version_in_shadow on rule_version (code) where state = 'shadow';

-- A rule fired on a consignment: in force, or in shadow, where it selects nothing.
create table rule_hit (
    consignment_id bigint not null,
    rule_id bigint not null,
    shadow bigint not null check (shadow in (0, 1)),
    arrived_day bigint not null,
    fired_at bigint not null,
    -- What the rule read of it, as JSON.
    why text not null,
    primary key (consignment_id, rule_id, shadow)
)
-- sqlite: without rowid
;
create index rule_hit_by_rule on rule_hit (rule_id, shadow, arrived_day, consignment_id);
