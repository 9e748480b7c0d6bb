begin;
select plan(11);

create temp view wrong as
select * from (select m.* from private.milestones m except select l.* from private.live_milestones l) as too_many
union all
select * from (select l.* from private.live_milestones l except select m.* from private.milestones m) as missing;
create temp view closed as
select amount from public.report_funnel('Acme', '2026-03-02', '2026-03-02') where step = 'closed';

insert into public."Clients" ("Business") values ('Acme');
insert into public.engaged_leads (client, email, closed, closed_at, qualified)
values ('Acme', 'casey@fabrikam.test', true, '2026-03-02 10:00Z', true), ('Acme', 'kim@fabrikam.test', false, null, false);
select isnt_empty('select * from wrong', 'a new lead waits');
select results_eq('select * from closed', $$values (1::numeric)$$, 'and counts all the same');
select results_eq('select * from private.fold_milestones()', $$values (1, false)$$, 'who came no way does not wait');
select is_empty('select * from wrong', 'it is folded');
select results_eq('select * from closed', $$values (1::numeric)$$, 'to the same figure');

update public.engaged_leads set notes = 'x', job_title = 'CEO';
select is_empty('select * from private.milestone_changes', 'other columns change no milestone');
update public.engaged_leads set closed_at = '2026-03-03 10:00Z' where email = 'casey@fabrikam.test';
select results_eq('select * from closed', $$values (0::numeric)$$, 'another time counts at once');
update public.engaged_leads set email = 'Morgan@fabrikam.test' where email = 'casey@fabrikam.test';
update public.engaged_leads set demo_booked = true where email = 'kim@fabrikam.test';
select private.fold_milestones(1);
select private.fold_milestones();
select is_empty('select * from wrong', 'an address that changed is another person');
update public.engaged_leads set demo_booked = false where email = 'kim@fabrikam.test';
update public.engaged_leads set deleted_at = now() where email = 'Morgan@fabrikam.test';
select private.fold_milestones();
select is_empty('select * from private.milestones', 'what is taken back, or deleted, goes');
update public.engaged_leads set deleted_at = null;
select private.fold_milestones();
select isnt_empty('select * from private.milestones', 'a lead that is back counts again');
delete from public.engaged_leads;
select private.fold_milestones();
select is_empty('select * from private.milestones', 'one that is gone for good does not');

select * from finish();
rollback;
