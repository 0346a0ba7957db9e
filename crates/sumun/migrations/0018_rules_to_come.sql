-- A version that begins later is in force beside the one that counts until then.
drop index rule_version_in_force;
create index rule_version_in_force on rule_version (code) where state = 'in_force';
