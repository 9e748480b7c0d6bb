begin;
select plan(14);

select has_table('auth', 'users', 'auth.users is there');
select columns_are('auth', 'users', array[
  'instance_id', 'id', 'aud', 'role', 'email', 'encrypted_password', 'email_confirmed_at', 'invited_at',
  'confirmation_token', 'confirmation_sent_at', 'recovery_token', 'recovery_sent_at', 'email_change_token_new',
  'email_change', 'email_change_sent_at', 'last_sign_in_at', 'raw_app_meta_data', 'raw_user_meta_data',
  'is_super_admin', 'created_at', 'updated_at', 'phone', 'phone_confirmed_at', 'phone_change', 'phone_change_token',
  'phone_change_sent_at', 'confirmed_at', 'email_change_token_current', 'email_change_confirm_status', 'banned_until',
  'reauthentication_token', 'reauthentication_sent_at', 'is_sso_user', 'deleted_at', 'is_anonymous'
]);
select ok(not has_table_privilege('authenticated', 'auth.users', 'select'), 'authenticated cannot read auth.users');
select ok(not has_schema_privilege('postgres', 'auth', 'create'), 'postgres makes nothing in auth');

select is(auth.uid(), null, 'nobody is signed in');
select is(auth.jwt(), null, 'nobody has claims');

select set_config('request.jwt.claims', '{"sub": "7f0e4a52-5d0c-4f6e-9d59-0f7b4f6f0a01", "role": "authenticated", "email": "a@b.example", "app_metadata": {"plan": "x"}}', true);
select is(auth.uid(), '7f0e4a52-5d0c-4f6e-9d59-0f7b4f6f0a01'::uuid, 'auth.uid()');
select is(auth.role(), 'authenticated', 'auth.role()');
select is(auth.email(), 'a@b.example', 'auth.email()');
select is(auth.jwt() #>> '{app_metadata,plan}', 'x', 'auth.jwt()');

select set_config('role', 'anon', true);
select is(auth.uid(), '7f0e4a52-5d0c-4f6e-9d59-0f7b4f6f0a01'::uuid, 'every role may ask');
select set_config('role', 'none', true);

select set_config('request.jwt.claims', null, true);
select is(current_setting('request.jwt.claims', true), '', 'a setting that was taken back reads as an empty text');
select is(auth.uid(), null, 'and nobody is signed in again');
select is(auth.jwt(), null, 'without an error');

select * from finish();
rollback;
