begin;
select plan(7);

insert into public.replies (instance_url, reply_id, client)
values ('https://one.test', 725, 'Acme'), ('https://two.test', 725, 'Beta');
select is((select count(*) from public.replies), 2::bigint, 'two instances may count alike');

select throws_ok(
  $$insert into public.replies (instance_url, reply_id, client) values ('https://one.test', 725, 'Acme')$$,
  '23505', null, 'an instance knows a reply once'
);
select lives_ok($$insert into public.replies (reply_id) values (725)$$, 'the instance may be unknown');

select lives_ok(
  $$
    insert into public.replies (reply_id, category)
    values (1, 'Interested'), (2, 'Not Interested'), (3, 'OOO'), (4, 'Referral'), (5, 'Unsubscribe'),
           (6, 'Wrong Person'), (7, null)
  $$,
  'the list of categories is open'
);
select throws_ok(
  $$insert into public.replies (reply_id, category) values (8, ' ')$$, '23514', null, 'a blank one is none'
);

select lives_ok(
  $$insert into public.replies (reply_id, type) values (9, 'Tracked Reply'), (10, 'Untracked Reply')$$,
  'replies are tracked or not'
);
select throws_ok(
  $$insert into public.replies (reply_id, type) values (11, 'Bounced')$$, '23514', null, 'a bounce is no reply'
);

select * from finish();
rollback;
