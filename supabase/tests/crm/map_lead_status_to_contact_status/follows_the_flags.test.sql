begin;
select plan(16);

select is(
  map_lead_status_to_contact_status(replied, engaged, booked, unsubscribed),
  case when unsubscribed then 'inactive' when engaged or booked then 'hot' when replied then 'warm' else 'cold' end,
  format('replied %s, engaged %s, booked %s, unsubscribed %s', replied, engaged, booked, unsubscribed)
)
from
  unnest(array[true, null]) as replied,
  unnest(array[true, false]) as engaged,
  unnest(array[true, null]) as booked,
  unnest(array[true, null]) as unsubscribed;

select * from finish();
rollback;
