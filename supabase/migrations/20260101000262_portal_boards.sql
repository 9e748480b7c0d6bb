-- Boards: the pipeline of deals, and the health of inboxes.
--
-- What a board counts is tallied: a change of state appends what it adds and takes, a tick adds that up. Counting would
-- read every deal and every inbox, the latter from the table, as folds touch all that send. Their names come after
-- those of what they count: private.rename_client goes by name, and what it moves is tallied before the tallies are.

-- Tallies --------------------------------------------------------------------------------------------------------

create table private.tallied_deals (
  id bigint generated always as identity primary key,
  client text not null,
  stage text not null,
  currency text not null,
  probability integer not null,
  deals integer not null,
  amount numeric not null,
  is_sum boolean not null default false
);
comment on table private.tallied_deals is
  'How many deals a client has in a state and their amount, to be added up. Deleted deals are not in it. Each row is a '
  'change, or the sum of changes.';

create table private.tallied_inboxes (
  id bigint generated always as identity primary key,
  client text not null,
  status text not null,
  recommendation text not null,
  inboxes integer not null,
  is_sum boolean not null default false
);
comment on table private.tallied_inboxes is
  'How many inboxes a client has in a state, to be added up. Removed inboxes are not in it. Each row is a change, or '
  'the sum of changes.';

select private.apply_client_policies('private.tallied_deals', 'none');
select private.apply_client_policies('private.tallied_inboxes', 'none');
grant select on private.tallied_deals, private.tallied_inboxes to service_role;

create function private.tg_crm_deals__tally()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.tallied_deals (client, stage, currency, probability, deals, amount)
  select
    v.client, coalesce(v.stage, 'qualification'), coalesce(v.currency, 'USD'), coalesce(v.probability, 0), sum(v.sign),
    sum(v.sign * coalesce(v.amount, 0))
  from (
    values
      (1, new.client, new.stage, new.currency, new.probability, new.amount, new.deleted_at),
      (-1, old.client, old.stage, old.currency, old.probability, old.amount, old.deleted_at)
  ) as v (sign, client, stage, currency, probability, amount, deleted_at)
  where v.client is not null
    and v.deleted_at is null
  group by 1, 2, 3, 4
  having sum(v.sign) <> 0
    or sum(v.sign * coalesce(v.amount, 0)) <> 0;
  return null;
end;
$$;
comment on function private.tg_crm_deals__tally() is
  'Definer: nobody may write the tallies.';
create trigger _500_tally_inserted after insert on public.crm_deals
for each row execute function private.tg_crm_deals__tally();
create trigger _500_tally_deleted after delete on public.crm_deals
for each row execute function private.tg_crm_deals__tally();
-- Of every update: the stage's trigger changes the probability of updates that do not name it.
create trigger _500_tally_updated after update on public.crm_deals
for each row when (
  (old.client, old.stage, old.currency, old.probability, old.amount, old.deleted_at)
  is distinct from (new.client, new.stage, new.currency, new.probability, new.amount, new.deleted_at)
)
execute function private.tg_crm_deals__tally();

create function private.tg_inboxes__tally()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.tallied_inboxes (client, status, recommendation, inboxes)
  select v.client, coalesce(lower(v.status), 'connected'), coalesce(v.recommendation, 'unchecked'), sum(v.sign)
  from (
    values
      (1, new.client, new.status, new.recommendation, new.removed_at),
      (-1, old.client, old.status, old.recommendation, old.removed_at)
  ) as v (sign, client, status, recommendation, removed_at)
  where v.client is not null
    and v.removed_at is null
  group by 1, 2, 3
  having sum(v.sign) <> 0;
  return null;
end;
$$;
comment on function private.tg_inboxes__tally() is
  'Definer: nobody may write the tallies.';
create trigger _500_tally_inserted after insert on public.inboxes
for each row execute function private.tg_inboxes__tally();
create trigger _500_tally_deleted after delete on public.inboxes
for each row execute function private.tg_inboxes__tally();
create trigger _500_tally_updated after update of client, status, recommendation, removed_at on public.inboxes
for each row when (
  (old.client, old.status, old.recommendation, old.removed_at)
  is distinct from (new.client, new.status, new.recommendation, new.removed_at)
)
execute function private.tg_inboxes__tally();

create function private.fold_tallies()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_folded integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('private.fold_tallies')) then
    return 0;
  end if;
  if (select count(*) from private.tallied_deals t where not t.is_sum) > 200 then
    with gone as (
      delete from private.tallied_deals returning *
    ),
    kept as (
      insert into private.tallied_deals (client, stage, currency, probability, deals, amount, is_sum)
      select g.client, g.stage, g.currency, g.probability, sum(g.deals), sum(g.amount), true
      from gone g
      group by 1, 2, 3, 4
      having sum(g.deals) <> 0
        or sum(g.amount) <> 0
    )
    select count(*) into v_folded from gone;
  end if;
  if (select count(*) from private.tallied_inboxes t where not t.is_sum) > 200 then
    with gone as (
      delete from private.tallied_inboxes returning *
    ),
    kept as (
      insert into private.tallied_inboxes (client, status, recommendation, inboxes, is_sum)
      select g.client, g.status, g.recommendation, sum(g.inboxes), true
      from gone g
      group by 1, 2, 3
      having sum(g.inboxes) <> 0
    )
    select v_folded + count(*) into v_folded from gone;
  end if;
  return v_folded;
end;
$$;
comment on function private.fold_tallies() is
  'Adds tallies up where more than 200 changes wait; the tick of a schedule. Answers how many rows it added up.';

-- The pipeline ---------------------------------------------------------------------------------------------------

-- The cards of a column in their order.
create index crm_deals_board_idx on public.crm_deals (client, stage, index, created_at, id) where deleted_at is null;

