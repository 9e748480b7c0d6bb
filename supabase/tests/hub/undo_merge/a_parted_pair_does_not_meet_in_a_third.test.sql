begin;
select plan(5);

create function pg_temp.root(p_domain text) returns text language sql as $$
  select m.domain
  from company.master m
  where m.id = private.led_to('company', (select c.id from company.master c where c.domain = p_domain))
$$;
create function pg_temp.stage(p_rows jsonb) returns void language plpgsql as $$
begin
  perform company.stage_companies(p_rows, 't');
  perform from company.promote_slots();
end
$$;

-- One page by mistake: b is parted from a again.
select pg_temp.stage('[
  {"domain": "old.com"},
  {"domain": "a.com", "linkedin_url": "linkedin.com/company/acme"}, {"domain": "b.com", "linkedin_url": "linkedin.com/company/acme"}
]');
select is(pg_temp.root('b.com'), 'a.com', 'two of one page are one');
select company.undo_merge(max(merge_id)) from company.merges;
select pg_temp.stage('[{"domain": "old.com", "linkedin_url": "linkedin.com/company/acme"}]');
select is(
  array[pg_temp.root('a.com'), pg_temp.root('b.com')], '{old.com,b.com}', 'an older one of that page takes one of the pair only'
);
select pg_temp.stage('[{"domain": "b.com", "industry": "Tools"}]');
select is(pg_temp.root('b.com'), 'b.com', 'whatever is told of the other one');
select is((select industry from company.master where domain = 'old.com'), null, 'nothing of it comes there');

-- Both are touched together with the third.
select company.undo_merge(max(merge_id)) from company.merges where undone_at is null;
delete from private.merges where kept_id = (select id from company.master where domain = 'old.com');
update company.master set linkedin_url = null;
select pg_temp.stage('[
  {"domain": "a.com", "linkedin_url": "linkedin.com/company/acme"}, {"domain": "b.com", "linkedin_url": "linkedin.com/company/acme"},
  {"domain": "old.com", "linkedin_url": "linkedin.com/company/acme"}
]');
select is(
  array[pg_temp.root('a.com'), pg_temp.root('b.com')], '{old.com,b.com}', 'nor does it take both at once'
);

select * from finish();
rollback;
