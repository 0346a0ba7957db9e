-- How sure a model was of its chances: standard errors of their log-odds. Assessments of before,
-- and those by models that do not say, have none.
alter table assessment add column se_irregular double precision;
alter table assessment add column se_critical double precision;
