begin;
select plan(16);

create function pg_temp.status(variadic p_flags text[]) returns text language sql as $$
  select map_engaged_lead_to_contact_status(
    p_replied => 'replied' = any(p_flags),
    p_engaged => 'engaged' = any(p_flags),
    p_meeting_booked => 'meeting_booked' = any(p_flags),
    p_showed_up_to_disco => 'showed_up_to_disco' = any(p_flags),
    p_qualified => 'qualified' = any(p_flags),
    p_demo_booked => 'demo_booked' = any(p_flags),
    p_showed_up_to_demo => 'showed_up_to_demo' = any(p_flags),
    p_proposal_sent => 'proposal_sent' = any(p_flags),
    p_closed => 'closed' = any(p_flags),
    p_lost => 'lost' = any(p_flags),
    p_unsubscribed => 'unsubscribed' = any(p_flags)
  )
$$;

select is(pg_temp.status('nothing'), 'cold', 'nothing happened');
select is(pg_temp.status('replied'), 'warm', 'replied only');
select is(pg_temp.status(flag), 'hot', flag)
from unnest(array['engaged', 'meeting_booked', 'showed_up_to_disco']) as flag;
select is(pg_temp.status(flag, 'engaged', 'meeting_booked', 'replied'), 'in-contract', flag)
from unnest(array['qualified', 'demo_booked', 'showed_up_to_demo', 'proposal_sent']) as flag;
select is(pg_temp.status('lost', 'proposal_sent', 'engaged'), 'inactive', 'lost after a proposal');
select is(pg_temp.status('unsubscribed', 'engaged'), 'inactive', 'unsubscribed');
select is(pg_temp.status('unsubscribed'), 'inactive', 'unsubscribed without more');
select is(pg_temp.status('closed', 'lost', 'unsubscribed'), 'customer', 'who bought is a customer, whatever else');
select is(
  map_engaged_lead_to_contact_status(null, null, null, null, null, null, null, null, null, null, null), 'cold',
  'null flags count as false'
);
select is(
  map_engaged_lead_to_contact_status(true, null, null, null, null, null, null, null, null, null, null), 'warm',
  'beside a true one, too'
);
select is(
  map_engaged_lead_to_contact_status(null, null, null, true, null, null, null, null, null, null, null), 'hot',
  'and where two flags are one reason'
);

select * from finish();
rollback;
