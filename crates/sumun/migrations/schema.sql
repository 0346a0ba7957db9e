-- The whole schema on one page. Read it first. It is never run on a real store: those are made by
-- the numbered migrations, and a test holds that their sum is this page, on both engines.
-- Lines that begin with "-- sqlite: " or "-- postgres: " are live on that engine only.

-- What has been applied to this store. Kept by `sumun migrate` itself.
create table schema_migration (
    number bigint primary key,
    name text not null,
    sha256 text not null,
    applied_at bigint not null
);

-- How long the journal is and the edge of its tree; its lock puts writers in one order.
create table journal_head (
    id bigint primary key check (id = 1),
    origin text not null,
    size bigint not null check (size >= 0),
    frontier text not null
);

-- Who or what decided, when, and why: gapless, append-only, hashed.
create table journal (
    seq bigint primary key check (seq > 0),
    at bigint not null,
    actor text not null,
    act text not null,
    subject text not null,
    body text not null,
    leaf_hash text not null
);
create index journal_by_subject on journal (subject);

-- The signed root after each transaction that wrote to the journal.
create table checkpoint (
    size bigint primary key check (size > 0),
    root text not null,
    at bigint not null,
    key_id text,
    signature text
);

-- The public keys that checkpoints are signed with.
create table journal_key (
    key_id text primary key,
    public_key text not null,
    since bigint not null
);

-- What arrives, what is judged, what is decided and what came of it.
-- Days count from 1970-01-01; times are microseconds since then, in UTC.

-- A file or message as it was received. Its digest makes a repeated file change nothing.
create table message (
    id bigint not null primary key,
    digest text not null unique,
    name text not null,
    source text not null,
    format text not null,
    size_bytes bigint not null,
    received_at bigint not null,
    finished_at bigint,
    rows_read bigint not null,
    rows_new bigint not null,
    rows_amended bigint not null,
    rows_unchanged bigint not null,
    rows_rejected bigint not null
);

-- The register of declarations: which version of which reference is which consignment.
create table declaration (
    reference text not null,
    source text not null,
    version bigint not null,
    id bigint not null,
    first_id bigint not null,
    arrived_day bigint not null,
    message_id bigint not null,
    line bigint not null,
    digest bigint not null,
    primary key (reference, source, version)
)
-- sqlite: without rowid
;

-- One row for each version of a consignment, in the order in which they were stored: ids rise
-- without a gap, so that the journal can name a batch by its first and last id.
create table consignment (
    id bigint not null,
    first_id bigint not null,
    version bigint not null,
    reference text not null,
    office text not null,
    regime text not null,
    arrived_at bigint not null,
    arrived_day bigint not null,
    message_id bigint not null,
    line bigint not null,
    fate text not null,
    document text not null,
    primary key (id, arrived_day)
)
-- postgres: partition by range (arrived_day)
;
create index consignment_by_office on consignment (office, arrived_day);
-- Superseded versions, which no trial counts.
create index consignment_superseded on consignment (id) where fate = 'superseded';

-- The bytes of a message that came by the API or a drop folder, as received.
create table message_body (
    message_id bigint not null primary key,
    content bytea not null
);

-- What was wrong with a record, kept until a person mends or dismisses it.
create table defect (
    message_id bigint not null,
    line bigint not null,
    field text not null,
    kind text not null,
    reason text not null,
    found text not null,
    found_at bigint not null,
    state text not null default 'open' check (state in ('open', 'mended', 'rejected')),
    decided_at bigint,
    decided_by text,
    primary key (message_id, line, field, kind)
);
create index defect_open on defect (message_id, line) where state = 'open';

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

-- The ledger of histories: what a key counted on a day. Entries of later days never answer a
-- question about an earlier one, so it can grow in any order.
create table history (
    key bigint not null,
    day bigint not null,
    seen bigint not null,
    inspected bigint not null,
    irregular bigint not null,
    critical bigint not null,
    primary key (key, day)
)
-- sqlite: without rowid
-- postgres: with (fillfactor = 60)
;

-- Declared unit values by goods (HS6 and currency as one number) and month on a logarithmic
-- scale, for the median.
create table unit_value (
    goods bigint not null,
    month bigint not null,
    step bigint not null,
    seen bigint not null,
    primary key (goods, month, step)
)
-- sqlite: without rowid
-- postgres: with (fillfactor = 60)
;

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

-- A learned model: its one-file artefact and its life.
create table model (
    id text not null primary key,
    state text not null check (state in
        ('candidate', 'challenger', 'in_force', 'retired', 'rolled_back')),
    hash text not null,
    artefact text not null,
    backtest text not null,
    learned_at bigint not null,
    approved_at bigint,
    approved_by text,
    reason text
);
create unique index model_in_force on model (state) where state = 'in_force';

-- The immutable result of screening one version of a consignment by one model.
create table assessment (
    consignment_id bigint not null,
    arrived_day bigint not null,
    model_id text not null,
    assessed_at bigint not null,
    p_irregular double precision not null,
    p_critical double precision not null,
    lane text not null,
    reasons text not null,
    se_irregular double precision,
    se_critical double precision,
    primary key (consignment_id, model_id, arrived_day)
)
-- postgres: partition by range (arrived_day)
-- sqlite: without rowid
;

