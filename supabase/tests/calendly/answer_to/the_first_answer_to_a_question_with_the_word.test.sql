begin;
select plan(5);

select is(
  private.answer_to('[{"question": "Company size", "answer": "40", "position": 2}, {"question": "Your COMPANY",
    "answer": " F ", "position": 1}]', 'company'),
  'F', 'by position, any case'
);
select is(private.answer_to('[{"question": "Company", "answer": "  "}]', 'company'), null, 'a blank one is none');
select is(private.answer_to('[{"question": "City", "answer": "Bremen"}]', 'company'), null, 'another question');
select is(private.answer_to('{}', 'company'), null, 'no list');
select is(private.answer_to(null, 'company'), null, 'nothing');

select * from finish();
rollback;
