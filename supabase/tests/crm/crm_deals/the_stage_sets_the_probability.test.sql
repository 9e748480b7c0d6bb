begin;
select plan(17);

create temp table documented (stage text, probability integer);
insert into documented
values ('lead', 10), ('qualification', 20), ('discovery', 30), ('demo', 50), ('proposal', 70), ('negotiation', 80),
       ('won', 100), ('lost', 0);
insert into crm_deals (client, name, stage) select 'Acme', stage, stage from documented;
select is(
  (select probability from crm_deals where name = documented.stage), probability, 'made in ' || stage
)
from documented;

insert into crm_deals (client, name) values ('Acme', 'default');
select is((select probability from crm_deals where name = 'default'), 20, 'made without a stage');
insert into crm_deals (client, name, stage) values ('Acme', 'null', null);
select is((select stage from crm_deals where name = 'null'), 'qualification', 'no stage is the first stage');
insert into crm_deals (client, name, stage, probability) values ('Acme', 'own', 'demo', 65);
select is((select probability from crm_deals where name = 'own'), 65, 'another probability is kept');

update crm_deals set stage = 'negotiation' where name in ('own', 'default');
select is(
  (select array_agg(probability) from crm_deals where name in ('own', 'default')), '{80,80}',
  'a change of stage sets it'
);
update crm_deals set stage = 'proposal', probability = 75 where name = 'own';
select is((select probability from crm_deals where name = 'own'), 75, 'unless the same statement says another');
update crm_deals set stage = 'proposal', amount = 5 where name = 'own';
select is((select probability from crm_deals where name = 'own'), 75, 'the same stage again sets nothing');
update crm_deals set probability = 90 where name = 'own';
select is((select probability from crm_deals where name = 'own'), 90, 'nor does a change without a stage');

select throws_ok($$update crm_deals set stage = 'Won'$$, '23514', null, 'no other stage');
select throws_ok($$update crm_deals set probability = 101$$, '23514', null, 'no more than certain');

select * from finish();
rollback;