-- How far screening has come, so that a new run goes on from there.
create table screening (
    model_id text not null primary key,
    last_id bigint not null
);

-- A drawn plan of one office, shift and regime, with all that it takes to draw it again.
create table plan (
    id bigint not null primary key,
    office text not null,
    shift text not null,
    shift_day bigint not null,
    regime text not null,
    state text not null check (state in ('drawn', 'replaced')),
    model_id text,
    drawn_at bigint not null,
    seed text not null,
    terms text not null,
    capacity text not null,
    candidates bigint not null,
    drawn bigint not null,
    minutes bigint not null,
    digest text not null,
    -- Minutes by resource and channel, floor and loss, as JSON; null without bundles.
    report text,
    -- From when on those who inspect may see the plan; null for at once.
    released_at bigint
);
create index plan_by_shift on plan (office, shift_day, regime);

-- Every consignment of a plan, drawn or not, with its chance.
create table selection (
    plan_id bigint not null,
    consignment_id bigint not null,
    position bigint not null,
    risk double precision not null,
    expected double precision not null,
    expected_critical double precision not null,
    chance double precision not null,
    channel text not null,
    modality text not null,
    minutes bigint not null,
    detection double precision not null,
    drawn bigint not null check (drawn in (0, 1)),
    -- Name of the bundle; null in plans whose modality stands alone.
    bundle text,
    -- Kind of goods that hide things alike; null without a bundle.
    profile text,
    -- Whether a hard class asked for it.
    must bigint not null default 0 check (must in (0, 1)),
    primary key (plan_id, consignment_id)
)
-- sqlite: without rowid
;
create index selection_by_consignment on selection (consignment_id);

-- What came of it. A correction is a new revision; the last one counts.
create table outcome (
    consignment_id bigint not null,
    revision bigint not null,
    latest bigint not null check (latest in (0, 1)),
    outcome text not null check (outcome in ('clear', 'discrepancy', 'seizure', 'not_examined')),
    channel text,
    plan_id bigint,
    modality text,
    minutes bigint,
    detection_method text,
    officer text not null,
    known_day bigint not null,
    recorded_at bigint not null,
    document text not null,
    primary key (consignment_id, revision)
);
create index outcome_by_day on outcome (known_day);

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

-- Who may do what: people and machines, how they prove who they are, and what a second person has
-- to agree to. Secrets are never kept, only what recognises them.

-- A person. The name is who acts in the journal: it is never changed and never given to another.
create table account (
    id text not null primary key,
    name text not null unique,
    display text not null,
    language text not null check (language in ('ko', 'en')),
    state text not null check (state in ('invited', 'active', 'closed')),
    -- Argon2id, in the PHC form; null until the invitation was taken up.
    password text,
    -- The secret of the second factor is derived from this and the site's key, so that a copy of
    -- the store does not hold it.
    totp_nonce text,
    totp_confirmed_at bigint,
    -- A code is good once: codes of this step or before are refused.
    totp_step bigint not null default 0,
    made_by text not null,
    made_at bigint not null,
    last_seen bigint
);

-- A role of a person at one office, or at every office.
create table account_grant (
    account_id text not null,
    role text not null,
    -- `*` is every office.
    office text not null,
    primary key (account_id, role, office)
);

-- A link that is good once and not for long. Without an account it makes the first administrator.
create table invitation (
    token_sha256 text not null primary key,
    account_id text,
    made_by text not null,
    made_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);

-- Whom a provider of sign-ins vouches for: its own id of a person.
create table account_subject (
    issuer text not null,
    subject text not null,
    account_id text not null,
    bound_at bigint not null,
    primary key (issuer, subject),
    unique (issuer, account_id)
);

-- A browser that has signed in.
create table session (
    token_sha256 text not null primary key,
    id text not null unique,
    account_id text not null,
    began_at bigint not null,
    used_at bigint not null,
    expires_at bigint not null,
    address text not null,
    agent text not null
);
create index session_by_account on session (account_id);

-- A machine that sends or fetches: what it may do, at which office.
create table api_token (
    id text not null primary key,
    token_sha256 text not null unique,
    name text not null unique,
    -- Words with blanks between them.
    actions text not null,
    office text not null,
    made_by text not null,
    made_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    used_at bigint
);

-- Failed attempts to sign in, by account and by address, and until when no more are taken.
create table sign_in_failure (
    key text not null primary key,
    failures bigint not null,
    last_at bigint not null,
    locked_until bigint not null
);

-- A customs office as people call it, and the clock it works by.
create table office (
    code text not null primary key,
    name_ko text not null,
    name_en text not null,
    utc_offset_minutes bigint not null,
    set_by text not null,
    set_at bigint not null
);

-- A shift of an office. What was drawn for it is shown to those who inspect so many minutes before
-- it begins.
create table office_shift (
    office text not null,
    name text not null,
    starts_minute bigint not null check (starts_minute >= 0 and starts_minute < 1440),
    minutes_long bigint not null check (minutes_long > 0),
    release_before_minutes bigint not null check (release_before_minutes >= 0),
    primary key (office, name)
);

