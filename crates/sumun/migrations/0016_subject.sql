-- Whom a provider of sign-ins (OpenID Connect) vouches for: its own id of a person, which it gives
-- to nobody else, bound to an account the first time that person comes.

create table account_subject (
    issuer text not null,
    subject text not null,
    account_id text not null,
    bound_at bigint not null,
    primary key (issuer, subject),
    unique (issuer, account_id)
);
