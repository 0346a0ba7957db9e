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
