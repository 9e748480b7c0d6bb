-- A new client of the agency, in every context at once.
--
-- The row in "Clients" is what makes a client; triggers give it its ids, its tenant, project and team. A later context
-- adds its own row by a trigger on integrations.tenants, so that a client made in any way is there as a whole.

create function private.origin_of(p_url text)
returns text
language sql immutable
set search_path = ''
as $$ select coalesce(lower((regexp_match(p_url, '^\s*(https?://[^/?#[:space:]]+)', 'i'))[1]), p_url) $$;
comment on function private.origin_of(text) is
  'Scheme and host of a URL. A reply is known by its instance: written in two ways, it would be two.';

create function private.connect_endpoint(p_business text, p_endpoint jsonb, out id bigint, out outcome text)
language plpgsql
set search_path = ''
as $$
declare
  v_provider text := p_endpoint ->> 'provider';
  v_token_hash bytea := decode(p_endpoint ->> 'token_hash', 'hex');
  v_secret text := p_endpoint ->> 'signing_secret';
  v_instance text := private.origin_of(p_endpoint ->> 'instance_url');
  v_overlap timestamptz := private.clock() + interval '7 days';
begin
  select e.id, 'kept' into id, outcome
  from integrations.webhook_endpoints e
  where e.provider = v_provider
    and e.client = p_business
    and private.origin_of(e.instance_url) is not distinct from v_instance
    and e.workspace_id is not distinct from p_endpoint ->> 'workspace_id'
  order by e.is_active desc, e.id desc
  limit 1;

  if id is null then
    insert into integrations.webhook_endpoints as e (
      provider, client, token_hash, instance_url, workspace_id, require_signature, signing_secret, settings
    )
    values (
      v_provider, p_business, v_token_hash, v_instance, p_endpoint ->> 'workspace_id', v_secret is not null, v_secret,
      coalesce(p_endpoint -> 'settings', '{}')
    )
    returning e.id, 'created' into id, outcome;
  elsif coalesce((p_endpoint ->> 'replace')::boolean, false) then
    update integrations.webhook_endpoints e
    set token_hash = v_token_hash, previous_token_hash = e.token_hash, previous_token_expires_at = v_overlap,
        signing_secret = coalesce(v_secret, e.signing_secret),
        previous_signing_secret = case when v_secret is not null then e.signing_secret end,
        previous_signing_secret_expires_at = case when v_secret is not null then v_overlap end,
        is_active = true
    where e.id = connect_endpoint.id;
    outcome := 'replaced';
  end if;
end;
$$;
comment on function private.connect_endpoint(text, jsonb) is
  'One endpoint of integrations.provision_tenant.';

create function integrations.provision_tenant(
  p_business text,
  p_time_zone text default null,
  p_website text default null,
  p_bison jsonb default '{}',
  p_endpoints jsonb default '[]'
)
returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_business text := btrim(p_business);
  v_is_new boolean;
  v_endpoints jsonb;
  v_answer jsonb;
begin
  perform private.require_admin();
  if coalesce(v_business, '') = '' then
    perform private.raise_error('MR002', 'A client needs a name.');
  end if;
  perform pg_advisory_xact_lock(hashtext('integrations.provision_tenant'), hashtext(v_business));
  v_is_new := not exists (select from public."Clients" c where c."Business" = v_business);

  insert into public."Clients" as c ("Business", "Website", "App URL- Bison", "Client ID - Bison", "Api Key - Bison")
  values (
    v_business, p_website, p_bison ->> 'instance_url', p_bison ->> 'workspace_id', p_bison ->> 'api_key'
  )
  on conflict ("Business") do update
  set "Website" = coalesce(excluded."Website", c."Website"),
      "App URL- Bison" = coalesce(excluded."App URL- Bison", c."App URL- Bison"),
      "Client ID - Bison" = coalesce(excluded."Client ID - Bison", c."Client ID - Bison"),
      "Api Key - Bison" = coalesce(excluded."Api Key - Bison", c."Api Key - Bison");
  insert into public.client_targets (client) values (v_business) on conflict (client) do nothing;
  update integrations.tenants t
  set time_zone = p_time_zone
  where t.business = v_business
    and t.time_zone <> p_time_zone;

  select coalesce(
    jsonb_agg(
      jsonb_build_object('provider', e.item ->> 'provider', 'id', made.id, 'outcome', made.outcome) order by e.n
    ),
    '[]'
  )
  into v_endpoints
  from jsonb_array_elements(p_endpoints) with ordinality as e (item, n)
  cross join lateral private.connect_endpoint(v_business, e.item) as made;

  select jsonb_build_object(
    'outcome', case when v_is_new then 'created' else 'kept' end, 'business', t.business, 'client_id', t.client_id,
    'tenant_id', t.tenant_id, 'team_id', t.team_id, 'time_zone', t.time_zone, 'endpoints', v_endpoints
  )
  into v_answer
  from integrations.tenants t
  where t.business = v_business;
  perform private.record_act('provision_tenant', jsonb_build_object('business', v_business), v_answer);
  return v_answer;
exception
  when check_violation or not_null_violation or invalid_parameter_value then
    perform private.raise_error('MR002', 'An endpoint or a secret is malformed.', sqlerrm);
end;
$$;
comment on function integrations.provision_tenant(text, text, text, jsonb, jsonb) is
  'Makes a client with everything it needs, or completes one that is there; what is not given stays. p_bison: '
  '{instance_url, workspace_id, api_key (sealed)}. p_endpoints: [{provider, token_hash (SHA-256, hex), instance_url, '
  'workspace_id, signing_secret (sealed), settings, replace}]. An endpoint that is there is kept; with replace it gets '
  'the new token and secret, and the old ones work for seven more days. Definer: admins may not write all its tables.';
grant execute on function integrations.provision_tenant(text, text, text, jsonb, jsonb) to authenticated;
