-- A domain that was given up is not renewed: its automatic renewal is switched off at the registrar, or a person is told
-- that it renews by itself.

insert into integrations.notice_kinds (kind, description, severity)
values ('domain_renews', 'A domain that was given up renews by itself, and costs.', 'warning');

insert into outbound.job_limits (job_type, rate_limit)
values ('stop_renewal', 'porkbun_account');

create function private.tell_renewal(p_domain text, p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_inventory public.domain_inventory;
begin
  select * into v_inventory from public.domain_inventory i where i.domain_name = p_domain;
  perform integrations.notify(
    'domain_renews', v_inventory.client, p_domain || ' ' || v_inventory.cancelled_at,
    concat_ws(
      ' ',
      format('%s was given up, and may renew by itself%s: switch it off where it is registered.', p_domain,
        ' on ' || v_inventory.expires_at),
      p_reason
    )
  );
end;
$$;
comment on function private.tell_renewal(text, text) is
  'A person is to switch off the renewal of a domain: told once each time that it is given up.';

create function private.tg_domain_inventory__stop_renewal()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from public.domains d
    where d.domain_name = new.domain_name
      and (d.provider, d.status) is not distinct from ('porkbun', 'active')
  ) then
    perform outbound.enqueue_job(
      'domains', 'stop_renewal', jsonb_build_object('domain', new.domain_name), p_max_attempts => 10,
      p_dedupe_key => 'stop renewal ' || new.domain_name
    );
  elsif new.status not in ('available', 'reserved', 'expired') then
    perform private.tell_renewal(new.domain_name, null);
  end if;
  return null;
end;
$$;
comment on function private.tg_domain_inventory__stop_renewal() is
  'A domain was given up, by a rebatch or by hand. Definer: staff may not enqueue.';
create trigger _500_stop_renewal after update of cancelled_at on public.domain_inventory
for each row when (old.cancelled_at is null and new.cancelled_at is not null)
execute function private.tg_domain_inventory__stop_renewal();

create function integrations.start_renewal_stop(p_domain text)
returns table (api_key text, api_secret text)
language sql stable security definer
set search_path = ''
as $$
  select a.api_key, a.api_secret
  from public.domain_inventory i
  join public.domains d on d.domain_name = i.domain_name
  cross join private.porkbun_account() as a
  where i.domain_name = p_domain
    and i.cancelled_at is not null
    and (d.provider, d.status) is not distinct from ('porkbun', 'active')
$$;
comment on function integrations.start_renewal_stop(text) is
  'The account in which a domain shall not be renewed; no row: it is wanted again, or no longer ours. Definer: '
  'job_worker reads no table.';

create function integrations.finish_renewal_stop(p_domain text, p_failure text default null)
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if p_failure is null then
    update public.domains d set auto_renew = false where d.domain_name = p_domain and d.auto_renew;
  else
    perform private.tell_renewal(p_domain, p_failure);
  end if;
end;
$$;
comment on function integrations.finish_renewal_stop(text, text) is
  'The registrar no longer renews a domain by itself, or does not do as it was asked (p_failure): then a person is told. '
  'Definer: job_worker writes no table.';

grant execute on function integrations.start_renewal_stop(text), integrations.finish_renewal_stop(text, text)
to job_worker;
