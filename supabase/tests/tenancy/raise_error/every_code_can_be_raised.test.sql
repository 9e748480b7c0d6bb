begin;
select plan(4);

select is_empty(
  $$select code from private.error_codes where code !~ '^MR[0-9]{3}$'$$,
  'the class is ours: no other software raises MR'
);
create function pg_temp.raised(p_code text) returns text language plpgsql as $$
declare
  v_text text;
begin
  perform private.raise_error(p_code, 'Short.', 'Facts', 'What to do.');
exception when others then
  get stacked diagnostics v_text = pg_exception_hint;
  return concat_ws('|', sqlstate, sqlerrm, v_text);
end
$$;
select is_empty(
  $$select code from private.error_codes where pg_temp.raised(code) <> code || '|Short.|What to do.'$$,
  'each arrives with its message and hint'
);
select throws_ok($$select private.raise_error('MR001', 'Gone.')$$, 'MR001', 'Gone.', 'detail and hint may be left out');
select results_eq(
  'select code, http_status::integer from private.error_codes order by code',
  $$values ('MR001', 404), ('MR002', 400), ('MR003', 409), ('MR004', 403), ('MR005', 422), ('MR006', 429)$$,
  'what HTTP makes of them'
);

select * from finish();
rollback;
