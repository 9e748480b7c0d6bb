-- The thresholds of every written rule, in one table: what people tune is data, with its unit and its bounds.

create table integrations.settings (
  name text primary key,
  value numeric not null,
  unit text not null,
  lowest numeric not null,
  highest numeric not null,
  meaning text not null,
  updated_at timestamptz not null default now(),
  constraint name_is_rule_and_threshold check (name ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$'),
  constraint value_is_within_bounds check (value between lowest and highest)
);
comment on table integrations.settings is
  'Thresholds of the rules, as rule.threshold. The file that has the rule inserts its rows; people change value.';
comment on column integrations.settings.unit is
  'What value counts: days, percent, points, dollars, ...';
select private.apply_agency_policies('integrations.settings', 'staff');
revoke insert, update, delete on integrations.settings from authenticated;
grant update (value) on integrations.settings to authenticated;

create function private.require_bounds(p_setting integrations.settings, p_value numeric)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_value not between p_setting.lowest and p_setting.highest then
    perform private.raise_error(
      'MR002',
      format('%s must be from %s to %s (%s).', p_setting.name, p_setting.lowest, p_setting.highest, p_setting.unit)
    );
  end if;
end;
$$;
comment on function private.require_bounds(integrations.settings, numeric) is
  'MR002, with the bounds, when a threshold may not have this value.';
grant execute on function private.require_bounds(integrations.settings, numeric) to authenticated, service_role;

create function private.tg_settings__check_bounds()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform private.require_bounds(new, new.value);
  return new;
end;
$$;

create trigger _100_check_bounds before insert or update on integrations.settings
for each row execute function private.tg_settings__check_bounds();
create trigger _100_touch_updated_at before update on integrations.settings
for each row execute function extensions.moddatetime(updated_at);

create table integrations.client_settings (
  client text not null references integrations.tenants (business) on update cascade on delete cascade,
  name text not null references integrations.settings (name) on update cascade on delete cascade,
  value numeric not null,
  updated_at timestamptz not null default now(),
  primary key (client, name)
);
create index client_settings_name_idx on integrations.client_settings (name);
comment on table integrations.client_settings is
  'Where a client''s threshold differs from the general one.';
select private.apply_client_policies('integrations.client_settings');

create trigger _100_touch_updated_at before update on integrations.client_settings
for each row execute function extensions.moddatetime(updated_at);

create function private.tg_client_settings__check_bounds()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_setting integrations.settings;
begin
  select * into v_setting from integrations.settings s where s.name = new.name;
  if v_setting.name is null then
    perform private.raise_error('MR002', format('There is no setting %s.', new.name), null, 'See integrations.settings.');
  end if;
  perform private.require_bounds(v_setting, new.value);
  return new;
end;
$$;
comment on function private.tg_client_settings__check_bounds() is
  'Definer: who may not write here, nor see the settings, is told that rather than that there is no such setting.';

create trigger _100_check_bounds before insert or update on integrations.client_settings
for each row execute function private.tg_client_settings__check_bounds();

create function private.setting(p_name text)
returns numeric
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_value numeric;
begin
  select s.value into v_value from integrations.settings s where s.name = p_name;
  if v_value is null then
    perform private.raise_error('MR002', format('There is no setting %s.', p_name), null, 'See integrations.settings.');
  end if;
  return v_value;
end;
$$;
comment on function private.setting(text) is
  'The general value of a threshold; MR002 when there is none of that name. Definer: rules apply whoever asks.';

create function private.client_setting(p_client text, p_name text)
returns numeric
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(
    (select c.value from integrations.client_settings c where c.client = p_client and c.name = p_name),
    private.setting(p_name)
  );
end;
$$;
comment on function private.client_setting(text, text) is
  'A client''s value of a threshold, else the general one; MR002 when there is none of that name. Definer: rules apply '
  'whoever asks.';
grant execute on function private.setting(text), private.client_setting(text, text) to authenticated, service_role;

select private.audit('integrations.settings');
select private.audit('integrations.client_settings');
