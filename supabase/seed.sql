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

-- What happens at their EmailBison is made up by the demo; the simulators that syncs would read know nothing of it.
insert into integrations.client_settings (client, name, value)
values ('Northwind Robotics', 'sync.enabled', 0), ('Bluebird Logistics', 'sync.enabled', 0)
on conflict (client, name) do nothing;

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
    ('Bluebird Logistics', 1202, 'Tom Avery', 'tom@get-bluebird.example', 25),
    ('Bluebird Logistics', 1203, 'Grace Holt', 'grace@bluebird-haul.example', 25),
    ('Bluebird Logistics', 1204, 'Tom Avery', 'tom@bluebird-haul.example', 25),
    ('Bluebird Logistics', 1205, 'Grace Holt', 'grace@bluebird-cargo.example', 0),
    ('Bluebird Logistics', 1206, 'Tom Avery', 'tom@bluebird-cargo.example', 0),
    ('Bluebird Logistics', 1207, 'Grace Holt', 'grace@bluebird-spare.example', 0),
    ('Bluebird Logistics', 1208, 'Tom Avery', 'tom@bluebird-spare.example', 0)
) as i (client, id, name, email, daily_limit)
on conflict (client, bison_inbox_id) do nothing;

-- In reserve, until a rebatch wakes them.
update public.inboxes
set lifecycle_status = 'insurance'
where client = 'Bluebird Logistics' and daily_limit = 0 and emails_sent_count = 0 and lifecycle_status = 'active';

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

-- The agency's keys at CompanyEnrich and StoreLeads: demo-companyenrich-key, demo-storeleads-key.
insert into integrations.provider_keys (provider, api_key)
values
  ('companyenrich', 'v1.dev.1vLOu-JqDO0HdJH_.vcD3SIN4H4GkkwR_crJVGVZiQC7qV1FcBLnFjRexUS-OClm8moc'),
  ('storeleads', 'v1.dev.-9h1dgn_Bq0YgPGr.m2AwppsLkMF4CrCABU0I_egQC9vEdPNPxQ9V31DPwI7ZNco')
on conflict (provider) do nothing;

-- The agency's Fathom: its key is demo-fathom-key, its webhooks come to /functions/v1/fathom-webhook/demo-fathom.
insert into integrations.webhook_endpoints (provider, client, token_hash, require_signature, signing_secret)
values (
  'fathom', private.agency_tenant(), sha256(convert_to('demo-fathom', 'UTF8')), true,
  'v1.dev.7kWZgFsSORQNzdrh.PEGWraNVGRCWjyKr2CfhjkohzUAOLyQ2Lnf9sYNAnXs8hKSvHbCbLWtea-YB5oANK4VAQs-5YSlhzA'
)
on conflict (token_hash) do nothing;
insert into integrations.fathom_accounts (name, api_key, endpoint_id, webhook_id, created_by)
select 'Robin Vale', 'v1.dev.8-7XuxJoPiRELevE.efPABDo9fpAD3qkeZgVFNn6eWKcWO8z5cB2MQRRQrA', e.id,
  'webhook-demo', 'service:seed'
from integrations.webhook_endpoints e
where e.token_hash = sha256(convert_to('demo-fathom', 'UTF8'))
on conflict (name) do nothing;

-- The agency's account at Porkbun (pk1_demo-porkbun, sk1_demo-porkbun), and where its webhooks come in: demo-porkbun,
-- signed with demo-signing-key-porkbun.
insert into public.domain_providers (provider_name, api_key, api_secret)
values (
  'porkbun', 'v1.dev.i1Ktdbm9j-qCVBFk.R-qHzW76yjuxuhaMiUhSI6Ccx0u9vNUJWGHM9m_msuU',
  'v1.dev.WNE4vNdrnSag5Wjy.YI-EM2TaNKaXaMWcsDW__61Zctryyz_nvCN06LnndwI'
)
on conflict (provider_name) do nothing;

insert into integrations.webhook_endpoints (provider, client, token_hash, require_signature, signing_secret)
values (
  'porkbun', private.agency_tenant(), sha256(convert_to('demo-porkbun', 'UTF8')), true,
  'v1.dev.5Xou7WhiWo-vZxQS.HH_aHzK2mUb5oY-TT9QQ6rgfh8PA3EdzizCXar_KApePQllj-O2ViA'
)
on conflict (token_hash) do nothing;

-- The agency's accounts at the providers of mailboxes: demo-inboxkit-key, demo-missioninbox-key. The simulated ones are
-- quick, so orders are looked at every two seconds.
insert into public.inbox_providers (provider_name, api_key, workspace_id, rate_limit_per_minute)
values
  ('inboxkit', 'v1.dev.760QmkakJb_mf9XQ.MHFnm-x1Z1sDZJyLKIEMRvlbTsdOb6ZNynSwUcHvGXXn', 'ws_demo', 60),
  ('missioninbox', 'v1.dev.C0mXnFk6d1dllDbM.z_69afTY49OQ6rl3J0_FemIELr4AF6Ct0TFBl0Xa8RgE4jhqBw', 'project_demo', 60)
on conflict (provider_name) do nothing;

update integrations.settings set value = 2 where name = 'mailbox_orders.poll_seconds' and value = 60;

-- The agency's Slack: bot token xoxb-demo-millrace, signing secret demo-slack-signing-secret. Ada and Grace decide there.
insert into integrations.slack_workspaces (workspace_id, app_id, name, bot_token, signing_secret, is_active)
values (
  'T0MILLRACE', 'A0MILLRACE', 'Demo agency', 'v1.dev.G-GAjz7Wen6XdBZ4.FudiuaLTHqSorY6cgqWzYz_EnlxreimzIqejfoC17S3QeA',
  'v1.dev.yS9Ic0mm3juQaFE7.KCSFV-OI6N6Hb6rbio7NNyd4K6x5hR3IOngeDjkrmv9dWZjm59pAFsY', true
)
on conflict (workspace_id) do nothing;

insert into integrations.slack_users (slack_id, name)
values ('U0ADA', 'Ada Pryce'), ('U0GRACE', 'Grace Odum')
on conflict (slack_id) do nothing;

insert into integrations.slack_channels (kind, channel)
values (null, 'C0NOTICES'), ('rebatch', 'C0APPROVALS'), ('domain_batch', 'C0APPROVALS')
on conflict (kind, client) do nothing;

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
