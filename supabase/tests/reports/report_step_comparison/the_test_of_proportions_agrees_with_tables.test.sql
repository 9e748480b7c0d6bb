begin;
select plan(8);

select ok(abs(private.two_sided_p(0) - 1) < 1e-6, 'no difference is no surprise');
select ok(abs(private.two_sided_p(1.959963985) - 0.05) < 2e-7, 'five percent');
select ok(abs(private.two_sided_p(-2.575829304) - 0.01) < 2e-7, 'one percent, on either side');
select is(private.two_sided_p(50), 0::double precision, 'far out nothing is left');
select ok(abs(private.proportion_z(50, 1000, 30, 1000) - 2.2821773) < 1e-6, 'a known z');
select is(private.proportion_z(0, 10, 0, 10), null, 'nothing to compare when nobody answered');
select is(private.proportion_z(10, 10, 10, 10), null, 'or everybody did');
select is(private.proportion_z(1, 2, 0, 0), null, 'or there is nobody');

select * from finish();
rollback;