-- What an office or shift can do, proposed by one person and approved by another. The approved one
-- is what plans are drawn with when nobody names minutes.
create table capacity (
    id text not null primary key,
    office text not null,
    -- Empty for every shift.
    shift text not null,
    -- Empty for both regimes.
    regime text not null,
    document text not null,
    state text not null check (state in ('proposed', 'approved', 'rejected', 'replaced')),
    made_by text not null,
    made_at bigint not null,
    reason text not null,
    decided_by text,
    decided_at bigint,
    decided_why text
);
create index capacity_by_office on capacity (office, shift, regime);

-- A plan or queue that somebody wants to take out as a file, which takes a second person.
create table export_request (
    id text not null primary key,
    what text not null check (what in ('plan', 'queue')),
    plan_id bigint not null,
    office text not null,
    format text not null check (format in ('csv', 'parquet')),
    state text not null check (state in ('asked', 'approved', 'rejected')),
    made_by text not null,
    made_at bigint not null,
    reason text not null,
    decided_by text,
    decided_at bigint,
    decided_why text,
    rows_out bigint
);

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

-- Watchlists: lists that somebody keeps, their listings, what met them, and what officers said.
-- No column holds a trait of a person: no nation, birth, sex or faith.

create table watchlist (
    id bigint not null primary key,
    name text not null,
    -- The office that it is for; `*` for all.
    office text not null,
    source text not null,
    source_grade text not null,
    information_grade text not null,
    legal_basis text not null,
    -- The day from which on it counts no more; null for never.
    expires_day bigint,
    format text not null,
    file text not null,
    sha256 text not null,
    imported_by text not null,
    imported_at bigint not null,
    expired_by text,
    expired_at bigint,
    expired_because text
);
create unique index watchlist_by_name on watchlist (name, office);

-- An import as it came, by the id that its sender made: what comes again is answered from here.
create table watchlist_import (
    id text not null primary key,
    digest text not null,
    result text not null,
    made_by text not null,
    made_at bigint not null
);

-- Changes with every change of what is listed, so that what is kept in memory is known to be old.
create table watchlist_revision (
    number bigint not null primary key check (number = 1),
    id text not null
);

create table listing (
    id bigint not null primary key,
    watchlist_id bigint not null references watchlist (id),
    -- The list's own number of the entry.
    reference text not null,
    kind text not null,
    name text not null,
    -- Names, identifiers, programmes and remarks, as JSON.
    document text not null,
    digest bigint not null,
    -- What it is searched by.
    words text not null,
    listed_at bigint not null,
    expired_at bigint,
    expired_by text,
    expired_because text
);
create index listing_by_watchlist on listing (watchlist_id, reference);

-- Identifiers of listings in their normal form.
create table listing_key (
    kind text not null,
    normal text not null,
    listing_id bigint not null references listing (id),
    -- As the list writes it.
    text text not null,
    valid bigint not null check (valid in (0, 1)),
    primary key (kind, normal, listing_id)
);
create index listing_key_by_listing on listing_key (listing_id);

-- Something in a consignment met a listing. It is kept beside the assessment and never a result.
create table listing_hit (
    id bigint not null primary key,
    consignment_id bigint not null,
    office text not null,
    arrived_day bigint not null,
    listing_id bigint not null references listing (id),
    met text not null,
    -- Empty where no party is meant.
    role text not null,
    -- Opaque: the same party, named the same, has the same.
    party_key bigint not null,
    found text not null,
    probability double precision not null,
    -- Words that agree and differ, as JSON.
    words text not null,
    found_at bigint not null,
    -- The decision on the pair of party and listing that counts for this hit.
    decision_id bigint
);
create unique index listing_hit_by_consignment
    on listing_hit (consignment_id, listing_id, met, role, party_key);
create index listing_hit_by_pair on listing_hit (party_key, listing_id);
create index listing_hit_by_listing on listing_hit (listing_id);

-- What an officer said of a pair of party and listing, until it expires or is said anew.
create table hit_decision (
    id bigint not null primary key,
    order_id text not null,
    hit_id bigint not null references listing_hit (id),
    party_key bigint not null,
    listing_id bigint not null references listing (id),
    verdict text not null check (verdict in ('same', 'not_same', 'unsure')),
    reason text not null,
    expires_day bigint not null,
    made_by text not null,
    made_at bigint not null
);
create unique index hit_decision_by_order on hit_decision (order_id);
create index hit_decision_by_pair on hit_decision (party_key, listing_id);

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
create index rule_version_in_force on rule_version (code) where state = 'in_force';
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

-- Reference lists that a site loads: titles of the Harmonised System, places, names of countries.
-- They explain and are held against what is declared; no chance and no score depends on them.

create table reference_goods (
    code text not null primary key,
    title text not null,
    title_ko text not null
);

create table reference_place (
    code text not null primary key,
    name text not null,
    country text not null,
    -- Degrees; null where the list gives none.
    north double precision,
    east double precision
);

create table reference_country (
    code text not null primary key,
    name text not null,
    name_ko text not null
);

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
