begin;
select plan(11);

select is(private.guess_call_type(t.title, t.summary, t.guests), t.expected, t.title)
from (
  values
    ('Acme TAM mapping', null, true, 'tam_map'),
    ('Stamp collectors', null, true, 'general'),
    ('Pipeline review March', null, true, 'opportunity_review'),
    ('Messaging workshop', null, true, 'messaging_review'),
    ('Copy review', 'We spoke of the total addressable market', true, 'messaging_review'),
    ('Weekly sync', null, true, 'general'),
    ('Chat', 'Then we went through the TAM map.', true, 'tam_map'),
    ('Chat', null, true, 'general'),
    ('Chat', null, false, 'other')
) as t (title, summary, guests, expected);

insert into integrations.call_type_rules (position, call_type, pattern) values (1, 'other', '^chat$');
select is(private.guess_call_type('Chat', null, true), 'other', 'people add rules');
select throws_ok(
  $$insert into integrations.call_type_rules (position, call_type, pattern) values (2, 'other', '(')$$, 'MR002', null,
  'which must be regular expressions'
);

select * from finish();
rollback;
