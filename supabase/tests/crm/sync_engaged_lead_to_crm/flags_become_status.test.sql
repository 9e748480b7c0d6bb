-- The sync has the rule inline: it must agree with the documented function for every combination.
begin;
select plan(7);

create temp table flags as
select
  'p' || n || '@x.example' as email,
  n & 1 > 0 as replied, n & 2 > 0 as engaged, n & 4 > 0 as meeting_booked, n & 8 > 0 as showed_up_to_disco,
  n & 16 > 0 as qualified, n & 32 > 0 as demo_booked, n & 64 > 0 as showed_up_to_demo, n & 128 > 0 as proposal_sent,
  n & 256 > 0 as closed, n & 512 > 0 as lost, n & 1024 > 0 as unsubscribed
from generate_series(0, 2047) as n;

insert into engaged_leads (
  client, email, replied, engaged, meeting_booked, showed_up_to_disco, qualified, demo_booked, showed_up_to_demo,
  proposal_sent, closed, lost, unsubscribed
)
select
  'Acme', email, nullif(replied, false), nullif(engaged, false), meeting_booked, nullif(showed_up_to_disco, false),
  qualified, nullif(demo_booked, false), showed_up_to_demo, nullif(proposal_sent, false), closed, nullif(lost, false),
  unsubscribed
from flags;
create temp view wrong as
select f.*, c.status
from flags f
left join crm_contacts c using (email)
where c.status is distinct from map_engaged_lead_to_contact_status(
  f.replied, f.engaged, f.meeting_booked, f.showed_up_to_disco, f.qualified, f.demo_booked, f.showed_up_to_demo,
  f.proposal_sent, f.closed, f.lost, f.unsubscribed
);
select is_empty('select * from wrong', 'a new lead sets the status');

update engaged_leads
set replied = false, engaged = false, meeting_booked = null, showed_up_to_disco = false, qualified = null,
    demo_booked = false, showed_up_to_demo = null, proposal_sent = false, closed = null, lost = false,
    unsubscribed = null;
select is_empty(
  $$select * from crm_contacts where status <> 'cold'$$, 'flags that are taken back take the status back'
);

update engaged_leads e
set replied = f.replied, engaged = f.engaged, meeting_booked = f.meeting_booked,
    showed_up_to_disco = f.showed_up_to_disco, qualified = f.qualified, demo_booked = f.demo_booked,
    showed_up_to_demo = f.showed_up_to_demo, proposal_sent = f.proposal_sent, closed = f.closed, lost = f.lost,
    unsubscribed = f.unsubscribed
from flags f
where f.email = e.email;
select is_empty('select * from wrong', 'a change of flags sets the status');

insert into engaged_leads (client, email) values ('Acme', 'new@x.example');
select is((select status from crm_contacts where email = 'new@x.example'), 'hot', 'an engaged lead is hot by default');
update engaged_leads set stage = 'Closed_Lost' where email = 'new@x.example';
select is((select status from crm_contacts where email = 'new@x.example'), 'inactive', 'a stage may say lost');
update engaged_leads set stage = 'demo' where email = 'new@x.example';
select is((select status from crm_contacts where email = 'new@x.example'), 'hot', 'and back');
insert into engaged_leads (client, email, current_stage) values ('Acme', 'old@x.example', 'lost');
select is(
  (select status || ' ' || stage from crm_contacts where email = 'old@x.example'), 'inactive lost',
  'the legacy stage counts where there is no other'
);

select * from finish();
rollback;
