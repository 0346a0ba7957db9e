-- Plans over several modalities: what each consignment is, or would be, inspected with as one
-- bundle of steps; what the plan assumed of its goods; and what the plan came to.

-- Name of the bundle; null in plans whose modality stands alone.
alter table selection add column bundle text;
-- Kind of goods that hide things alike; null without a bundle.
alter table selection add column profile text;
-- Whether a hard class asked for it.
alter table selection add column must bigint not null default 0 check (must in (0, 1));
-- Minutes by resource and channel, floor and loss, as JSON; null without bundles.
alter table plan add column report text;
