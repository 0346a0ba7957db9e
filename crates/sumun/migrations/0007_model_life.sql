-- The life of a model as a person steers it: a challenger scores beside the model in force and
-- selects nothing; one that was rolled back is told from one that was merely followed by another.
-- postgres: alter table model drop constraint model_state_check;
-- postgres: alter table model add constraint model_state_check check (state in
-- postgres:     ('candidate', 'challenger', 'in_force', 'retired', 'rolled_back'));
-- sqlite: create table model_with_life (
-- sqlite:     id text not null primary key,
-- sqlite:     state text not null check (state in
-- sqlite:         ('candidate', 'challenger', 'in_force', 'retired', 'rolled_back')),
-- sqlite:     hash text not null,
-- sqlite:     artefact text not null,
-- sqlite:     backtest text not null,
-- sqlite:     learned_at bigint not null,
-- sqlite:     approved_at bigint,
-- sqlite:     approved_by text,
-- sqlite:     reason text
-- sqlite: );
-- sqlite: insert into model_with_life (id, state, hash, artefact, backtest, learned_at,
-- sqlite:     approved_at, approved_by, reason)
-- sqlite: select id, state, hash, artefact, backtest, learned_at, approved_at, approved_by, reason
-- sqlite: from model;
-- sqlite: drop table model;
-- sqlite: alter table model_with_life rename to model;
-- sqlite: create unique index model_in_force on model (state) where state = 'in_force';

-- What the site has decided about learning, approving and exploring. The last row counts; earlier
-- ones are its history.
create table policy (
    number bigint not null primary key,
    outcomes_min bigint not null check (outcomes_min > 0),
    finds_min bigint not null check (finds_min > 0),
    approvers bigint not null check (approvers in (1, 2)),
    explore_alarm double precision not null check (explore_alarm > 0 and explore_alarm <= 1),
    set_at bigint not null,
    set_by text not null,
    reason text not null
);

-- Alarms of the drift watch: when a signal of an office and regime began to ring, and when it was
-- seen to be quiet again. Where one stands, plans explore more.
create table alarm (
    office text not null,
    regime text not null,
    signal text not null check (signal in ('calibration', 'scores', 'missing', 'new_goods')),
    since_day bigint not null,
    rang_at bigint not null,
    quiet_at bigint,
    figures text not null,
    primary key (office, regime, signal, rang_at)
);
