-- What a hosted Supabase project has before its owner runs any SQL, as far as Otonari meets it.
-- Run as supabase_admin at every start; changes nothing the second time.
-- {authenticator_password} is filled in as a literal.

-- Roles -----------------------------------------------------------------------------------------------------
-- https://supabase.com/docs/guides/database/postgres/roles
do $roles$
begin
    if not exists (select from pg_roles where rolname = 'postgres') then
        create role postgres login createdb createrole replication bypassrls;
        create role anon nologin noinherit;
        create role authenticated nologin noinherit;
        create role service_role nologin noinherit bypassrls;
        create role authenticator login noinherit;
        grant anon, authenticated, service_role to authenticator;
        grant anon, authenticated, service_role to postgres with admin option;
    end if;
end
$roles$;
alter role authenticator password {authenticator_password};
-- The time limits of hosted projects. https://supabase.com/docs/guides/database/postgres/timeouts
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';

-- Schemas ---------------------------------------------------------------------------------------------------
grant all on database postgres to postgres;
grant create on database postgres to authenticator; -- lite makes the schemas auth and supabase_migrations
grant all on schema public to postgres;
grant usage on schema public to anon, authenticated, service_role;
create schema if not exists extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
create schema if not exists auth authorization authenticator;
grant usage on schema auth to postgres, anon, authenticated, service_role;
alter default privileges for role authenticator in schema auth grant all on tables to postgres;

-- lite reads the catalogue through information_schema, which shows a table only to those with a privilege on
-- it. REFERENCES shows the table and none of its rows. (Connected as a superuser, lite would grant everything
-- to everybody, and a forgotten GRANT would go unnoticed until it meets a hosted project.)
alter default privileges for role postgres in schema public grant references on tables to authenticator;
grant references on all tables in schema public to authenticator;

-- Realtime --------------------------------------------------------------------------------------------------
do $realtime$
begin
    if not exists (select from pg_publication where pubname = 'supabase_realtime') then
        create publication supabase_realtime;
        alter publication supabase_realtime owner to postgres;
    end if;
end
$realtime$;
