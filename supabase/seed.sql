-- The demo agency, for a new database: two clients with their webhook endpoints, campaigns, inboxes and users. Running it
-- again changes nothing. simulators/agency.ts knows the same facts from the providers' side.
--
-- Everything secret here is for demonstration only: path tokens `demo-...`, signing keys `demo-signing-key-...`, the
-- password `millrace-demo`. Sealed texts open with the development key of .env.example and no other.

-- Adding a client makes its tenant.
insert into public."Clients" ("Business", "Api Key - Bison", "Client ID - Bison", "App URL- Bison", "Website")
values
  (
    'Northwind Robotics', 'v1.dev.peFr1R5UsVbIamVW.dqf8TA3DuyzhhRt81Gl_RVA9ttRnoLeEzE5nXZ6OUkhqgsJtKivoFHjZmQ', '11',
    'https://dedi.emailbison.test', 'https://northwind-robotics.example'
  ),
  (
    'Bluebird Logistics', 'v1.dev.IyTeIA4qDYp50qwB.VKje94s46614BnKOjh11UVqX9LlGmfLlKs7nqox9bJczYsUoPzJsjW3n', '12',
    'https://dedi.emailbison.test', 'https://bluebird-logistics.example'
  )
on conflict ("Business") do nothing;

update integrations.tenants
set time_zone = case business when 'Northwind Robotics' then 'America/New_York' else 'Europe/London' end
where business in ('Northwind Robotics', 'Bluebird Logistics')
  and time_zone = 'UTC';

insert into public.client_targets (
  client, emails_per_day, prospects_per_day, replies_per_day, bounces_per_day, meetings_per_day,
  "interested_replies_per day", monthly_contract_value
)
values
  ('Northwind Robotics', 30, 24, 5, 2, 2, 3, 4500),
  ('Bluebird Logistics', 15, 12, 3, 1, 1, 2, 3200)
on conflict (client) do nothing;

-- Where the providers' webhooks come in: /functions/v1/bison-webhook/demo-bison-northwind and so on. Northwind takes
-- Calendly events of two of its three kinds of meetings.
insert into integrations.webhook_endpoints (
  provider, client, token_hash, instance_url, workspace_id, require_signature, signing_secret, settings
)
select e.provider, e.client, sha256(convert_to(e.token, 'UTF8')), e.instance_url, e.workspace_id, e.secret is not null,
  e.secret, e.settings::jsonb
from (
  values
    ('bison', 'Northwind Robotics', 'demo-bison-northwind', 'https://dedi.emailbison.test', '11', null, '{}'),
    ('bison', 'Bluebird Logistics', 'demo-bison-bluebird', 'https://dedi.emailbison.test', '12', null, '{}'),
    (
      'calendly', 'Northwind Robotics', 'demo-calendly-northwind', null, null,
      'v1.dev.aUHMp-_guJAOzgWk.2ms4qmYGIUX7WQWCOOl4TdLt8xci-Kr54ZbF3Fl-SHks4oaI1IrAjdRf',
      '{
        "event_types": [
          "https://api.calendly.com/event_types/29979807-e416-4b96-92c8-dbe0a9bdb1a4",
          "https://api.calendly.com/event_types/5fbfd165-212b-49ae-bd21-c3d6503ed750"
        ]
      }'
    ),
    (
      'calendly', 'Bluebird Logistics', 'demo-calendly-bluebird', null, null,
      'v1.dev.IAuzFYm1iu2sPhsb.U6AvtXaeoNQywHzG6oZmXnGKruQoovOxsAWHCtO4yixaXwil7dlidt4', '{}'
    )
) as e (provider, client, token, instance_url, workspace_id, secret, settings)
on conflict (token_hash) do nothing;

insert into public."Campaigns" (client, campaign_id, campaign_name, status)
values
  ('Northwind Robotics', '301', 'Plant managers, Midwest', 'Active'),
  ('Northwind Robotics', '302', 'Warehouse leads, East', 'Active'),
  ('Bluebird Logistics', '401', 'UK importers', 'Active')
on conflict (client, campaign_id) do nothing;

