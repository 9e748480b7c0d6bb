begin;
select plan(17);

insert into public."Clients" ("Business") values ('Acme');
select is(private.csv_field('plain'), '"plain"', 'quoted');
select is(private.csv_field('a "b", c' || E'\r\n' || 'd'), '"a ""b"", c' || E'\r\n' || 'd"', 'quotes are doubled, breaks stay inside');
select is(private.csv_field(null), '""', 'nothing');
select is(private.csv_field(f), '"''' || f || '"', 'no formula: ' || ascii(f))
from unnest(array['=1+1', '+1', '-1', '@sum', ' =1', E'\t=1', E'\r=1', '|calc', '%0']) as f;
select is(private.csv_field('Ann-Marie=x'), '"Ann-Marie=x"', 'in the middle it is none');

create temp table ordered as select public.draft_mailbox_order(
  'Acme', 'inboxkit', array['acme.test'], '[{"first_name": "=cmd|x", "last_name": "O\"Hara, Jr"}]', 1
) as id;
select is(public.export_mailbox_order(id), 'exported', 'exported') from ordered;
select is(
  (select csv_data from public.provider_orders),
  E'"domain","email","username","first_name","last_name","platform"\r\n'
    || E'"acme.test","cmdx.oharajr@acme.test","cmdx.oharajr","''=cmd|x","O""Hara, Jr","google"\r\n',
  'a line a mailbox'
);
select is((select status from public.provider_orders), 'exported', 'its status');
update public.provider_orders set status = 'submitted';
select throws_ok('select public.export_mailbox_order(id) from ordered', 'MR003', null, 'not once it was submitted');

select * from finish();
rollback;