create function public.report_pipeline_board(p_client text default null, p_cards bigint default 20)
returns table ("position" integer, stage text, deals bigint, amounts jsonb, cards jsonb)
language plpgsql stable
set search_path = ''
as $$
declare
  v_clients text[] := array(
    select t.business from integrations.tenants t where p_client is null or t.business = p_client
  );
begin
  if p_cards not between 0 and 100 then
    perform private.raise_error('MR002', 'A column shows at most 100 cards.', p_cards::text);
  end if;
  return query
  with columns as (
    select c.n::integer as n, c.stage
    from unnest(array['lead', 'qualification', 'discovery', 'demo', 'proposal', 'negotiation', 'won', 'lost'])
      with ordinality as c (stage, n)
  ),
  sums as materialized (
    select
      g.stage, g.currency, sum(g.deals) as deals, sum(g.amount) as amount,
      sum(g.amount * g.probability) / 100 as weighted
    from private.tallied_deals g
    where g.client = any(v_clients)
    group by 1, 2
    having sum(g.deals) <> 0
  )
  select
    c.n, c.stage, coalesce(s.deals, 0)::bigint, coalesce(s.amounts, '[]'), coalesce(k.cards, '[]')
  from columns c
  left join lateral (
    select
      sum(x.deals) as deals,
      jsonb_agg(
        jsonb_build_object('currency', x.currency, 'amount', x.amount, 'weighted_amount', round(x.weighted, 2))
        order by x.currency
      ) as amounts
    from sums x
    where x.stage = c.stage
  ) as s on true
  left join lateral (
    select jsonb_agg(to_jsonb(card) order by card.index, card.created_at, card.id) as cards
    from (
      -- In order from the index alone; only what is shown is read.
      select own.id
      from unnest(v_clients) as mine (client)
      cross join lateral (
        select d.id, d.index, d.created_at
        from public.crm_deals d
        where d.client = mine.client
          and d.stage = c.stage
          and d.deleted_at is null
        order by d.index, d.created_at, d.id
        limit p_cards
      ) as own
      order by own.index, own.created_at, own.id
      limit p_cards
    ) as top
    cross join lateral (
      select
        d.id, d.client, d.name, d.contact_id, d.amount, d.currency, d.probability, d.expected_close_date, d.owner_id,
        d.tags, d.index, d.created_at
      from public.crm_deals d
      where d.id = top.id
      offset 0
    ) as card
  ) as k on true
  order by c.n;
end;
$$;
comment on function public.report_pipeline_board(text, bigint) is
  'Deals by stage: how many, their sums and probable sums in each currency, and the first p_cards of each column.';

-- Inbox health ---------------------------------------------------------------------------------------------------

create index inboxes_client_health_score_idx on public.inboxes (client, health_score, id)
where removed_at is null and health_score is not null;

create function public.report_inbox_health(p_client text default null, p_worst bigint default 5)
returns table (
  client text, inboxes bigint, connected bigint, disconnected bigint, keep bigint, watch bigint, rotate bigint,
  cancel bigint, unchecked bigint, worst jsonb
)
language plpgsql stable
set search_path = ''
as $$
begin
  if p_worst not between 0 and 100 then
    perform private.raise_error('MR002', 'The board shows at most 100 inboxes of a client.', p_worst::text);
  end if;
  return query
  with sums as (
    select
      t.client, sum(t.inboxes) as inboxes,
      sum(t.inboxes) filter (where t.status = 'connected') as connected,
      sum(t.inboxes) filter (where t.status <> 'connected') as disconnected,
      sum(t.inboxes) filter (where t.recommendation = 'keep') as keep,
      sum(t.inboxes) filter (where t.recommendation = 'watch') as watch,
      sum(t.inboxes) filter (where t.recommendation = 'rotate') as rotate,
      sum(t.inboxes) filter (where t.recommendation = 'cancel') as cancel,
      sum(t.inboxes) filter (where t.recommendation = 'unchecked') as unchecked
    from private.tallied_inboxes t
    where p_client is null or t.client = p_client
    group by t.client
  )
  select
    c.client, coalesce(s.inboxes, 0), coalesce(s.connected, 0), coalesce(s.disconnected, 0), coalesce(s.keep, 0),
    coalesce(s.watch, 0), coalesce(s.rotate, 0), coalesce(s.cancel, 0), coalesce(s.unchecked, 0),
    coalesce(w.worst, '[]')
  from private.report_clients(p_client, null, null) c
  left join sums s on s.client = c.client
  left join lateral (
    select
      jsonb_agg(
        jsonb_build_object(
          'id', i.id, 'email', i.email, 'status', i.status, 'health_score', i.health_score,
          'recommendation', i.recommendation, 'reasons', k.reasons, 'sent_count', k.sent_count,
          'reply_rate', k.reply_rate, 'bounce_rate', k.bounce_rate, 'spam_rate', k.spam_rate, 'checked_at', k.checked_at
        )
        order by i.health_score, i.id
      ) as worst
    from (
      select b.*
      from public.inboxes b
      where b.client = c.client
        and b.removed_at is null
        and b.health_score is not null
      order by b.health_score, b.id
      limit p_worst
    ) as i
    left join lateral (
      select h.*
      from public.inbox_health_checks h
      where h.client = i.client
        and h.inbox_id = i.bison_inbox_id::text
      order by h.checked_on desc nulls last
      limit 1
    ) as k on true
  ) as w on true
  order by c.client;
end;
$$;
comment on function public.report_inbox_health(text, bigint) is
  'Each client''s inboxes by state and by the last check''s recommendation, and the p_worst of them with that check.';

grant execute on function public.report_pipeline_board(text, bigint), public.report_inbox_health(text, bigint)
to authenticated, service_role;
