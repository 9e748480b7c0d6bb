begin;
select plan(3);

select is(private.day_start('2024-10-27', 'Atlantic/Azores'), timestamptz '2024-10-27 00:00Z', 'a day that begins twice');
select is(private.day_start('2024-04-26', 'Africa/Cairo'), timestamptz '2024-04-25 22:00Z', 'a day without a midnight');
select is_empty(
  $$
    select z.name, d.day, s.start
    from pg_timezone_names z
    cross join lateral (
      select date '2022-01-01' + n as day from generate_series(0, 1460) as n
    ) as d
    cross join lateral (select private.day_start(d.day, z.name) as start offset 0) as s
    where z.name ~ '^(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[^/]+$'
      and (
        (s.start at time zone z.name)::date < d.day
        or ((s.start - interval '1 microsecond') at time zone z.name)::date >= d.day
      )
  $$,
  'no moment of the day is before, no later moment is another day''s'
);

select * from finish();
rollback;