insert into public.inboxes (
  client, bison_inbox_id, name, email, domain, type, daily_limit, warmup_enabled, warmup_started_at, created_at
)
select i.client, i.id, i.name, i.email, split_part(i.email, '@', 2), 'google_workspace_oauth', i.daily_limit, true,
  now() - interval '40 days', now() - interval '42 days'
from (
  values
    ('Northwind Robotics', 1101, 'Maya Chen', 'maya@try-northwind.example', 30),
    ('Northwind Robotics', 1102, 'Leo Brandt', 'leo@try-northwind.example', 30),
    ('Northwind Robotics', 1103, 'Maya Chen', 'maya@northwind-arms.example', 20),
    ('Bluebird Logistics', 1201, 'Grace Holt', 'grace@get-bluebird.example', 25),
    ('Bluebird Logistics', 1202, 'Tom Avery', 'tom@get-bluebird.example', 25)
) as i (client, id, name, email, daily_limit)
on conflict (client, bison_inbox_id) do nothing;

insert into public.inbox_tags (client, bison_tag_id, name)
values
  ('Northwind Robotics', 51, 'Warmed up'),
  ('Northwind Robotics', 52, 'Google'),
  ('Bluebird Logistics', 61, 'Warmed up')
on conflict (client, bison_tag_id) do nothing;

insert into public.inbox_tag_assignments (inbox_id, tag_id)
select a.inbox_id, t.id
from (
  values
    ('Northwind Robotics', 'Warmed up', 1101),
    ('Northwind Robotics', 'Warmed up', 1102),
    ('Northwind Robotics', 'Google', 1101),
    ('Bluebird Logistics', 'Warmed up', 1201)
) as a (client, tag, inbox_id)
join public.inbox_tags t on t.client = a.client and t.name = a.tag
on conflict (inbox_id, tag_id) do nothing;

-- Users --------------------------------------------------------------------------------------------------------------

insert into auth.users (
  instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
  confirmation_token, recovery_token, email_change, email_change_token_new, created_at, updated_at
)
select
  '00000000-0000-0000-0000-000000000000', u.id::uuid, 'authenticated', 'authenticated', u.email,
  extensions.crypt('millrace-demo', extensions.gen_salt('bf', 4)), now(),
  '{"provider": "email", "providers": ["email"]}', '{}', '', '', '', '', now(), now()
from (
  values
    ('00000000-0000-4000-8000-0000000000a1', 'admin@millrace.example'),
    ('00000000-0000-4000-8000-0000000000a2', 'viewer@millrace.example'),
    ('00000000-0000-4000-8000-0000000000b1', 'sales@northwind-robotics.example'),
    ('00000000-0000-4000-8000-0000000000b2', 'sales@bluebird-logistics.example')
) as u (id, email)
on conflict (id) do nothing;

insert into integrations.memberships (user_id, client, role)
values
  ('00000000-0000-4000-8000-0000000000a1', null, 'admin'),
  ('00000000-0000-4000-8000-0000000000a2', null, 'viewer'),
  ('00000000-0000-4000-8000-0000000000b1', 'Northwind Robotics', 'member'),
  ('00000000-0000-4000-8000-0000000000b2', 'Bluebird Logistics', 'member')
on conflict (user_id, client) do nothing;

-- An API key of Northwind's sales person: mr_demonw01_demo-key-of-northwind-robotics-not-a-secret
insert into shared.user_api_keys (user_id, name, key_hash, prefix, scopes, client, rate_limit)
values (
  '00000000-0000-4000-8000-0000000000b1', 'Demo', '0dcb6932b32b6177826ea227176611eae34a2a211adfbc7e6a61880c91bee025',
  'demonw01', array['leads:read', 'campaigns:read', 'meetings:read', 'crm:write'], 'Northwind Robotics', 600
)
on conflict (key_hash) do nothing;

-- Supabase's sign-in wants an identity beside the user; the embedded stack has none.
do $$
begin
  if to_regclass('auth.identities') is null then
    return;
  end if;
  insert into auth.identities (provider_id, user_id, identity_data, provider, created_at, updated_at)
  select u.id::text, u.id, jsonb_build_object('sub', u.id, 'email', u.email), 'email', now(), now()
  from auth.users u
  join integrations.memberships m on m.user_id = u.id
  where u.email like '%.example'
  on conflict do nothing;
end;
$$;
