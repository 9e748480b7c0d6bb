begin;
select plan(10);
insert into public."Clients" ("Business") values ('Acme');

-- checked, to cancel, score, sent, replies
select is(private.rebatch_reason(0, 0, null, 0, 0, 'Acme'), null, 'what was not checked is kept');
select is(private.rebatch_reason(4, 1, 90, 0, 0, 'Acme'), null, 'a quarter of its inboxes is not enough');
select is(private.rebatch_reason(4, 2, 90, 0, 0, 'Acme'), 'health', 'half of them is');
select is(private.rebatch_reason(3, 0, 50, 0, 0, 'Acme'), null, 'a score of 50 is kept');
select is(private.rebatch_reason(3, 0, 49.9, 0, 0, 'Acme'), 'score', 'one below is not');
select is(private.rebatch_reason(3, 0, 90, 199, 0, 'Acme'), null, 'with 199 mails no reply says nothing');
select is(private.rebatch_reason(3, 0, 90, 200, 0, 'Acme'), 'replies', 'with 200 it does');
select is(private.rebatch_reason(3, 0, 90, 200, 1, 'Acme'), null, 'half a percent is kept');
select is(private.rebatch_reason(3, 0, 90, 201, 1, 'Acme'), 'replies', 'less is not');
insert into integrations.client_settings (client, name, value) values ('Acme', 'rebatch.lowest_score', 95);
select is(private.rebatch_reason(3, 0, 90, 0, 0, 'Acme'), 'score', 'a client may have thresholds of its own');

select * from finish();
rollback;
